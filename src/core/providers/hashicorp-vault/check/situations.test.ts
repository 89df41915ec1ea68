/**
 * Misconfigurations of Vault, each by its name: the step that tells, the cause, and a remedy that ends green
 * when it is done literally.
 */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect as connectSocket, type AddressInfo } from 'node:net';
import type { CheckStep } from '@shared/model/connection';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { createSelfSigned } from '@test/servers/certificates';
import type { PolicyRules } from '@test/servers/vault/policy';
import { startVaultServer, type VaultServer } from '@test/servers/vault/server';
import { targets } from '@test/servers/vault-targets';
import { runChild } from '@test/support/child-process';
import { connect, endOfCheck, type Access } from '@test/support/hashicorp-vault';

const children = new URL('../../../../../test/support/children/', import.meta.url);

let server: VaultServer;
beforeEach(async () => {
  server = await startVaultServer();
  server.policy('app', { 'secret/*': ['create', 'read', 'update', 'delete', 'list'] });
});
afterEach(() => server.close());

const token = (policies = ['app']): string => server.token({ policies });

const check = (
  values: Parameters<typeof connect>[2] = {},
  access: Access = { token: token() },
  url = server.url,
): Promise<Map<string, CheckStep>> => endOfCheck(connect(url, access, values));

/** The steps that did not pass, and the first error there. */
function troubles(steps: ReadonlyMap<string, CheckStep>) {
  const bad = [...steps.values()].filter(({ status }) => ['failed', 'warned'].includes(status));
  const [first] = bad;
  return { steps: bad.map(({ id, status }) => `${id} ${status}`), error: first?.error };
}

const expectGreen = (steps: ReadonlyMap<string, CheckStep>): void => {
  expect(troubles(steps)).toEqual({ steps: [], error: undefined });
  expect([...steps.values()].filter(({ status }) => status === 'not-reached')).toEqual([]);
};

/** A policy as the remedy hands it over; comments do not count. */
const rulesIn = (policy: string): PolicyRules =>
  Object.fromEntries(
    [...policy.matchAll(/^path "([^"]+)" \{ capabilities = (\[[^\]]+\]) \}/gm)].map(
      ([, path = '', capabilities = '']) => [path, JSON.parse(capabilities) as ['read']],
    ),
  );

async function listen(http: Server): Promise<string> {
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  onTestFinished(async () => {
    http.closeAllConnections();
    http.close();
    await once(http, 'close');
  });
  return `http://127.0.0.1:${String((http.address() as AddressInfo).port)}`;
}

/** An address of this computer where nothing listens. */
async function deadAddress(): Promise<string> {
  const http = createServer().listen(0, '127.0.0.1');
  await once(http, 'listening');
  const { port } = http.address() as AddressInfo;
  http.close();
  await once(http, 'close');
  return `http://127.0.0.1:${String(port)}`;
}

describe('a standby that forwards nowhere', () => {
  it('redirects: the active node is named, and its address ends green', async () => {
    const active = await startVaultServer();
    onTestFinished(() => active.close());
    active.policy('app', { 'secret/*': ['create', 'read', 'update', 'delete', 'list'] });
    const access = { token: active.token({ policies: ['app'] }) };
    server.standby({ redirectTo: active.url });
    const { steps, error } = troubles(await check({}, access));
    expect(steps).toEqual(['health failed']);
    expect(error).toMatchObject({
      code: 'SERVER_STANDBY',
      message: `This Vault node is a standby that redirects to the active node. The active node is ${active.url}.`,
      details: { field: 'url', suggestion: active.url },
    });
    expectGreen(await check({}, access, error?.details?.suggestion));
  });

  it('redirects to a node out of reach: fails at Health, and suggests nothing', async () => {
    const dead = await deadAddress();
    server.standby({ redirectTo: dead });
    const { steps, error } = troubles(await check());
    expect(steps).toEqual(['health failed']);
    expect(error?.message).toContain(`The active node, ${dead}, is out of reach from here.`);
    expect(error?.details).toEqual({ field: 'url' });
  });

  it('knows no active node: fails at Health', async () => {
    server.standby('no-active-node');
    const { steps, error } = troubles(await check());
    expect(steps).toEqual(['health failed']);
    expect(error).toMatchObject({
      code: 'SERVER_STANDBY',
      message: 'This Vault node is a standby, and no node of its cluster is active.',
    });
    // The remedy is to wait.
    server.unseal();
    expectGreen(await check());
  });

  it.each(['standby', 'performance-standby'] as const)(
    'reads by itself as a %s, beside an active node that is gone: fails at Health',
    async (state) => {
      const openbao = await startVaultServer({ product: 'openbao' });
      onTestFinished(() => openbao.close());
      const dead = await deadAddress();
      openbao.standby({ readsBeside: dead });
      openbao.state = state;
      const { steps, error } = troubles(await check({}, { token: 'root' }, openbao.url));
      expect(steps).toEqual(['health failed']);
      expect(error?.message).toBe(
        `This Vault node is a standby that answers reads, but cannot save. The active node, ${dead}, is out of reach from here.`,
      );
    },
  );

  it('passes where it was seen to pass a request on, and says so', async () => {
    server.standby();
    const steps = await check();
    expectGreen(steps);
    expect(steps.get('health')?.detail).toContain(
      `standby, unsealed: it passed a request on to ${server.url}`,
    );
  });
});

describe('an AppRole login that is refused', () => {
  const cause =
    'The Role ID or the Secret ID is mistyped, the Secret ID is used up or has expired, or the AppRole is in another namespace.';

  it('wrong Role ID: the cause names it', async () => {
    const role = server.appRole({ policies: ['app'] });
    const { steps, error } = troubles(await check({}, { ...role, roleId: 'mistyped' }));
    expect(steps).toEqual(['authentication failed']);
    expect(error).toMatchObject({ code: 'APPROLE_REFUSED', cause });
    expectGreen(await check({}, role));
  });

  it.each([
    ['used-up', { secretIdNumUses: 1 }],
    ['expired', { secretIdTtl: 60 }],
  ])('%s Secret ID: a new one is asked for', async (_name, settings) => {
    const role = server.appRole({ policies: ['app'], ...settings });
    if ('secretIdNumUses' in settings) expectGreen(await check({}, role));
    server.clock.advance(61_000);
    const { steps, error } = troubles(await check({}, role));
    expect(steps).toEqual(['authentication failed']);
    expect(error?.hint).toContain('If both are as you were given them, ask for a new Secret ID.');
    const { roleId } = role;
    expectGreen(await check({}, { roleId, secretId: role.newSecretId() }));
  });

  it('AppRole mounted elsewhere while approle exists too: AppRole mount is named', async () => {
    server.appRole({ policies: ['app'] });
    const role = server.appRole({ policies: ['app'], mount: 'team/approle' });
    const { steps, error } = troubles(await check({}, role));
    expect(steps).toEqual(['authentication failed']);
    expect(error?.hint).toContain(
      'If the AppRole is mounted elsewhere than at “approle”, enter that as AppRole mount.',
    );
    expectGreen(await check({ approleMount: 'team/approle' }, role));
    const there = troubles(await check({ approleMount: 'team/approle' }, { ...role, roleId: 'x' }));
    expect(there.error?.hint).not.toContain('AppRole mount');
  });
});

it('AppRole with token_bound_cidrs: the token is bound to other addresses', async () => {
  const role = server.appRole({ policies: ['app'], tokenBoundCidrs: ['192.0.2.0/24'] });
  const provider = connect(server.url, role);
  const { steps, error } = troubles(await endOfCheck(provider));
  expect(steps).toEqual(['authentication failed']);
  expect(error).toMatchObject({
    code: 'APPROLE_REFUSED',
    cause: 'The role binds its tokens to other addresses (token_bound_cidrs).',
  });
  // Other calls say the same, and do not spend the Secret ID on it.
  const { logins } = server;
  const { signal } = new AbortController();
  await expect(provider.read('app', { signal })).rejects.toMatchObject({ code: 'APPROLE_REFUSED' });
  expect(server.logins).toBe(logins);
  // The same provider: its login has to be made again, since a token keeps the addresses it was made for.
  server.appRole({ ...role, policies: ['app'], tokenBoundCidrs: ['192.0.2.0/24', '127.0.0.1/32'] });
  expectGreen(await endOfCheck(provider));
});

describe.each(targets)('AppRole with token_bound_cidrs at $name', ({ start }) => {
  it.skipIf(start === undefined)('fails at Authentication', async () => {
    const target = await start?.();
    if (target === undefined) throw new Error('There is none');
    onTestFinished(() => target.stop());
    const { admin } = target;
    await admin.call('POST', 'sys/auth/bound', { type: 'approle' });
    await admin.call('POST', 'auth/bound/role/app', {
      token_policies: 'default',
      token_bound_cidrs: '192.0.2.0/24',
    });
    const { data: role } = await admin.call('GET', 'auth/bound/role/app/role-id');
    const { role_id: roleId } = role as { role_id: string };
    const { data: issued } = await admin.call('POST', 'auth/bound/role/app/secret-id');
    const { secret_id: secretId } = issued as { secret_id: string };
    const steps = await check({ approleMount: 'bound' }, { roleId, secretId }, target.url);
    expect(steps.get('authentication')?.error?.cause).toContain('token_bound_cidrs');
  });
});

describe('Namespace typed with Token authentication', () => {
  beforeEach(() => {
    server.namespace('team');
    server.mount('team/kv');
    server.policy('kv', { 'team/kv/*': ['create', 'read', 'update', 'delete', 'list'] });
  });

  it.each([
    ['a root token', () => server.rootToken],
    ['a token of the root', () => token(['kv'])],
  ])('%s: the engine is found under it', async (_name, access) => {
    // Another engine that is near must not be suggested in its place.
    server.mount('kv2');
    const values = { namespace: 'team', enginePath: 'kv' };
    const steps = await check(values, { token: access() });
    expect(steps.get('engine')).toMatchObject({
      status: 'failed',
      error: {
        code: 'ENGINE_NOT_FOUND',
        message: 'Namespace contains “team”, and it counts for logins only.',
        details: { field: 'enginePath', suggestion: 'team/kv' },
      },
    });
    expectGreen(await check({ ...values, enginePath: 'team/kv' }, { token: token(['kv']) }));
  });

  it('with an engine of the same path at the root: warns, since another one may be meant', async () => {
    server.mount('kv');
    server.policy('both', {
      'kv/*': ['create', 'read', 'update', 'delete', 'list'],
      'team/kv/*': ['create', 'read', 'update', 'delete', 'list'],
    });
    const values = { namespace: 'team', enginePath: 'kv' };
    const { steps, error } = troubles(await check(values, { token: token(['both']) }));
    expect(steps).toEqual(['engine warned']);
    expect(error?.details).toEqual({ field: 'enginePath', suggestion: 'team/kv' });
  });
});

describe('a proxy that redirects', () => {
  const proxyTo = (location: (path: string) => string, status = 302): Promise<string> =>
    listen(
      createServer((request, response) => {
        response.writeHead(status, { Location: location(request.url ?? '') }).end();
      }),
    );

  it('(302) to its login page: says so, and does not advise to enter that page', async () => {
    const url = await proxyTo(() => 'https://login.example/oauth2/start?rd=/v1/sys/health');
    const { steps, error } = troubles(await check({}, { token: 'x' }, url));
    expect(steps).toEqual(['health failed']);
    expect(error).toMatchObject({
      code: 'REDIRECTED',
      message: 'The server redirects to https://login.example.',
      cause: 'The address leads to a login page and not to the server.',
      remedy: { open: 'connection', field: 'address' },
    });
    expect(error?.hint).not.toContain('login.example');
    expect(error?.details).not.toHaveProperty('suggestion');
  });

  it('to the same path elsewhere: the other address is suggested, and ends green', async () => {
    const url = await proxyTo((path) => `${server.url}${path}`, 308);
    const access = { token: token() };
    const { steps, error } = troubles(await check({}, access, url));
    expect(steps).toEqual(['health failed']);
    expect(error?.details?.suggestion).toBe(server.url);
    expectGreen(await check({}, access, error?.details?.suggestion));
  });
});

describe('the scheme', () => {
  it('http on an https port, Go’s own answer: offers https', async () => {
    const go = await listen(
      createServer((_request, response) => {
        response.writeHead(400).end('Client sent an HTTP request to an HTTPS server.\n');
      }),
    );
    const { steps, error } = troubles(await check({}, { token: 'x' }, go));
    expect(steps).toEqual(['health failed']);
    expect(error).toMatchObject({
      code: 'HTTPS_EXPECTED',
      details: { field: 'url', suggestion: go.replace('http:', 'https:') },
    });
  });

  it('https on an http port that answers http: offers http, and ends green', async () => {
    const url = server.url.replace('http:', 'https:');
    const { steps, error } = troubles(await check({}, undefined, url));
    expect(steps).toEqual(['tls failed']);
    expect(error).toMatchObject({
      code: 'TLS_FAILED',
      message: 'This server speaks http, but the address starts with https://.',
      details: { field: 'url', suggestion: server.url },
    });
    expectGreen(await check({}, undefined, error?.details?.suggestion));
  });

  it('http on an https port that cuts the connection: offers https with the same port', async () => {
    const secure = await startVaultServer({ tls: createSelfSigned() });
    onTestFinished(() => secure.close());
    const url = secure.url.replace('https:', 'http:');
    const { steps, error } = troubles(await check({}, { token: 'x' }, url));
    expect(steps).toEqual(['health failed']);
    expect(error?.details?.suggestion).toBe(secure.url);
  });
});

// How a full queue drops packets is that of Linux.
it.skipIf(process.platform !== 'linux')(
  'Dropped packets: fails at Port within 5 seconds',
  async () => {
    const listener = runChild(new URL('silent-listener.ts', children), []);
    const port = Number(await listener.line());
    const waiting = await Promise.all(
      [1, 2].map(async () => {
        const socket = connectSocket(port, '127.0.0.1');
        await once(socket, 'connect');
        return socket;
      }),
    );
    onTestFinished(() => {
      for (const socket of waiting) socket.destroy();
    });
    const { steps, error } = troubles(
      await check({}, undefined, `http://127.0.0.1:${String(port)}`),
    );
    expect(steps).toEqual(['port failed']);
    expect(error).toMatchObject({
      code: 'TIMED_OUT',
      message: 'The server did not answer within 5 seconds.',
    });
  },
  20_000,
);

describe('a token without any policy on the engine', () => {
  it.each([
    ['KV v2', 2],
    ['KV v1', 1],
  ] as const)('%s: a policy is handed over, and ends green', async (_name, version) => {
    server.mount('ours', { version });
    const access = { token: token(['none']) };
    let { steps, error } = troubles(await check({ enginePath: 'ours' }, access));
    expect(steps).toEqual(['engine failed']);
    expect(error?.code).toBe('PERMISSION_DENIED');
    // With the first policy the server says what is mounted, so that a second one is for that.
    for (let round = 0; round < (version % 2) + 1; round += 1) {
      const policy = error?.remedy;
      if (policy === undefined || !('handOver' in policy)) throw new Error('No policy');
      expect(error?.hint).toContain(policy.handOver);
      server.policy('none', rulesIn(policy.handOver));
      ({ steps, error } = troubles(await check({ enginePath: 'ours' }, access)));
    }
    expect([steps, error]).toEqual([[], undefined]);
  });

  it('is handed over as text where only listing is permitted, too', async () => {
    server.policy('lists', { 'secret/metadata/*': ['list'] });
    const { steps, error } = troubles(await check({}, { token: token(['lists']) }));
    expect(steps).toEqual(['permissions warned']);
    const policy = error?.remedy;
    if (policy === undefined || !('handOver' in policy)) throw new Error('No policy');
    server.policy('lists', rulesIn(policy.handOver));
    expectGreen(await check({}, { token: token(['lists']) }));
  });
});
