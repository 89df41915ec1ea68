/** The functions of the stand-in for tests, beyond the protocol: set-up, inspection, log, states, TLS. */
import { Agent } from 'node:http';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestCertificates } from '../certificates';
import { httpCall, type HttpOptions, type HttpResult } from '../http-client';
import { seedSampleVault } from './sample';
import { startVaultServer, type VaultServer } from './server';

let server: VaultServer;

beforeEach(async () => {
  server = await startVaultServer();
});

afterEach(() => server.close());

const call = (
  method: string,
  path: string,
  token = server.rootToken,
  options: HttpOptions = {},
): Promise<HttpResult> =>
  httpCall(server.url, `/v1/${path}`, {
    method,
    ...options,
    headers: { 'X-Vault-Token': token, ...options.headers },
  });

const dataOf = ({ json }: HttpResult): unknown => (json as { data: unknown }).data;

describe('set-up and inspection', () => {
  it('stores past the protocol, and shows what came in by it', async () => {
    const secret = server.kv('secret');
    secret.put('a', { n: 1 }, { customMetadata: { owner: 'me' } });
    secret.put('a', '{"big":9007199254740993}');
    expect(dataOf(await call('GET', 'secret/data/a'))).toMatchObject({
      data: { big: 9_007_199_254_740_992 },
      metadata: { version: 2, custom_metadata: { owner: 'me' } },
    });
    await call('POST', 'secret/data/a', server.rootToken, { body: { data: { n: 3 } } });
    expect(secret.read('a')).toEqual({ n: 3 });
    expect(secret.currentVersion('a')).toBe(3);
    expect(secret.customMetadata('a')).toEqual({ owner: 'me' });
    expect(secret.paths()).toEqual(['a']);

    secret.destroy('a', [1]);
    secret.delete('a');
    expect(secret.versions('a')).toEqual([
      { version: 1, state: 'destroyed', data: undefined },
      { version: 2, state: 'alive', data: { big: 9_007_199_254_740_992 } },
      { version: 3, state: 'deleted', data: { n: 3 } },
    ]);
    expect(secret.read('a')).toBeUndefined();
    secret.undelete('a', [3]);
    expect(secret.read('a')).toEqual({ n: 3 });
    secret.remove('a');
    expect(secret.paths()).toEqual([]);
  });

  it('mounts engines of both versions, with slashes and inside namespaces', async () => {
    server.namespace('admin');
    server.namespace('admin/team');
    server.mount('admin/team/nested/kv', { version: 1 });
    server.kv('admin/team/nested/kv').put('x', { a: '1' });
    expect(dataOf(await call('GET', 'admin/team/nested/kv/x'))).toEqual({ a: '1' });
    const headers = { 'X-Vault-Namespace': 'admin/team' };
    const inside = await call('GET', 'nested/kv/x', server.rootToken, { headers });
    expect(dataOf(inside)).toEqual({ a: '1' });

    server.mount('strict', { casRequired: true, maxVersions: 2 });
    const refused = await call('POST', 'strict/data/x', server.rootToken, { body: { data: {} } });
    expect(refused.status).toBe(400);
    server.unmount('strict');
    expect((await call('GET', 'strict/data/x')).status).toBe(404);
    expect(() => server.kv('strict')).toThrow('No KV engine is mounted at strict');
  });

  it('makes tokens and roles, and counts logins', async () => {
    server.policy('reader', { 'secret/data/*': ['read'] });
    server.kv('secret').put('a', { n: 1 });
    const token = server.token({ policies: ['reader'], ttl: 60 });
    expect((await call('GET', 'secret/data/a', token)).status).toBe(200);
    expect((await call('LIST', 'secret/metadata', token)).status).toBe(403);
    server.clock.advance(61_000);
    expect((await call('GET', 'secret/data/a', token)).status).toBe(403);

    const role = server.appRole({ mount: 'team/ci', policies: ['reader'], secretIdNumUses: 1 });
    const login = (secret_id: string) =>
      call('POST', 'auth/team/ci/login', '', { body: { role_id: role.roleId, secret_id } });
    expect((await login(role.secretId)).status).toBe(200);
    expect((await login(role.secretId)).status).toBe(400);
    expect((await login(role.newSecretId({ cidrs: ['10.0.0.0/8'] }))).status).toBe(400);
    expect([role.logins, server.logins]).toEqual([1, 1]);

    const wrapping = role.newWrappedSecretId(60);
    const unwrapped = await call('POST', 'sys/wrapping/unwrap', wrapping);
    const { secret_id } = dataOf(unwrapped) as { secret_id: string };
    expect((await login(secret_id)).status).toBe(200);
    const late = role.newWrappedSecretId(60);
    server.clock.advance(61_000);
    expect((await call('POST', 'sys/wrapping/unwrap', late)).status).toBe(400);

    const brief = role.newSecretId({ ttl: 10 });
    server.clock.advance(11_000);
    expect((await login(brief)).status).toBe(400);
    const revoked = role.newSecretId();
    role.revokeSecretId(revoked);
    expect((await login(revoked)).status).toBe(400);
  });

  it('revokes a token under the feet of its user', async () => {
    const token = server.token();
    expect((await call('GET', 'auth/token/lookup-self', token)).status).toBe(200);
    server.revokeToken(token);
    expect((await call('GET', 'auth/token/lookup-self', token)).status).toBe(403);
  });

  it('comes with sample data that its sample token can read, but for what it must not', async () => {
    const { token, namespacedRole } = seedSampleVault(server);
    const status = async (path: string) => (await call('GET', `secret/data/${path}`, token)).status;
    expect(await status('production')).toBe(200);
    expect(await status('demo')).toBe(404);
    expect(await status('payroll/production')).toBe(403);
    const login = await call('POST', 'auth/approle/login', '', {
      headers: { 'X-Vault-Namespace': namespacedRole.namespace },
      body: { role_id: namespacedRole.roleId, secret_id: namespacedRole.secretId },
    });
    const { client_token } = (login.json as { auth: { client_token: string } }).auth;
    const read = await call('GET', `${namespacedRole.enginePath}/data/qa`, client_token);
    expect(read.status).toBe(200);
  });
});

describe('the log', () => {
  it('keeps what was asked, without the token', async () => {
    server.kv('secret').put('a b', { n: 1 });
    await call('GET', 'secret/data/a%20b?version=1', 'root', {
      headers: { 'X-Vault-Namespace': '', Authorization: 'Bearer root' },
    });
    expect(server.requests).toEqual([
      {
        method: 'GET',
        path: 'secret/data/a b',
        target: '/v1/secret/data/a%20b?version=1',
        query: { version: '1' },
        headers: expect.objectContaining({
          'x-vault-token': '[present]',
          authorization: '[present]',
          'x-vault-namespace': '',
        }),
        body: undefined,
        status: 200,
      },
    ]);
    server.clearRequests();
    await call('POST', 'secret/data/a', 'root', { body: { data: { n: 1 }, options: { cas: 0 } } });
    expect(server.requests).toMatchObject([{ body: { options: { cas: 0 } }, status: 200 }]);
    expect(server.requests).toHaveLength(1);
  });

  it('counts connections and how many requests were in hand at once', async () => {
    const gate = server.faults.gate();
    const calls = Promise.all(
      Array.from({ length: 3 }, () => call('GET', 'auth/token/lookup-self')),
    );
    await expect.poll(() => gate.hits).toBe(3);
    expect(server.stats).toMatchObject({ connections: 3, inFlight: 3 });
    gate.open();
    await calls;
    expect(server.stats).toMatchObject({ requests: 3, peakInFlight: 3 });
  });
});

describe('the method LIST', () => {
  /** Sends requests over one connection, each in pieces, one after the other. */
  async function converse(requests: readonly (readonly string[])[]): Promise<string> {
    const socket = connect(server.port, '127.0.0.1');
    let received = '';
    socket.on('data', (chunk) => {
      received += chunk.toString();
    });
    for (const [index, pieces] of requests.entries()) {
      for (const piece of pieces) {
        await new Promise((resolve) => socket.write(piece, resolve));
        // Lets the server, in this process, read it as a separate chunk.
        await new Promise((resolve) => setImmediate(resolve));
      }
      await expect.poll(() => received.split('HTTP/1.1 ').length - 1).toBe(index + 1);
    }
    socket.destroy();
    return received;
  }

  const head = (method: string, path: string, length = 0): string =>
    `${method} /v1/${path} HTTP/1.1\r\nHost: x\r\nX-Vault-Token: root\r\nContent-Length: ${String(length)}\r\n\r\n`;

  it('is not confused with a body that looks like it', async () => {
    const body = 'LIST /v1/secret/metadata HTTP/1.1\r\n\r\n';
    const received = await converse([
      [head('POST', 'secret/data/a', body.length), body],
      [head('LIST', 'secret/metadata')],
    ]);
    expect(received).toMatch(/^HTTP\/1\.1 400 /);
    expect(server.requests.map(({ method }) => method)).toEqual(['POST', 'LIST']);
  });

  it('may come in pieces, and after other requests on the same connection', async () => {
    server.kv('secret').put('a', { n: 1 });
    const list = head('LIST', 'secret/metadata');
    const received = await converse([
      [head('GET', 'secret/data/a')],
      [list.slice(0, 2), list.slice(2, 20), list.slice(20)],
    ]);
    expect(received).toContain('{"keys":["a"]}');
  });

  it('works over a kept connection', async () => {
    server.kv('secret').put('a', { n: 1 });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (const method of ['LIST', 'GET', 'LIST', 'LIST']) {
      await httpCall(server.url, '/v1/secret/metadata?list=true', {
        method,
        agent,
        headers: { 'X-Vault-Token': 'root' },
      });
    }
    agent.destroy();
    expect(server.requests.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(server.stats.connections).toBe(1);
  });
});

describe('states', () => {
  it.each([
    ['active', 200],
    ['standby', 429],
    ['dr-secondary', 472],
    ['performance-standby', 473],
    ['uninitialised', 501],
    ['sealed', 503],
  ] as const)('%s is %i in its health', async (state, status) => {
    server.state = state;
    const health = await call('GET', 'sys/health', '');
    expect(health.status).toBe(status);
    expect(health.json).toMatchObject({
      initialized: state !== 'uninitialised',
      sealed: state === 'sealed' || state === 'uninitialised',
    });
  });

  it('counts a standby as well where the caller says so', async () => {
    server.standby();
    expect((await call('GET', 'sys/health?standbyok=true')).status).toBe(200);
    expect((await call('GET', 'sys/health?standbycode=204')).status).toBe(204);
    server.state = 'performance-standby';
    expect((await call('GET', 'sys/health?perfstandbyok=true')).status).toBe(200);
  });

  it('serves again after an unseal', async () => {
    server.kv('secret').put('a', { n: 1 });
    server.seal();
    const sealed = await call('GET', 'secret/data/a');
    expect([sealed.status, sealed.json]).toEqual([503, { errors: ['Vault is sealed'] }]);
    server.unseal();
    expect((await call('GET', 'secret/data/a')).status).toBe(200);
  });

  it('stands by: forwards, redirects, or knows nobody', async () => {
    server.kv('secret').put('a', { n: 1 });
    server.standby();
    expect((await call('GET', 'secret/data/a')).status).toBe(200);
    server.standby({ redirectTo: 'https://active.example.com:8200' });
    const redirect = await call('GET', 'secret/data/a');
    expect([redirect.status, redirect.headers.location]).toEqual([
      307,
      'https://active.example.com:8200/v1/secret/data/a',
    ]);
    server.standby('no-active-node');
    expect((await call('GET', 'secret/data/a')).status).toBe(500);
  });
});

describe('TLS', () => {
  const certificates = createTestCertificates();

  it('serves a client that trusts the authority, LIST too', async () => {
    const secure = await startVaultServer({ tls: certificates.valid });
    secure.kv('secret').put('a', { n: 1 });
    const result = await httpCall(secure.url, '/v1/secret/metadata', {
      method: 'LIST',
      ca: certificates.authority.cert,
      headers: { 'X-Vault-Token': 'root' },
    });
    expect(secure.url).toMatch(/^https:/);
    expect(dataOf(result)).toEqual({ keys: ['a'] });
    await secure.close();
  });

  it('goes on after a handshake that failed', async () => {
    const secure = await startVaultServer({ tls: certificates.expired });
    const health = httpCall(secure.url, '/v1/sys/health', { ca: certificates.authority.cert });
    await expect(health).rejects.toMatchObject({ code: 'CERT_HAS_EXPIRED' });
    const plain = httpCall(secure.url.replace('https', 'http'), '/v1/sys/health');
    await expect(plain).rejects.toMatchObject({ code: 'ECONNRESET' });
    const trusting = await httpCall(secure.url, '/v1/sys/health', { insecure: true });
    expect(trusting.status).toBe(200);
    await secure.close();
  });

  it('asks for a client certificate if it is set to', async () => {
    const secure = await startVaultServer({
      tls: {
        ...certificates.valid,
        requestCert: true,
        rejectUnauthorized: true,
        ca: certificates.authority.cert,
      },
    });
    const trust = { ca: certificates.authority.cert };
    await expect(httpCall(secure.url, '/v1/sys/health', trust)).rejects.toMatchObject({
      code: 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED',
    });
    const client = certificates.authority.issue({ commonName: 'client', names: [] });
    const result = await httpCall(secure.url, '/v1/sys/health', { ...trust, ...client });
    expect(result.status).toBe(200);
    await secure.close();
  });
});
