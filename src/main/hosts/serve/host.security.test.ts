/** `strongroom serve` against callers with bad intentions. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { defaultPolicy, type Policy } from '@shared/model/policy';
import { systemRuntime } from '@core/runtime';
import { deferred } from '@test/support/deferred';
import { FakeRuntime } from '@test/support/fake-runtime';
import { answeredBy, grantFor, service, startRequests } from '@test/support/requests';
import { call, startServe } from '@test/support/serve';
import { networksOf } from './caller-address';

const SECRET = 'sk-live-that-nobody-may-see';
const VALUE = 'value-that-nobody-may-see';

const served = {
  policy: { ...defaultPolicy, callers: { ...defaultPolicy.callers, serve: 'allow' } },
} as const;

/** A server, and “billing” with the grant “service”; “other” has nothing. */
async function started(options: Parameters<typeof startServe>[1] = {}, runtime?: FakeRuntime) {
  const { core } = await startRequests(runtime === undefined ? {} : { runtime });
  const target = await service(answeredBy('data'));
  const grant = await grantFor(core, target, { token: SECRET }, served);
  await core.create('production', { KEY: VALUE });
  const client = (name: string, given: string[], more: object = {}) =>
    core.core.clients.create(core.workspaceId, {
      name,
      grants: given,
      environments: given.length === 0 ? [] : ['production'],
      ...more,
    });
  const { token } = client('billing', ['service']);
  const { token: other } = client('other', []);
  const server = await startServe(core, options);
  const request = (more: Record<string, unknown> = {}) => ({
    grant: 'service',
    method: 'GET',
    url: target.url,
    ...more,
  });
  return { core, target, grant, server, token, other, request, client };
}

/** Sends bytes as they are. Returns what comes back until the server ends the connection. */
async function raw(port: number, bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => {
    socket.destroy();
  });
  await once(socket, 'connect');
  socket.write(bytes);
  return text(socket).catch(() => '');
}

describe('a caller without rights', () => {
  it('learns nothing, whatever it sends as a token', async () => {
    const { server, token, target } = await started();
    const changed = `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`;
    const answers = [];
    for (const headers of [
      {},
      { Authorization: 'Bearer ' },
      { Authorization: 'Bearer x' },
      { Authorization: `Bearer ${changed}` },
      { Authorization: `Bearer ${token} ${token}` },
      { Authorization: `Basic ${Buffer.from(`billing:${token}`).toString('base64')}` },
      { Authorization: token },
      { Cookie: `token=${token}` },
    ]) {
      for (const path of ['/v1/grants', '/v1/variables?environment=production', '/v1/nothing']) {
        answers.push(await call(server.url, path, { headers }));
      }
    }
    answers.push(await call(server.url, `/v1/grants?access_token=${token}`));
    const [first] = answers;
    expect(first?.status).toBe(401);
    expect(first?.headers['www-authenticate']).toContain('Bearer');
    for (const { status, text: body } of answers)
      expect([status, body]).toEqual([401, first?.text]);
    expect(target.requests).toEqual([]);
  });

  it('is out as soon as its client is revoked, has expired, or calls from elsewhere', async () => {
    const runtime = new FakeRuntime();
    const { core, server, token, client } = await started(
      { trusted: networksOf(['127.0.0.1']), onlyLocalNames: false },
      runtime,
    );
    const short = client('short', [], { expiresAt: runtime.now() + 1000 }).token;
    const office = client('office', [], { addresses: ['203.0.113.0/24'] }).token;
    const status = async (token: string, from = '127.0.0.1'): Promise<number> =>
      (await call(server.url, '/v1/grants', { token, headers: { 'X-Forwarded-For': from } }))
        .status;
    expect(await status(short)).toBe(200);
    await runtime.advance(1000);
    expect(await status(short)).toBe(401);
    expect(await status(office, '203.0.113.7')).toBe(200);
    expect(await status(office, '203.0.114.7')).toBe(401);
    // The proxy adds whom it answers; what the caller wrote before that does not count.
    expect(await status(office, '203.0.113.7, 198.51.100.1')).toBe(401);
    expect(await status(token)).toBe(200);
    core.core.clients.revoke('billing');
    expect(await status(token)).toBe(401);
  });

  it('cannot use the grant of another client, nor learn that there is one', async () => {
    const { core, server, other, grant, target, request } = await started();
    const send = (given: string) =>
      call(server.url, '/v1/requests', {
        method: 'POST',
        token: other,
        body: request({ grant: given }),
      });
    const unknown = await send('no-such');
    expect(unknown.status).toBe(404);
    for (const given of ['service', grant.id, grant.id.toUpperCase()]) {
      const refused = await send(given);
      expect(refused.status).toBe(404);
      expect(refused.text.replace(given, 'no-such')).toBe(unknown.text);
    }
    expect(target.requests).toEqual([]);
    expect(core.core.audit.list({ limit: 4 })).toMatchObject(
      Array.from({ length: 4 }, () => ({
        event: 'request',
        decision: 'refused',
        rule: 'client',
        caller: { process: { name: 'other' } },
      })),
    );
  });

  it('cannot read the environment of another client, nor learn that there is one', async () => {
    const { server, other } = await started();
    const read = (name: string) =>
      call(server.url, `/v1/variables?environment=${name}`, { token: other });
    const unknown = await read('nothing');
    const known = await read('production');
    expect([unknown.status, known.status]).toEqual([404, 404]);
    expect(known.text.replace('production', 'nothing')).toBe(unknown.text);
    expect((await call(server.url, '/v1/environments', { token: other })).json).toEqual({
      environments: [],
    });
  });
});

describe('a client with a grant', () => {
  it('still needs a policy that admits other machines, its name and its address', async () => {
    const { core, server, token, grant, target, request } = await started();
    const { policy } = served;
    const cases: [string, Policy][] = [
      ['callers', defaultPolicy],
      ['clients', { ...policy, clients: ['somebody-else'] }],
      ['addresses', { ...policy, addresses: ['203.0.113.0/24'] }],
    ];
    for (const [rule, changed] of cases) {
      await core.core.grants.update(grant.id, { settings: { policy: changed } });
      const refused = await call(server.url, '/v1/requests', {
        method: 'POST',
        token,
        headers: { 'X-Forwarded-For': '203.0.113.7' },
        body: request(),
      });
      expect(refused).toMatchObject({
        status: 403,
        json: { error: { code: 'POLICY_REFUSED', rule } },
      });
    }
    expect(target.requests).toEqual([]);
    const open = { ...policy, clients: ['billing'], addresses: ['127.0.0.1'] };
    await core.core.grants.update(grant.id, { settings: { policy: open } });
    const allowed = await call(server.url, '/v1/requests', {
      method: 'POST',
      token,
      body: request(),
    });
    expect(allowed.status).toBe(200);
  });

  it('gets the credential neither in answers nor in failures', async () => {
    const { core, server, token, client } = await started();
    const echo = await service((incoming, response) => {
      const seen = `${incoming.url ?? ''} ${JSON.stringify(incoming.rawHeaders)}`;
      response.setHeader('X-Seen', encodeURIComponent(seen));
      response.end(`${seen} ${Buffer.from(seen).toString('base64')}`);
    });
    const { id } = await core.core.grants.create(core.workspaceId, {
      name: 'echo',
      settings: { type: 'bearer', rules: [], hosts: [echo.url], networks: [], ...served },
      secrets: { token: { value: SECRET } },
    });
    const mine = client('mine', [id]).token;
    const bodies: string[] = [];
    for (const more of [
      {},
      { url: `${echo.url}/{token}` },
      { headers: [['X-A', '{token}']] },
      { headers: [['Authorization', 'mine']] },
      { method: 'TRACE' },
      { url: 'http://evil.example' },
      { headers: [['X-A', 'a\r\nX-B: b']] },
    ]) {
      const { text: body, headers } = await call(server.url, '/v1/requests', {
        method: 'POST',
        token: mine,
        body: { grant: id, method: 'GET', url: echo.url, ...more },
      });
      bodies.push(body, JSON.stringify(headers));
    }
    expect(echo.requests[0]?.headers.authorization).toBe(`Bearer ${SECRET}`);
    for (const path of ['/v1/grants', '/metrics', '/openapi.json', '/healthz']) {
      bodies.push((await call(server.url, path, { token })).text);
    }
    for (const form of [SECRET, Buffer.from(SECRET).toString('base64'), VALUE]) {
      expect(bodies.join('\n')).not.toContain(form);
      expect(server.lines.join('\n')).not.toContain(form);
    }
  });

  it('cannot make more calls than its limits, and does not use up those of others', async () => {
    const { server, token, other } = await started({ limits: { rate: 2, perClient: 3 } });
    const statuses = [];
    for (let n = 0; n < 6; n += 1) {
      statuses.push((await call(server.url, '/v1/grants', { token })).status);
    }
    expect(statuses.slice(0, 4)).toEqual([200, 200, 200, 200]);
    expect(statuses.slice(4)).toContain(429);
    expect((await call(server.url, '/v1/grants', { token: other })).status).toBe(200);
  });

  it('cannot hold more calls at the same time than its limit', async () => {
    const { core, server, client, token } = await started({ limits: { perClient: 1 } });
    const [arrived, answer] = [deferred(), deferred()];
    const slow = await service(async (_, response) => {
      arrived.resolve();
      await answer.promise;
      response.end('late');
    });
    const { id } = await core.core.grants.create(core.workspaceId, {
      name: 'slow',
      settings: { type: 'bearer', rules: [], hosts: [slow.url], networks: [], ...served },
      secrets: { token: { value: SECRET } },
    });
    const mine = client('mine', [id]).token;
    const body = { grant: id, method: 'GET', url: slow.url };
    const held = call(server.url, '/v1/requests', { method: 'POST', token: mine, body });
    await arrived.promise;
    const second = await call(server.url, '/v1/grants', { token: mine });
    expect(second).toMatchObject({ status: 429, headers: { 'retry-after': '1' } });
    expect((await call(server.url, '/v1/grants', { token })).status).toBe(200);
    answer.resolve();
    expect((await held).status).toBe(200);
  });
});

describe('a page in a browser', () => {
  it('is not answered under another name that leads to this computer', async () => {
    const { server, token } = await started();
    for (const Host of [
      'evil.example',
      `evil.example:${String(server.port)}`,
      '127.0.0.1.evil.example',
    ]) {
      const answer = await call(server.url, '/healthz', { token, headers: { Host } });
      expect(answer.status).toBe(421);
    }
    for (const Host of ['localhost', `127.0.0.1:${String(server.port)}`, '[::1]']) {
      expect((await call(server.url, '/healthz', { headers: { Host } })).status).toBe(200);
    }
  });

  it('is not answered at all, and no answer allows another origin', async () => {
    const { server, token } = await started();
    for (const headers of [
      { Origin: 'https://evil.example' },
      { Origin: 'null' },
      { 'Sec-Fetch-Site': 'cross-site' },
      { 'Sec-Fetch-Site': 'same-origin' },
    ]) {
      for (const method of ['GET', 'POST', 'OPTIONS']) {
        const answer = await call(server.url, '/v1/grants', { method, token, headers });
        expect(answer.status).toBe(403);
        expect(
          Object.keys(answer.headers).filter((name) => name.startsWith('access-control')),
        ).toEqual([]);
      }
    }
  });
});

describe('a caller that wants to harm the server', () => {
  it('finds no files, whatever the path', async () => {
    const { server, token } = await started();
    for (const path of [
      '/../../../../etc/passwd',
      '/%2e%2e/%2e%2e/etc/passwd',
      '/..%2f..%2fetc%2fpasswd',
      '//etc/passwd',
      '/v1/../../etc/passwd',
      '/v1/grants/..%00',
      '/%',
      'http://127.0.0.1/etc/passwd',
      '*',
    ]) {
      const answer = await call(server.url, path, { token });
      expect([400, 404]).toContain(answer.status);
      expect(answer.text).not.toContain('root:');
    }
  });

  it('cannot send a body over the limit, announced or not', async () => {
    const { server, token, target, request } = await started({ limits: { body: 2000 } });
    const large = JSON.stringify(request({ body: 'x'.repeat(2000) }));
    const announced = await call(server.url, '/v1/requests', {
      method: 'POST',
      token,
      body: large,
    });
    expect(announced.status).toBe(413);
    const chunked = await raw(
      server.port,
      `POST /v1/requests HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n${large.length.toString(16)}\r\n${large}\r\n0\r\n\r\n`,
    );
    expect(chunked).toMatch(/^HTTP\/1\.1 413 /);
    const headers = { 'X-Large': 'x'.repeat(40_000) };
    expect((await call(server.url, '/v1/grants', { token, headers })).status).toBe(431);
    expect(target.requests).toEqual([]);
  });

  it('cannot hide a call behind another', async () => {
    const { server, token } = await started();
    const answer = await raw(
      server.port,
      `POST /v1/requests HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /v1/grants HTTP/1.1\r\nHost: localhost\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer.match(/HTTP\/1\.1/g)).toHaveLength(1);
  });

  it('cannot hold a connection by sending slowly', async () => {
    const limits = { headersWithin: 500, callWithin: 1000 };
    const { server, token } = await started({ limits });
    const began = systemRuntime.monotonic();
    const [headers, body] = await Promise.all([
      raw(server.port, 'GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: '),
      raw(
        server.port,
        `POST /v1/requests HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{`,
      ),
    ]);
    expect(headers).toMatch(/^HTTP\/1\.1 408 /);
    expect(body).not.toMatch(/ 200 /);
    expect(systemRuntime.monotonic() - began).toBeLessThan(20_000);
    expect((await call(server.url, '/healthz')).status).toBe(200);
  });

  it('cannot open more connections than there are places', async () => {
    const { server } = await started({ limits: { connections: 2 } });
    const held = [connect(server.port, '127.0.0.1'), connect(server.port, '127.0.0.1')];
    for (const socket of held) {
      onTestFinished(() => {
        socket.destroy();
      });
      await once(socket, 'connect');
    }
    expect(await raw(server.port, 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n')).toBe('');
  });
});

it('the token of a client is not stored, only its hash', async () => {
  const { core, token } = await started();
  expect(await core.onDisk()).not.toContain(token);
  expect(JSON.stringify(core.core.clients.list())).not.toContain(token);
  expect(JSON.stringify(core.core.audit.list({ limit: 100 }))).not.toContain(token);
});
