/** The HTTP client with servers that speak HTTP/2: Node’s own, and what they do when they close. */
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import * as http2 from 'node:http2';
import * as https from 'node:https';
import type { AddressInfo } from 'node:net';
import * as tls from 'node:tls';
import type { TLSSocket } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createTestCertificates } from '@test/servers/certificates';
import { startForwardProxy } from '@test/servers/forward-proxy';
import { failureOf } from '@test/support/failure-of';
import { networkOf } from '@test/support/network';
import { HttpClient, type HttpRequest } from './http';

const { valid } = createTestCertificates();
const {
  NGHTTP2_CANCEL,
  NGHTTP2_HTTP_1_1_REQUIRED,
  NGHTTP2_INTERNAL_ERROR,
  NGHTTP2_REFUSED_STREAM,
} = http2.constants;

type OnStream = (stream: http2.ServerHttp2Stream, headers: http2.IncomingHttpHeaders) => void;

interface Served {
  readonly url: string;
  readonly sessions: http2.ServerHttp2Session[];
  /** Connections in TLS, whatever is spoken over them. */
  readonly connections: TLSSocket[];
  /** Requests that came by HTTP/1.1. */
  readonly plain: string[];
}

/** The address of a server, which ends with the test and takes its connections along. */
async function listening(server: tls.Server, sockets: readonly TLSSocket[]): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const { port } = server.address() as AddressInfo;
  return `https://127.0.0.1:${String(port)}`;
}

async function serve(
  onStream: OnStream | 'HTTP/1.1 only',
  options: tls.TlsOptions = {},
): Promise<Served> {
  const server =
    onStream === 'HTTP/1.1 only'
      ? https.createServer(valid)
      : http2.createSecureServer({ ...valid, ...options, allowHTTP1: true });
  const sessions: http2.ServerHttp2Session[] = [];
  const connections: TLSSocket[] = [];
  const plain: string[] = [];
  server.on('session', (session: http2.ServerHttp2Session) => {
    sessions.push(session);
    session.on('error', () => undefined);
  });
  server.on('secureConnection', (socket: TLSSocket) => {
    connections.push(socket);
    socket.on('error', () => undefined);
  });
  server.on('stream', (stream: http2.ServerHttp2Stream, headers: http2.IncomingHttpHeaders) => {
    stream.on('error', () => undefined);
    if (onStream !== 'HTTP/1.1 only') onStream(stream, headers);
  });
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    if (request.httpVersionMajor !== 1) return;
    const { url = '' } = request;
    plain.push(url);
    response.end(`plain ${url}`);
  });
  return { url: await listening(server, connections), sessions, connections, plain };
}

/** A frame of RFC 9113, section 4.1, of the first stream, or of none for SETTINGS. */
function frame(type: 'DATA' | 'HEADERS' | 'RST_STREAM' | 'SETTINGS', payload: Buffer): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = { DATA: 0, HEADERS: 1, RST_STREAM: 3, SETTINGS: 4 }[type];
  // The headers are complete; nothing is the end of the stream.
  head[4] = type === 'HEADERS' ? 4 : 0;
  head[8] = type === 'SETTINGS' ? 0 : 1;
  return Buffer.concat([head, payload]);
}

/** Begins each answer and takes it back with this code: Node’s own server would end it before. */
async function serveHalf(code: number): Promise<string> {
  const server = tls.createServer({ ...valid, ALPNProtocols: ['h2'] });
  const sockets: TLSSocket[] = [];
  server.on('secureConnection', (socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.write(frame('SETTINGS', Buffer.alloc(0)));
    const reset = Buffer.alloc(4);
    reset.writeUInt32BE(code);
    let isAnswered = false;
    socket.on('data', (chunk: Buffer) => {
      // A frame of HEADERS: the request.
      if (isAnswered || !chunk.includes(Buffer.from([1, 5, 0, 0, 0, 1]))) return;
      isAnswered = true;
      // 0x88 is “:status: 200” (RFC 7541, appendix A).
      const frames = [frame('HEADERS', Buffer.from([0x88])), frame('DATA', Buffer.from('half'))];
      socket.write(Buffer.concat([...frames, frame('RST_STREAM', reset)]));
    });
  });
  return listening(server, sockets);
}

function clientWith(network = networkOf({}, { verifySsl: false })): HttpClient {
  const client = new HttpClient({ network, maxSockets: 8, http2: true });
  onTestFinished(() => client.close());
  return client;
}

const get = (url: string, more: Partial<HttpRequest> = {}): HttpRequest => ({
  method: 'GET',
  url,
  signal: new AbortController().signal,
  ...more,
});

const answerPath: OnStream = (stream, headers) => {
  stream.respond({ ':status': 200, 'x-path': String(headers[':path']) });
  stream.end(`path ${String(headers[':path'])}`);
};

const textOf = async (client: HttpClient, request: HttpRequest): Promise<string> =>
  (await client.send(request)).text();

describe('a server that speaks HTTP/2', () => {
  it('gets all requests over one connection', async () => {
    const { url, sessions, connections, plain } = await serve(answerPath);
    const client = clientWith();
    const paths = Array.from({ length: 300 }, (_, index) => `/a/%2e/${String(index)}?x=%20`);
    const texts = await Promise.all(paths.map((path) => textOf(client, get(url + path))));
    expect(texts).toEqual(paths.map((path) => `path ${path}`));
    expect([sessions.length, connections.length, plain.length]).toEqual([1, 1, 0]);
  });

  it('gets method, headers and body, and gives status and headers', async () => {
    const { url } = await serve((stream, headers) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        stream.respond({ ':status': 404, 'retry-after': '3', 'set-cookie': ['a=1', 'b=2'] });
        stream.end(JSON.stringify({ headers, body: Buffer.concat(chunks).toString() }));
      });
    });
    const answer = await clientWith().send(
      get(`${url}/x`, { method: 'LIST', headers: { 'X-Token': 'ü' }, body: 'ü' }),
    );
    expect(answer.status).toBe(404);
    expect(answer.headers).toMatchObject({ 'retry-after': '3', 'set-cookie': ['a=1', 'b=2'] });
    expect(answer.headers).not.toHaveProperty(':status');
    expect(answer.json()).toMatchObject({
      headers: {
        ':method': 'LIST',
        ':authority': new URL(url).host,
        'x-token': 'ü',
        'content-length': '2',
      },
      body: 'ü',
    });
  });

  it('is reached through a proxy', async () => {
    const { url, sessions } = await serve(answerPath);
    const proxy = await startForwardProxy();
    onTestFinished(() => proxy.stop());
    const network = networkOf({ proxy: 'typed', proxyUrl: proxy.url }, { verifySsl: false });
    expect(await textOf(clientWith(network), get(`${url}/x`))).toBe('path /x');
    expect(sessions).toHaveLength(1);
    expect(proxy.requests.map(({ method }) => method)).toEqual(['CONNECT']);
  });

  it('is not trusted more than with HTTP/1.1', async () => {
    const { url } = await serve(answerPath);
    const failure = failureOf(textOf(clientWith(networkOf()), get(url)));
    expect(await failure).toMatchObject({ code: 'TLS_UNTRUSTED' });
  });

  it('may refuse a client by its certificate, once the handshake is over', async () => {
    const { url } = await serve(answerPath, { requestCert: true, rejectUnauthorized: true });
    const failure = failureOf(textOf(clientWith(), get(url)));
    expect(await failure).toMatchObject({ code: 'TLS_CLIENT_CERTIFICATE' });
  });

  it('gets a request to checked addresses by HTTP/1.1', async () => {
    const { url, plain } = await serve(answerPath);
    const addresses = [{ address: '127.0.0.1', family: 4 }];
    expect(await textOf(clientWith(), get(`${url}/x`, { addresses }))).toBe('plain /x');
    expect(plain).toEqual(['/x']);
  });

  it('may ask for HTTP/1.1', async () => {
    const { url, plain } = await serve((stream) => stream.close(NGHTTP2_HTTP_1_1_REQUIRED));
    const client = clientWith();
    expect(await textOf(client, get(`${url}/x`, { method: 'POST', body: '1' }))).toBe('plain /x');
    expect(await textOf(client, get(`${url}/y`))).toBe('plain /y');
    expect(plain).toEqual(['/x', '/y']);
  });
});

describe('a server that speaks HTTP/1.1', () => {
  it('gets its first request over the connection that found it out', async () => {
    const { url, connections, plain } = await serve('HTTP/1.1 only');
    const client = clientWith();
    expect(await textOf(client, get(`${url}/x`))).toBe('plain /x');
    expect(connections).toHaveLength(1);
    const both = [textOf(client, get(`${url}/1`)), textOf(client, get(`${url}/2`))];
    expect(await Promise.all(both)).toEqual(['plain /1', 'plain /2']);
    expect(plain).toHaveLength(3);
  });
});

describe('a connection of HTTP/2', () => {
  it('is made again after the server has said goodbye', async () => {
    const { url, sessions } = await serve(answerPath);
    const client = clientWith();
    await textOf(client, get(`${url}/x`));
    sessions[0]?.goaway();
    expect(await textOf(client, get(`${url}/y`, { method: 'POST', body: '1' }))).toBe('path /y');
    sessions.at(-1)?.close();
    expect(await textOf(client, get(`${url}/z`))).toBe('path /z');
  });

  it('is made again if the server closed it just as it was used, for a safe request', async () => {
    let closes = false;
    const { url, sessions } = await serve((stream, headers) => {
      if (!closes) return answerPath(stream, headers);
      closes = false;
      stream.session?.destroy();
    });
    const client = clientWith();
    await textOf(client, get(`${url}/x`));
    closes = true;
    expect(await textOf(client, get(`${url}/y`))).toBe('path /y');
    closes = true;
    const failure = failureOf(textOf(client, get(`${url}/z`, { method: 'POST', body: '1' })));
    expect(await failure).toMatchObject({ code: 'CONNECTION_RESET' });
    expect(sessions).toHaveLength(2);
  });

  it.each([
    ['an error', NGHTTP2_INTERNAL_ERROR],
    ['a cancellation', NGHTTP2_CANCEL],
  ])('tells of an answer that ends too early with %s', async (_name, code) => {
    const url = await serveHalf(code);
    const client = clientWith();
    expect(await failureOf(textOf(client, get(url)))).toMatchObject({ code: 'CONNECTION_RESET' });
  });

  it('outlives a request that is called off', async () => {
    const { url, sessions } = await serve((stream, headers) => {
      if (headers[':path'] !== '/slow') answerPath(stream, headers);
    });
    const client = clientWith();
    const leaving = new AbortController();
    const slow = failureOf(textOf(client, get(`${url}/slow`, { signal: leaving.signal })));
    expect(await textOf(client, get(`${url}/x`))).toBe('path /x');
    leaving.abort();
    expect(await slow).toMatchObject({ code: 'CANCELLED' });
    expect(await textOf(client, get(`${url}/y`))).toBe('path /y');
    expect(sessions).toHaveLength(1);
  });

  it('gives way to another if it has fallen silent', async () => {
    let isSilent = true;
    const { url, sessions } = await serve((stream, headers) => {
      if (!isSilent) answerPath(stream, headers);
    });
    const client = clientWith();
    const leaving = new AbortController();
    const slow = failureOf(textOf(client, get(url, { signal: leaving.signal })));
    await expect.poll(() => sessions.length).toBe(1);
    leaving.abort();
    expect(await slow).toMatchObject({ code: 'CANCELLED' });
    isSilent = false;
    expect(await textOf(client, get(`${url}/x`))).toBe('path /x');
    expect(sessions).toHaveLength(2);
  });

  it('does not send again what the server may have looked at before it ended the whole', async () => {
    let looked = 0;
    const { url } = await serve((stream, headers) => {
      looked += 1;
      if (headers[':method'] === 'GET') return answerPath(stream, headers);
      stream.session?.goaway(NGHTTP2_REFUSED_STREAM, stream.id);
    });
    const client = clientWith();
    await textOf(client, get(`${url}/x`));
    const failure = failureOf(textOf(client, get(`${url}/y`, { method: 'POST', body: '1' })));
    expect(await failure).toMatchObject({ code: 'CONNECTION_RESET' });
    expect(looked).toBe(2);
  });

  it('refuses a header that would be left out', async () => {
    const { url } = await serve(answerPath);
    const request = get(url, { headers: { 'X-Token': 'one\ntwo' } });
    expect(await failureOf(textOf(clientWith(), request))).toBeInstanceOf(TypeError);
  });

  it.each<[string, OnStream]>([
    ['', () => undefined],
    [', also after the server has said goodbye', (stream) => stream.session?.goaway()],
  ])('ends with its client%s', async (_, onStream) => {
    const { url, sessions } = await serve(onStream);
    const client = clientWith();
    const waiting = failureOf(textOf(client, get(url)));
    await expect.poll(() => sessions.length).toBe(1);
    client.close();
    expect(await waiting).toMatchObject({ code: 'CANCELLED' });
    await expect.poll(() => sessions[0]?.destroyed).toBe(true);
    expect(await failureOf(textOf(client, get(url)))).toMatchObject({ code: 'CANCELLED' });
  });
});
