/** Calls of clients on other machines. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, it, onTestFinished } from 'vitest';
import { defaultPolicy } from '@shared/model/policy';
import { networksOf } from './caller-address';
import { createTestCertificates } from '@test/servers/certificates';
import { grantFor, service, startRequests } from '@test/support/requests';
import { call, startServe } from '@test/support/serve';
import { deferred } from '@test/support/deferred';

const SECRET = 'sk-live-4242424242';

const served = {
  policy: { ...defaultPolicy, callers: { ...defaultPolicy.callers, serve: 'allow' } },
} as const;

/** A server with the client “billing”, which has the grant “service” for an echo. */
async function started(options: Parameters<typeof startServe>[1] = {}) {
  const { core } = await startRequests();
  const echo = await service((incoming, response) => {
    incoming.resume().on('end', () => {
      response.setHeader('X-Seen', incoming.headers.authorization ?? '');
      response.writeHead(418).end(`seen ${incoming.headers.authorization ?? ''}`);
    });
  });
  await grantFor(core, echo, { token: SECRET }, served);
  await core.create('production', { API_KEY: 'value-1234', URL: 'https://x' });
  const { token } = core.core.clients.create(core.workspaceId, {
    name: 'billing',
    grants: ['service'],
    environments: ['production'],
  });
  const server = await startServe(core, options);
  return { core, echo, server, token };
}

describe('a client', () => {
  it('lists its grants and environments, and makes a request', async () => {
    const { core, echo, server, token } = await started();
    expect((await call(server.url, '/v1/grants', { token })).json).toEqual({
      grants: [
        {
          id: expect.stringMatching(/^[\da-f-]{36}$/) as string,
          name: 'service',
          state: 'active',
          hosts: [echo.url],
          policy: expect.stringMatching(/.+/) as string,
        },
      ],
    });
    expect((await call(server.url, '/v1/environments', { token })).json).toEqual({
      environments: ['production'],
    });
    const answer = await call(server.url, '/v1/requests', {
      method: 'POST',
      token,
      body: {
        grant: 'service',
        method: 'POST',
        url: `${echo.url}/orders?x=1`,
        headers: [['X-One', '1']],
        body: 'héllo',
        reason: 'order 7',
      },
    });
    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject({
      status: 418,
      body: 'seen Bearer [token]',
      credentialHidden: 1,
    });
    expect(echo.requests).toMatchObject([
      { body: 'héllo', headers: { authorization: `Bearer ${SECRET}`, 'x-one': '1' } },
    ]);
    expect(core.core.audit.list({ limit: 1 })).toMatchObject([
      {
        event: 'request',
        caller: { kind: 'serve', process: { name: 'billing' }, address: '127.0.0.1' },
        reason: 'order 7',
        path: '/orders',
        status: 418,
      },
    ]);
  });

  it('reads the values of its environments, and the audit has that', async () => {
    const { core, server, token } = await started();
    const { json, headers } = await call(server.url, '/v1/variables?environment=production', {
      token,
    });
    expect(json).toEqual({
      variables: [
        { key: 'API_KEY', value: 'value-1234' },
        { key: 'URL', value: 'https://x' },
      ],
    });
    expect(headers['cache-control']).toBe('no-store');
    expect(core.core.audit.list({ limit: 1 })).toMatchObject([
      { event: 'exported', environment: 'production', caller: { process: { name: 'billing' } } },
    ]);
  });

  it('gets each failure with its status, code and rule', async () => {
    const { core, echo, server, token } = await started();
    const send = (more: Record<string, unknown>) =>
      call(server.url, '/v1/requests', {
        method: 'POST',
        token,
        body: { grant: 'service', method: 'GET', url: echo.url, ...more },
      });
    expect(await send({ url: 'http://127.0.0.2:1/' })).toMatchObject({
      status: 403,
      json: {
        error: { code: 'HOST_NOT_GRANTED', rule: 'host', hint: expect.any(String) as string },
      },
    });
    expect(await send({ method: 7 })).toMatchObject({
      status: 400,
      json: {
        error: { code: 'INVALID_INPUT', message: expect.stringContaining('method') as string },
      },
    });
    expect(await send({ body: 'a', base64: 'YQ==' })).toMatchObject({
      status: 400,
      json: { error: { code: 'INVALID_INPUT' } },
    });
    expect(
      await call(server.url, '/v1/requests', { method: 'POST', token, body: '{' }),
    ).toMatchObject({ status: 400, json: { error: { code: 'BAD_REQUEST' } } });
    expect(await call(server.url, '/v1/nothing', { token })).toMatchObject({
      status: 404,
      json: { error: { code: 'NO_SUCH_CALL' } },
    });
    const [grant] = core.core.grants.list(core.workspaceId);
    await core.core.grants.setDisabled(grant?.id ?? '', true);
    expect(await send({})).toMatchObject({
      status: 403,
      json: { error: { code: 'GRANT_DISABLED', rule: 'state' } },
    });
  });

  it('ends its request by hanging up', async () => {
    const { core } = await startRequests();
    const [arrived, gone] = [deferred(), deferred()];
    const slow = await service((_, response) => {
      arrived.resolve();
      response.once('close', () => {
        gone.resolve();
      });
    });
    await grantFor(core, slow, { token: SECRET }, served);
    const { token } = core.core.clients.create(core.workspaceId, {
      name: 'billing',
      grants: ['service'],
      environments: [],
    });
    const server = await startServe(core);
    const hangUp = new AbortController();
    const sent = fetch(`${server.url}/v1/requests`, {
      method: 'POST',
      signal: hangUp.signal,
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ grant: 'service', method: 'GET', url: slow.url }),
    }).catch(() => 'aborted');
    await arrived.promise;
    hangUp.abort();
    expect(await sent).toBe('aborted');
    await gone.promise;
  });
});

describe('the server', () => {
  it('says whether it is well, and counts, without a token and without names', async () => {
    const { core, echo, server, token } = await started();
    await call(server.url, '/v1/requests', {
      method: 'POST',
      token,
      body: { grant: 'service', method: 'GET', url: echo.url },
    });
    await call(server.url, '/v1/grants', { token: 'wrong' });
    await call(server.url, '/v1/secret-name');
    expect(await call(server.url, '/healthz')).toMatchObject({
      status: 200,
      json: { status: 'ok' },
    });
    const { text: counted } = await call(server.url, '/metrics');
    expect(counted).toContain('strongroom_http_requests_total{route="requests",status="200"} 1');
    expect(counted).toContain('strongroom_http_refusals_total{reason="token"} 2');
    expect(counted).toContain('strongroom_build_info{version="1.2.3"} 1');
    expect(counted).toContain('strongroom_http_request_duration_seconds_count 4');
    for (const name of ['service', 'billing', 'production', 'API_KEY', 'secret-name', SECRET]) {
      expect(counted).not.toContain(name);
    }
    // The format: a name, labels, and a number.
    for (const line of counted.trimEnd().split('\n')) {
      expect(line).toMatch(/^(# (HELP|TYPE) .+|[a-z_]+(\{[^{}]*\})? -?[\d.e+-]+)$/);
    }
    await core.client.security.choose({
      choice: { mode: 'passphrase', passphrase: 'correct horse battery' },
    });
    core.core.security.lock();
    expect(await call(server.url, '/healthz')).toMatchObject({ status: 503 });
    expect(await call(server.url, '/v1/grants', { token })).toMatchObject({ status: 503 });
  });

  it('describes its calls, each with its failures', async () => {
    const { server } = await started();
    const { json } = await call(server.url, '/openapi.json');
    const document = json as {
      readonly openapi: string;
      readonly paths: Record<string, Record<string, { readonly responses: object }>>;
    };
    expect(document.openapi).toMatch(/^3\.1\./);
    expect(Object.keys(document.paths)).toEqual([
      '/v1/grants',
      '/v1/requests',
      '/v1/environments',
      '/v1/variables',
    ]);
    const { responses } = document.paths['/v1/requests']?.['post'] ?? { responses: {} };
    expect(Object.keys(responses)).toEqual(
      expect.arrayContaining(['200', '400', '403', '404', '413', '429', '502', '503', '504']),
    );
    const { errors, valid } = await new Validator().validate(document);
    expect(errors).toBeUndefined();
    expect(valid).toBe(true);
  });

  it('waits for calls that are under way when it ends, and takes no other', async () => {
    const { core } = await startRequests();
    const [arrived, answer] = [deferred(), deferred()];
    const slow = await service(async (_, response) => {
      arrived.resolve();
      await answer.promise;
      response.end('late');
    });
    await grantFor(core, slow, { token: SECRET }, served);
    const { token } = core.core.clients.create(core.workspaceId, {
      name: 'billing',
      grants: ['service'],
      environments: [],
    });
    const server = await startServe(core);
    const sent = call(server.url, '/v1/requests', {
      method: 'POST',
      token,
      body: { grant: 'service', method: 'GET', url: slow.url },
    });
    await arrived.promise;
    const closed = server.close(60_000);
    await expect(call(server.url, '/healthz')).rejects.toThrow('ECONNREFUSED');
    answer.resolve();
    expect((await sent).json).toMatchObject({ body: 'late' });
    expect(await closed).toBe(0);
  });

  it('ends a connection that was open, and brings its first call when the server ends', async () => {
    const { core } = await startRequests();
    const server = await startServe(core);
    const socket = connect(server.port, '127.0.0.1');
    onTestFinished(() => {
      socket.destroy();
    });
    await once(socket, 'connect');
    // The server has accepted it as soon as it answers another one.
    expect((await call(server.url, '/healthz')).status).toBe(200);
    const closed = server.close(60_000);
    socket.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n');
    const answer = await text(socket);
    expect(answer).toMatch(/^HTTP\/1\.1 503 /);
    expect(answer).toContain('Connection: close');
    expect(await closed).toBe(0);
  });

  it('ends calls that take too long when it ends, and says how many', async () => {
    const { core } = await startRequests();
    const arrived = deferred();
    const never = await service(() => {
      arrived.resolve();
    });
    await grantFor(core, never, { token: SECRET }, served);
    const { token } = core.core.clients.create(core.workspaceId, {
      name: 'billing',
      grants: ['service'],
      environments: [],
    });
    const server = await startServe(core);
    const sent = call(server.url, '/v1/requests', {
      method: 'POST',
      token,
      body: { grant: 'service', method: 'GET', url: never.url },
    }).catch(() => 'cut off');
    await arrived.promise;
    expect(await server.close(10)).toBe(1);
    expect(await sent).toBe('cut off');
  });

  it('speaks TLS with a certificate', async () => {
    const { authority } = createTestCertificates();
    const ca = authority.cert;
    const { cert, key } = authority.issue();
    const { server, token } = await started({ tls: { cert, key } });
    expect((await call(server.url, '/v1/grants', { token, ca })).status).toBe(200);
  });

  it('knows the caller behind a proxy that it trusts', async () => {
    const { core, echo, server, token } = await started({
      trusted: networksOf(['127.0.0.0/8', '10.1.0.0/16']),
      onlyLocalNames: false,
    });
    await call(server.url, '/v1/requests', {
      method: 'POST',
      token,
      headers: { Host: 'strongroom.example', 'X-Forwarded-For': '6.6.6.6, 203.0.113.9, 10.1.2.3' },
      body: { grant: 'service', method: 'GET', url: echo.url },
    });
    expect(core.core.audit.list({ limit: 1 })).toMatchObject([
      { caller: { address: '203.0.113.9' } },
    ]);
  });
});
