/** The contract of the HTTP client, against a server that shows what it got. */
import { once } from 'node:events';
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { Readable } from 'node:stream';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { AppError } from '@shared/errors';
import { startForwardProxy } from '@test/servers/forward-proxy';
import { deferred } from '@test/support/deferred';
import { failureOf } from '@test/support/failure-of';
import { networkOf } from '@test/support/network';
import { withDeadline } from './deadline';
import { HttpClient, refuseRedirect, type HttpClientOptions, type HttpRequest } from './http';

const serve = (listener: RequestListener): Promise<string> => listening(createServer(listener));

async function listening(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  return `http://127.0.0.1:${String(port)}`;
}

function clientWith(options: Partial<HttpClientOptions> = {}): HttpClient {
  const client = new HttpClient({
    network: networkOf(),
    maxSockets: 2,
    ...options,
  });
  onTestFinished(() => {
    client.close();
  });
  return client;
}

const get = (url: string, more: Partial<HttpRequest> = {}): HttpRequest => ({
  method: 'GET',
  url,
  signal: new AbortController().signal,
  ...more,
});

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Answers with what it got. */
async function echo(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method, url, headers } = request;
  const body = (await bodyOf(request)).toString('base64');
  response.end(JSON.stringify({ method, url, headers, body }));
}

interface Echo {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const serveEcho = (): Promise<string> => serve((request, response) => void echo(request, response));

const echoOf = async (client: HttpClient, request: HttpRequest): Promise<Echo> =>
  JSON.parse((await client.send(request)).text()) as Echo;

describe('a request', () => {
  it('carries its method, headers and body, and no header of its own but what HTTP needs', async () => {
    const url = await serveEcho();
    const got = await echoOf(
      clientWith(),
      get(`${url}/x`, { method: 'PATCH', headers: { 'X-One': '1' }, body: 'ü' }),
    );
    expect(got).toMatchObject({ method: 'PATCH', body: Buffer.from('ü').toString('base64') });
    expect(got.headers).toEqual({
      'x-one': '1',
      'content-length': '2',
      host: new URL(url).host,
      connection: 'keep-alive',
    });
    expect((await echoOf(clientWith(), get(url))).headers).not.toHaveProperty('content-length');
  });

  it('carries bytes as they are', async () => {
    const body = Uint8Array.from({ length: 256 }, (_, index) => index);
    const got = await echoOf(clientWith(), get(await serveEcho(), { method: 'PUT', body }));
    expect(Buffer.from(got.body, 'base64')).toEqual(Buffer.from(body));
  });

  it.each([
    ['/a/%2e%2e/b//c/./d', '/a/%2e%2e/b//c/./d'],
    ['/%2F?x=%20&y=a+b', '/%2F?x=%20&y=a+b'],
    ['', '/'],
    ['?q=1', '/?q=1'],
    ['/path#fragment', '/path'],
  ])('for %j asks for %j, through a proxy too', async (target, sent) => {
    const url = await serveEcho();
    const proxy = await startForwardProxy();
    onTestFinished(() => proxy.stop());
    const network = networkOf({ proxy: 'typed', proxyUrl: proxy.url });
    expect((await echoOf(clientWith(), get(`${url}${target}`))).url).toBe(sent);
    expect((await echoOf(clientWith({ network }), get(`${url}${target}`))).url).toBe(sent);
    expect(proxy.requests).toEqual([{ method: 'GET', target: `${url}${sent}`, hasLogin: false }]);
  });

  it('leaves out user and password', async () => {
    const url = (await serveEcho()).replace('http://', 'http://anna:hunter2@');
    const got = await echoOf(clientWith(), get(`${url}/x`));
    expect(JSON.stringify(got)).not.toMatch(/anna|hunter2|authorization/);
  });

  it.each(['/relative', 'ftp://127.0.0.1/', 'http:/127.0.0.1/?key=hunter2', 'http://'])(
    'needs an absolute URL: %j',
    async (url) => {
      const error = await failureOf(clientWith().send(get(url)));
      expect(error).toBeInstanceOf(TypeError);
      expect(String(error)).not.toContain('hunter2');
    },
  );

  it('is sent again by itself only if it is safe', async () => {
    let requests = 0;
    const url = await serve((request, response) => {
      requests += 1;
      // Every second request meets a connection that closes at its next use.
      if (requests % 2 === 0) request.socket.destroy();
      else response.end('here');
    });
    const client = clientWith({ maxSockets: 1 });
    const send = async (method: string, isSafe?: boolean): Promise<string> => {
      requests = 0;
      await client.send(get(url));
      const again = client.send(get(url, { method, ...(isSafe !== undefined && { isSafe }) }));
      return again.then(
        (answer) => answer.text(),
        (error: { code: string }) => error.code,
      );
    };
    expect(await send('GET')).toBe('here');
    expect(await send('PROPFIND', true)).toBe('here');
    expect(await send('PROPFIND')).toBe('CONNECTION_RESET');
    expect(await send('POST')).toBe('CONNECTION_RESET');
  });
});

describe('an answer', () => {
  it('comes with status, headers and body, whatever the status', async () => {
    const url = await serve((_, response) => {
      response.writeHead(418, { 'X-Two': ['a', 'b'], 'Set-Cookie': ['c=1', 'd=2'] });
      response.end(Buffer.from([0xff, 0x00]));
    });
    const answer = await clientWith().send(get(`${url}/tea?key=hunter2`));
    expect(answer).toMatchObject({
      status: 418,
      headers: { 'x-two': 'a, b', 'set-cookie': ['c=1', 'd=2'] },
      body: Buffer.from([0xff, 0x00]),
      details: { method: 'GET', path: '/tea', status: 418 },
    });
    expect(() => answer.text()).toThrow(expect.objectContaining({ code: 'UNEXPECTED_ANSWER' }));
  });

  it('that redirects is not followed, and may be refused', async () => {
    const asked: (string | undefined)[] = [];
    const url = await serve(({ url: target }, response) => {
      asked.push(target);
      response.writeHead(302, { Location: 'https://elsewhere.example/path?key=hunter2' }).end();
    });
    const answer = await clientWith().send(get(`${url}/here`));
    expect(answer.status).toBe(302);
    expect(asked).toEqual(['/here']);
    expect(() => {
      refuseRedirect(answer, url);
    }).toThrow(
      expect.objectContaining({
        code: 'REDIRECTED',
        message: 'The server redirects to https://elsewhere.example.',
        details: { method: 'GET', path: '/here', status: 302 },
      }),
    );
    refuseRedirect({ status: 200, headers: answer.headers, details: {} }, url);
  });

  it('is read up to a limit', async () => {
    const url = await serve((_, response) => response.end('x'.repeat(100)));
    expect((await clientWith({ maxAnswerBytes: 100 }).send(get(url))).body).toHaveLength(100);
    expect(await failureOf(clientWith({ maxAnswerBytes: 99 }).send(get(url)))).toMatchObject({
      code: 'RESPONSE_TOO_LARGE',
      details: { status: 200 },
    });
  });
});

describe('a request that gets no answer', () => {
  const silent = (): Promise<string> => serve(() => undefined);

  it('ends at the deadline, also in the middle of the answer', async () => {
    const dripping = await serve((_, response) => response.write('a'));
    for (const url of [await silent(), dripping]) {
      const { signal } = new AbortController();
      const sent = withDeadline(signal, 50, (either) =>
        clientWith().send(get(url, { signal: either })),
      );
      expect(await failureOf(sent)).toMatchObject({ code: 'TIMED_OUT' });
    }
  });

  it('ends with its signal', async () => {
    const controller = new AbortController();
    const reached = vi.fn<() => void>();
    const url = await serve(reached);
    const failed = failureOf(clientWith().send(get(url, { signal: controller.signal })));
    await vi.waitFor(() => expect(reached).toHaveBeenCalled());
    controller.abort();
    expect(await failed).toMatchObject({ code: 'CANCELLED' });
  });

  it('ends with the client, and so do those that come after', async () => {
    const client = clientWith();
    const url = await silent();
    const failed = failureOf(client.send(get(url)));
    client.close();
    expect(await failed).toMatchObject({ code: 'CANCELLED' });
    expect(await failureOf(client.send(get(url)))).toMatchObject({ code: 'CANCELLED' });
  });

  it('tells where it was going, without the query', async () => {
    const error = await failureOf(clientWith().send(get('http://127.0.0.1:1/a?key=hunter2')));
    expect(error).toMatchObject({
      code: 'CONNECTION_REFUSED',
      details: { method: 'GET', path: '/a' },
    });
  });
});

describe('an answer that is opened', () => {
  const chunksOf = async (body: AsyncIterable<Buffer>): Promise<string[]> => {
    const chunks: string[] = [];
    for await (const chunk of body) chunks.push(chunk.toString());
    return chunks;
  };

  it('is there before its body, which streams', async () => {
    let go: () => void = () => undefined;
    const url = await serve((_, response) => {
      response.writeHead(202, { 'X-A': 'b' });
      response.write('first');
      go = () => response.end('second');
    });
    const answer = await clientWith().open(get(url));
    expect(answer.status).toBe(202);
    expect(answer.rawHeaders.slice(0, 2)).toEqual(['X-A', 'b']);
    go();
    expect((await chunksOf(answer.body)).join('')).toBe('firstsecond');
  });

  it('ends its connection if it is not read', async () => {
    const closed = deferred();
    const url = await serve((_, response) => {
      response.write('begin');
      response.on('close', () => {
        closed.resolve();
      });
    });
    const answer = await clientWith().open(get(url));
    answer.destroy();
    await expect(closed.promise).resolves.toBeUndefined();
  });

  it('explains that the connection broke in the middle', async () => {
    const url = await serve((_, response) => {
      response.writeHead(200, { 'Content-Length': '10' });
      response.write('half', () => response.destroy());
    });
    const answer = await clientWith().open(get(url));
    expect(await failureOf(chunksOf(answer.body))).toMatchObject({ code: 'CONNECTION_RESET' });
  });

  it('takes a body in parts, and fails with its failure', async () => {
    const url = await serve((request, response) => {
      request.pipe(response);
    });
    async function* parts(fails: boolean): AsyncGenerator<Buffer> {
      yield Buffer.from('one ');
      await Promise.resolve();
      if (fails) throw new AppError('REQUEST_TOO_LARGE');
      yield Buffer.from('two');
    }
    const client = clientWith();
    const put = (fails: boolean): HttpRequest =>
      get(url, { method: 'PUT', body: Readable.from(parts(fails)) });
    expect((await client.send(put(false))).text()).toBe('one two');
    expect(await failureOf(client.send(put(true)))).toMatchObject({ code: 'REQUEST_TOO_LARGE' });
  });
});

describe('a server that goes over to another protocol', () => {
  const upgrade = (url: string, body: Readable, signal = new AbortController().signal) =>
    get(url, {
      headers: { Connection: 'Upgrade', Upgrade: 'echo' },
      upgrades: true,
      body,
      signal,
    });

  it('gets the body from then on, and its part is the body of the answer', async () => {
    const server = createServer();
    server.on('upgrade', (request, socket: Socket) => {
      socket.write(
        `HTTP/1.1 101 Over\r\nConnection: Upgrade\r\nUpgrade: ${request.headers.upgrade ?? ''}\r\n\r\nhello `,
      );
      socket.pipe(socket);
    });
    const url = await listening(server);
    const { status, headers, body } = await clientWith().open(
      upgrade(url, Readable.from(['a', 'b'])),
    );
    expect([status, headers.upgrade]).toEqual([101, 'echo']);
    const chunks: Buffer[] = [];
    for await (const chunk of body) chunks.push(chunk);
    expect(Buffer.concat(chunks).toString()).toBe('hello ab');
  });

  it('may refuse, and the signal and the client end what goes on', async () => {
    const refusing = await serve((_, response) => response.writeHead(401).end('no'));
    const refused = await clientWith().send(upgrade(refusing, Readable.from(['a'])));
    expect([refused.status, refused.text()]).toEqual([401, 'no']);
    const server = createServer();
    server.on('upgrade', (_, socket: Socket) => {
      socket.on('error', () => undefined);
      socket.write('HTTP/1.1 101 Over\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n');
    });
    const url = await listening(server);
    const aborting = new AbortController();
    const client = clientWith();
    const silent = () => new Readable({ read: () => undefined });
    const first = await client.open(upgrade(url, silent(), aborting.signal));
    const second = await client.open(upgrade(url, silent()));
    const ends = [first, second].map(({ body }) => failureOf(body[Symbol.asyncIterator]().next()));
    aborting.abort();
    client.close();
    for (const error of await Promise.all(ends)) expect(error).toMatchObject({ code: 'CANCELLED' });
  });
});

describe('addresses that were checked', () => {
  it('are dialled in place of those of the name, with the name in Host', async () => {
    const url = await serve((request, response) => {
      response.end(request.headers.host);
    });
    const { port } = new URL(url);
    const named = `http://checked.invalid:${port}/`;
    const client = clientWith();
    const addresses = [{ address: '127.0.0.1', family: 4 }];
    expect((await client.send(get(named, { addresses }))).text()).toBe(`checked.invalid:${port}`);
    // The kept connection is for these addresses only.
    expect(await failureOf(client.send(get(named)))).toMatchObject({ code: 'NAME_NOT_FOUND' });
    const others = [{ address: '127.0.0.9', family: 4 }];
    expect(await failureOf(client.send(get(named, { addresses: others })))).toMatchObject({
      code: 'CONNECTION_REFUSED',
    });
  });
});
