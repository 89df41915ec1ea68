/** Requests with grants, against servers on this computer. */
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync, brotliCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { inCall } from '@core/call';
import { Database } from '@core/storage/database';
import { defaultPolicy } from '@shared/model/policy';
import { all, startTestVault, type TestCore } from '@test/support/core';
import { deferred } from '@test/support/deferred';
import { FakeRuntime, runningTime } from '@test/support/fake-runtime';
import { failureOf } from '@test/support/failure-of';
import {
  answeredBy,
  bodyText,
  grantFor,
  openWindow,
  service,
  startRequests,
} from '@test/support/requests';
import type { RequestService } from './request-service';

const TOKEN = 'sk-live-4242424242';

describe('a request', () => {
  it('has the credential, and passes on status, headers and body', async () => {
    const { core, send } = await startRequests();
    const server = await service((request, response) => {
      response.writeHead(201, { 'X-Kind': 'order', 'Content-Type': 'application/json' });
      response.end(JSON.stringify({ path: request.url, method: request.method }));
    });
    const grant = await grantFor(core, server, { token: TOKEN });
    const answer = await send(grant.id, {
      method: 'POST',
      url: `${server.url}/orders?limit=1`,
      headers: [['Content-Type', 'text/plain']],
      body: Buffer.from('hello'),
    });
    expect(answer.status).toBe(201);
    expect(answer.headers).toContainEqual(['X-Kind', 'order']);
    expect(JSON.parse(bodyText(answer))).toEqual({ path: '/orders?limit=1', method: 'POST' });
    expect(server.requests).toMatchObject([
      {
        headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'text/plain' },
        body: 'hello',
      },
    ]);
    expect(core.core.audit.list({ limit: 1 })).toMatchObject([
      {
        event: 'request',
        grant: { id: grant.id, name: 'service' },
        method: 'POST',
        host: new URL(server.url).host,
        path: '/orders',
        decision: 'allowed',
        rule: 'policy',
        status: 201,
        duration: expect.any(Number),
      },
    ]);
  });

  it.each([
    ['api-key', { header: 'DD-API-KEY' }, { 'dd-api-key': TOKEN }],
    [
      'api-key',
      { header: 'Authorization', format: 'Token token={token}' },
      { authorization: `Token token=${TOKEN}` },
    ],
    ['api-key', {}, { 'x-api-key': TOKEN }],
    [
      'basic',
      { format: 'api:{token}' },
      { authorization: `Basic ${Buffer.from(`api:${TOKEN}`).toString('base64')}` },
    ],
  ] as const)('of the type %s with %o has these headers', async (type, settings, headers) => {
    const { core, send } = await startRequests();
    const server = await service(answeredBy('ok'));
    const grant = await grantFor(core, server, { token: TOKEN }, { type, ...settings });
    await send(grant.id, { url: `${server.url}/` });
    expect(server.requests[0]?.headers).toMatchObject(headers);
  });

  it('can have two secrets, a fixed header and a parameter', async () => {
    const { core, send } = await startRequests();
    const server = await service(answeredBy('ok'));
    const grant = await grantFor(
      core,
      server,
      { token: TOKEN, applicationKey: 'app-1234567', appId: 'id=7&8' },
      {
        type: 'api-key',
        header: 'DD-API-KEY',
        rules: [
          { place: 'header', name: 'DD-APPLICATION-KEY', format: '{applicationKey}' },
          { place: 'header', name: 'Api-Version', format: '2026-01-01' },
          { place: 'query', name: 'appid', format: '{appId}' },
        ],
      },
    );
    const answer = await send(grant.id, { url: `${server.url}/x?a=1` });
    expect(answer.url).toBe(`${server.url}/x?a=1`);
    expect(server.requests).toMatchObject([
      {
        url: '/x?a=1&appid=id%3D7%268',
        headers: {
          'dd-api-key': TOKEN,
          'dd-application-key': 'app-1234567',
          'api-version': '2026-01-01',
        },
      },
    ]);
  });

  it('reads a secret from a variable at each use', async () => {
    const { core, send } = await startRequests();
    const server = await service(answeredBy('ok'));
    const id = await core.create('production', { STRIPE: TOKEN });
    const grant = await grantFor(core, server, {
      token: { environment: 'production', key: 'STRIPE' },
    });
    expect(grant.secrets).toEqual([
      { name: 'token', reference: { environment: 'production', key: 'STRIPE' } },
    ]);
    await send(grant.id, { url: server.url });
    await core.client.environments.save({
      id,
      base: await core.base(id),
      changes: { edits: [{ key: 'STRIPE', value: 'sk-rotated-77' }], additions: [] },
    });
    await send(grant.id, { url: server.url });
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([
      `Bearer ${TOKEN}`,
      'Bearer sk-rotated-77',
    ]);
  });

  it('follows the variable and the environment of its secret when they are renamed', async () => {
    const { core, send } = await startRequests();
    const server = await service(answeredBy('ok'));
    const id = await core.create('production', { STRIPE: TOKEN, OTHER: 'x' });
    const grant = await grantFor(core, server, {
      token: { environment: 'production', key: 'STRIPE' },
    });
    const uses = { id, key: 'STRIPE', drafts: [] };
    expect((await core.client.references.uses(uses)).grants).toEqual(['service']);
    const { followed } = await core.save(id, {
      edits: [
        { key: 'STRIPE', rename: 'STRIPE_KEY' },
        { key: 'OTHER', rename: 'ANOTHER' },
      ],
      additions: [],
    });
    expect(followed?.grants).toEqual(['service']);
    const renamed = await core.client.environments.rename({ id, name: 'live' });
    expect(renamed.followed.grants).toEqual(['service']);
    expect((await core.client.references.uses(uses)).grants).toEqual([]);
    expect(core.core.grants.find(grant.id).secrets).toEqual([
      { name: 'token', reference: { environment: 'live', key: 'STRIPE_KEY' } },
    ]);
    await send(grant.id, { url: server.url });
    expect(server.requests[0]?.headers.authorization).toBe(`Bearer ${TOKEN}`);
    expect(core.core.audit.list({ limit: 3 }).map(({ event }) => event)).toEqual([
      'request',
      'grant-updated',
      'grant-updated',
    ]);
  });

  it('reads a secret at a provider again after a while, after a 401, and after a lock', async () => {
    const runtime = new FakeRuntime(runningTime());
    const { core, send } = await startRequests({ runtime });
    const vault = await startTestVault();
    await core.useVault(vault);
    const rotate = (value: string): void => {
      vault.kv('secret').put('production', { STRIPE: value });
    };
    rotate('sk-first-11');
    await all(core.client.transfer.pullAll({ workspaceId: core.workspaceId }));
    let status = 200;
    const server = await service((_, response) => response.writeHead(status).end());
    const grant = await grantFor(core, server, {
      token: { environment: 'production', key: 'STRIPE' },
    });
    const used = async (): Promise<string | undefined> => {
      await send(grant.id, server);
      return server.requests.at(-1)?.headers.authorization;
    };
    expect(await used()).toBe('Bearer sk-first-11');
    rotate('sk-second-22');
    status = 401;
    expect(await used()).toBe('Bearer sk-first-11');
    status = 200;
    expect(await used()).toBe('Bearer sk-second-22');
    rotate('sk-third-33');
    await runtime.advance(30_000);
    expect(await used()).toBe('Bearer sk-third-33');
    rotate('sk-fourth-44');
    await core.client.security.lock();
    expect(await used()).toBe('Bearer sk-fourth-44');
  });

  it('passes on a refusal of the service as an answer', async () => {
    const { core, send } = await startRequests();
    const server = await service(answeredBy('no', 401));
    const grant = await grantFor(core, server, { token: TOKEN });
    expect((await send(grant.id, { url: server.url })).status).toBe(401);
    expect(core.core.audit.list({ limit: 1 })).toMatchObject([
      { decision: 'allowed', status: 401 },
    ]);
  });

  it.each([
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
  ] as const)('decodes an answer in %s', async (encoding, compress) => {
    const { core, send } = await startRequests();
    const server = await service((_, response) => {
      response.writeHead(200, { 'Content-Encoding': encoding });
      response.end(compress(Buffer.from('plain text')));
    });
    const grant = await grantFor(core, server, { token: TOKEN });
    const answer = await send(grant.id, { url: server.url });
    expect(bodyText(answer)).toBe('plain text');
    expect(answer.headers.map(([name]) => name.toLowerCase())).not.toContain('content-encoding');
  });

  it('ends when the service takes too long', async () => {
    const { core, send } = await startRequests();
    const server = await service(() => undefined);
    const grant = await grantFor(core, server, { token: TOKEN });
    const error = await failureOf(send(grant.id, { url: server.url, timeout: 50 }));
    expect(error).toMatchObject({ code: 'TIMED_OUT' });
    expect(core.core.audit.list({ limit: 1 })).toMatchObject([
      { decision: 'allowed', error: 'TIMED_OUT' },
    ]);
  });

  it('ends when its caller has gone, and the audit says so', async () => {
    const { core, send } = await startRequests();
    const gone = new AbortController();
    const server = await service(() => {
      gone.abort();
    });
    const grant = await grantFor(core, server, { token: TOKEN });
    const error = await failureOf(send(grant.id, { url: server.url }, gone.signal));
    expect(error).toMatchObject({ code: 'CANCELLED' });
    expect(core.core.audit.list({ limit: 1 })).toMatchObject([{ error: 'CANCELLED' }]);
  });

  it('that is under way when Strongroom ends has its line in the audit', async () => {
    const { core, send } = await startRequests();
    const arrived = deferred();
    const server = await service(() => {
      arrived.resolve();
    });
    const grant = await grantFor(core, server, { token: TOKEN });
    const sending = failureOf(send(grant.id, server));
    await arrived.promise;
    await core.close();
    expect(await sending).toMatchObject({ code: 'CANCELLED' });
    await core.start();
    expect(core.core.audit.list({ grant: grant.id, limit: 9 })).toMatchObject([
      { event: 'request', decision: 'allowed', error: 'INTERRUPTED' },
      { event: 'grant-created' },
    ]);
  });

  it('follows redirects to hosts of the grant, with the method that they ask for', async () => {
    const { core, send } = await startRequests();
    const server = await service((request, response) => {
      if (request.url === '/old') response.writeHead(303, { Location: '/new' }).end();
      else if (request.url === '/kept') response.writeHead(307, { Location: '/new' }).end();
      else response.end('here');
    });
    const grant = await grantFor(core, server, { token: TOKEN });
    for (const path of ['/old', '/kept']) {
      const answer = await send(grant.id, {
        method: 'POST',
        url: `${server.url}${path}`,
        body: Buffer.from('data'),
      });
      expect(bodyText(answer)).toBe('here');
      expect(answer.url).toBe(`${server.url}/new`);
    }
    expect(server.requests.map(({ method, url, body }) => [method, url, body])).toEqual([
      ['POST', '/old', 'data'],
      ['GET', '/new', ''],
      ['POST', '/kept', 'data'],
      ['POST', '/new', 'data'],
    ]);
    const unfollowed = await send(grant.id, { url: `${server.url}/old`, redirects: 0 });
    expect(unfollowed.status).toBe(303);
  });
});

it('follows a redirect that repeats its query, and adds the parameter of the credential once', async () => {
  const { core, send } = await startRequests();
  const server = await service((request, response) => {
    const { url = '' } = request;
    if (!url.startsWith('/a?')) response.end('here');
    else response.writeHead(308, { Location: url.replace('/a?', '/a/?') }).end();
  });
  const rules = [{ place: 'query', name: 'key', format: '{token}' } as const];
  const grant = await grantFor(core, server, { token: TOKEN }, { type: 'api-key', rules });
  const answer = await send(grant.id, { url: `${server.url}/a?q=1` });
  expect(server.requests.map(({ url }) => url)).toEqual([
    `/a?q=1&key=${TOKEN}`,
    `/a/?q=1&key=${TOKEN}`,
  ]);
  expect(answer.url).toBe(`${server.url}/a/?q=1`);
});

describe('a body in parts', () => {
  it('streams to the service, and its answer streams back', async () => {
    const { core, send } = await startRequests();
    const server = await service(async (request, response) => {
      for await (const chunk of request) response.write(chunk);
      response.end();
    });
    const grant = await grantFor(core, server, { token: TOKEN });
    const { uploads } = core.core;
    const upload = uploads.begin();
    const answering = send(grant.id, {
      method: 'PUT',
      url: server.url,
      body: uploads.take(upload),
    });
    const part = Buffer.alloc(300_000, 'x');
    for (let number = 0; number < 10; number += 1) {
      expect(await uploads.write(upload, part, number === 9)).toBe(number < 9);
    }
    const answer = await answering;
    expect(bodyText(answer)).toHaveLength(3_000_000);
    expect(server.requests[0]?.headers['transfer-encoding']).toBe('chunked');
    expect(await uploads.write(upload, part, false)).toBe(false);
  });

  it('over the limit ends the request, also if it has to be signed', async () => {
    const { core, send } = await startRequests();
    const server = await service((request, response) => {
      request.resume().on('end', () => response.end());
    });
    const grant = await grantFor(
      core,
      server,
      { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: TOKEN },
      { type: 'sigv4', region: 'eu-west-1', service: 's3' },
    );
    const body = Readable.from([Buffer.alloc(16 * 1024 * 1024), Buffer.alloc(1)]);
    const error = await failureOf(send(grant.id, { method: 'PUT', url: server.url, body }));
    expect(error).toMatchObject({ code: 'REQUEST_TOO_LARGE', details: { rule: 'body' } });
    expect(server.requests).toEqual([]);
  });

  it('is forgotten if no request takes it, and when its request is refused', async () => {
    const runtime = new FakeRuntime();
    const { core, send } = await startRequests({ runtime });
    const { uploads } = core.core;
    const untaken = uploads.begin();
    expect(await uploads.write(untaken, Buffer.from('a'), false)).toBe(true);
    await runtime.advance(60_000);
    expect(await uploads.write(untaken, Buffer.from('b'), false)).toBe(false);
    const refused = uploads.begin();
    const error = await failureOf(
      send('none', { url: 'https://example.org', body: uploads.take(refused) }),
    );
    expect(error).toMatchObject({ code: 'NO_SUCH_GRANT' });
    expect(await uploads.write(refused, Buffer.from('c'), false)).toBe(false);
    expect(core.core.audit.list({ limit: 1 })).toMatchObject([
      { event: 'request', decision: 'refused', rule: 'grant', detail: 'none' },
    ]);
  });

  it('can be sent once', async () => {
    const { core } = await startRequests();
    const { uploads } = core.core;
    const upload = uploads.begin();
    uploads.take(upload).destroy();
    expect(() => uploads.take(upload)).toThrow('was sent before');
  });
});

describe('an answer that shows the credential', () => {
  it('is clean in headers and body, wherever it is cut', async () => {
    const { core, send } = await startRequests();
    const server = await service((request, response) => {
      const { authorization = '' } = request.headers;
      response.writeHead(200, { 'X-Echo': authorization, 'Content-Type': 'text/plain' });
      const text = `a ${authorization} b ${encodeURIComponent(TOKEN)} c ${Buffer.from(TOKEN).toString('base64')} d`;
      const write = (index: number): void => {
        if (index === text.length) response.end();
        else
          response.write(text[index] ?? '', () => {
            write(index + 1);
          });
      };
      write(0);
    });
    const grant = await grantFor(core, server, { token: TOKEN });
    const answer = await send(grant.id, { url: server.url });
    expect(bodyText(answer)).toBe('a Bearer [token] b [token] c [token] d');
    expect(answer.headers).toContainEqual(['X-Echo', 'Bearer [token]']);
    expect(answer.replaced).toBe(3);
  });
});

describe('events that may come together', () => {
  type Events = Awaited<ReturnType<RequestService['gathered']>>;

  const isList = (events: Events): boolean => Array.isArray(events);

  async function typesOf(events: Events): Promise<string[]> {
    const types: string[] = [];
    for await (const { type } of events) types.push(type);
    return types;
  }

  const gather = (
    { core }: TestCore,
    grant: string,
    url: string,
    signal = new AbortController().signal,
  ): Promise<Events> =>
    inCall({ caller: { kind: 'sdk' } }, () =>
      core.requests.gathered({ grant }, { method: 'GET', url, headers: [] }, signal),
    );

  it('do if the answer is short, with everything else as it is', async () => {
    const { core } = await startRequests();
    const server = await service((request, response) => {
      response.writeHead(200, { 'X-Echo': request.headers.authorization });
      response.end(`a ${request.headers.authorization ?? ''} b`);
    });
    const grant = await grantFor(core, server, { token: TOKEN });
    const events = await gather(core, grant.id, server.url);
    expect(events).toMatchObject([
      { type: 'head', status: 200, url: `${server.url}/` },
      { type: 'chunk', bytes: Buffer.from('a Bearer [token] b') },
      { type: 'end', replaced: 1 },
    ]);
    expect(JSON.stringify(events)).toContain('["X-Echo","Bearer [token]"]');
    expect(core.core.audit.list({ limit: 1 })).toMatchObject([{ status: 200 }]);
  });

  it('use a connection again, also after an answer without a body', async () => {
    const { core } = await startRequests();
    const ports = new Set<number | undefined>();
    const server = await service((request, response) => {
      ports.add(request.socket.remotePort);
      if (request.url === '/empty') response.writeHead(204).end();
      else response.end('ok');
    });
    const grant = await grantFor(core, server, { token: TOKEN });
    for (const path of ['/', '/empty', '/']) {
      expect(isList(await gather(core, grant.id, server.url + path))).toBe(true);
      // The connection is free in the next turn.
      await new Promise(setImmediate);
    }
    expect(ports.size).toBe(1);
  });

  it('do not if the body still arrives, is compressed, or a person is asked', async () => {
    const { core } = await startRequests();
    const window = await openWindow(core);
    const more = deferred();
    const server = await service(async (request, response) => {
      if (request.url === '/gzip') {
        response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(gzipSync('ok'));
        return;
      }
      response.write('a');
      await more.promise;
      response.end('b');
    });
    const grant = await grantFor(core, server, { token: TOKEN });
    const slow = await gather(core, grant.id, server.url);
    more.resolve();
    const policy = { ...defaultPolicy, ask: true as const };
    const asking = await grantFor(core, server, { token: TOKEN }, { policy }, 'asking');
    const waiting = await gather(core, asking.id, server.url);
    await window.showing(1);
    await window.answer('once');
    const compressed = await gather(core, grant.id, `${server.url}/gzip`);
    expect([slow, waiting, compressed].map(isList)).toEqual([false, false, false]);
    expect(new Set(await typesOf(slow))).toEqual(new Set(['head', 'chunk', 'end']));
    expect((await typesOf(waiting))[0]).toBe('waiting');
    expect(await typesOf(compressed)).toEqual(['head', 'chunk', 'end']);
  });

  it('leave nothing out if the audit has no line', async () => {
    const { core } = await startRequests();
    const server = await service(answeredBy('ok'));
    const grant = await grantFor(core, server, { token: TOKEN });
    const database = new Database(join(core.dataDirectory, 'strongroom.db'));
    database.execute('ALTER TABLE audit RENAME TO away');
    database.close();
    await expect(gather(core, grant.id, server.url)).rejects.toThrow('no such table');
    expect(server.requests).toHaveLength(1);
  });
});
