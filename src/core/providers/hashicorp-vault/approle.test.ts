/** AppRole: one login a session, renewed in time, and made again once where the token went bad. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  startVaultServer,
  type AppRoleOptions,
  type VaultServer,
} from '@test/servers/vault/server';
import { FakeRuntime } from '@test/support/fake-runtime';
import { createHashicorpVaultFactory, type HashicorpVaultFactory } from './factory';
import {
  breaks,
  connect,
  doc,
  endOfCheck,
  errorOf,
  options,
  readAll,
} from '@test/support/hashicorp-vault';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let server: VaultServer;
let runtime: FakeRuntime;
let factory: HashicorpVaultFactory;

beforeEach(async () => {
  server = await startVaultServer();
  runtime = new FakeRuntime(server.clock);
  factory = createHashicorpVaultFactory({ runtime });
  server.policy('app', {
    'secret/data/*': ['create', 'read', 'update', 'delete'],
    'secret/data/forbidden/*': ['deny'],
    'secret/metadata/*': ['list'],
  });
  server.kv('secret').put('app', { A: '1' });
});
afterEach(() => server.close());

const role = (settings: AppRoleOptions = {}) =>
  server.appRole({ policies: ['app'], tokenTtl: 3600, ...settings });
const sent = (path: string): number =>
  server.requests.filter((request) => request.path === path).length;
const paths = Array.from({ length: 100 }, (_, index) => `s${String(index)}`);

describe('login', () => {
  it('is shared by all who need it at once', async () => {
    const provider = connect(server.url, role(), {}, factory);
    const other = connect(server.url, role(), {}, factory);
    const access = role({ name: 'one' });
    const same = [
      connect(server.url, access, {}, factory),
      connect(server.url, access, {}, factory),
    ];
    const both = [...same, ...same, provider, other];
    await Promise.all(both.map((one) => one.read('app', options())));
    // Each `role()` gives another Secret ID, and so another login.
    expect(server.logins).toBe(3);
  });

  it('goes on for the others when the first who asked cancels', async () => {
    const access = role();
    const login = server.faults.gate({ path: 'auth/approle/login' });
    const first = new AbortController();
    const cancelled = connect(server.url, access, {}, factory).read('app', {
      signal: first.signal,
    });
    const other = connect(server.url, access, {}, factory).read('app', options());
    await login.reached;
    first.abort();
    expect((await errorOf(cancelled)).code).toBe('CANCELLED');
    login.open();
    expect((await other).version).toBe('v1');
    expect(server.logins).toBe(1);
  });

  it('outlives the provider that asked for it', async () => {
    const access = role();
    const login = server.faults.gate({ path: 'auth/approle/login' });
    const first = connect(server.url, access, {}, factory);
    const steps = errorOf(first.list(options()));
    const other = connect(server.url, access, {}, factory).read('app', options());
    await login.reached;
    first.dispose();
    login.open();
    expect((await other).version).toBe('v1');
    expect((await steps).code).toBe('CANCELLED');
    expect(server.logins).toBe(1);
  });

  it('belongs to address, namespace, Role ID and Secret ID; how to connect does not matter', async () => {
    const access = role();
    await connect(server.url, access, {}, factory).read('app', options());
    await connect(server.url, access, { verifySsl: false }, factory).read('app', options());
    await connect(server.url, access, { enginePath: 'secret' }, factory).list(options());
    expect(server.logins).toBe(1);
    const otherSecretId = { roleId: access.roleId, secretId: access.newSecretId() };
    await connect(server.url, otherSecretId, {}, factory).read('app', options());
    expect(server.logins).toBe(2);
  });

  it('is forgotten on command, and its renewal with it', async () => {
    const access = role();
    await connect(server.url, access, {}, factory).read('app', options());
    expect(runtime.pending).toBe(1);
    factory.forgetLogins();
    expect(runtime.pending).toBe(0);
    await connect(server.url, access, {}, factory).read('app', options());
    expect(server.logins).toBe(2);
  });

  it('is not kept when it was forgotten while under way', async () => {
    const access = role();
    const login = server.faults.gate({ path: 'auth/approle/login' });
    const reading = connect(server.url, access, {}, factory).read('app', options());
    await login.reached;
    factory.forgetLogins();
    login.open();
    await reading;
    // The call in hand used what it had been given, and the one after it logged in again.
    expect(server.logins).toBe(2);
    await connect(server.url, access, {}, factory).read('app', options());
    expect(server.logins).toBe(2);
  });

  it('is not renewed when it was forgotten while under way', async () => {
    const login = server.faults.gate({ path: 'auth/approle/login' });
    const provider = connect(server.url, role(), {}, factory);
    for await (const { id, status } of provider.check(options())) {
      if (id !== 'authentication') continue;
      if (status !== 'running') break;
      void login.reached.then(() => {
        factory.forgetLogins();
        login.open();
      });
    }
    expect(server.logins).toBe(1);
    expect(runtime.pending).toBe(0);
  });

  it('is tried again after it failed', async () => {
    const access = role();
    const drop = { kind: 'drop', applied: false } as const;
    breaks(server, { path: 'auth/approle/login' }, drop, { times: 1 });
    const provider = connect(server.url, access, {}, factory);
    expect((await errorOf(provider.read('app', options()))).code).toBe('CONNECTION_RESET');
    expect((await provider.read('app', options())).version).toBe('v1');
  });

  it('trims what came along with a pasted Secret ID', async () => {
    const { roleId, secretId } = role();
    const provider = connect(server.url, { roleId, secretId: ` ${secretId}\n` }, {}, factory);
    expect((await provider.read('app', options())).version).toBe('v1');
  });

  it('says so where the network address is not allowed', async () => {
    const access = role({ secretIdBoundCidrs: ['10.0.0.0/8'] });
    const error = await errorOf(connect(server.url, access, {}, factory).list(options()));
    expect(error.code).toBe('APPROLE_REFUSED');
    expect(error.message).toContain('network address');
  });
});

describe('headers', () => {
  it('sends the namespace with the login only, and X-Vault-Request with everything', async () => {
    server.namespace('team');
    server.mount('team/kv');
    server.policy('app', { 'kv/*': ['create', 'read', 'update', 'delete', 'list'] }, 'team');
    const access = role({ namespace: 'team' });
    const values = { namespace: 'team', enginePath: 'team/kv' };
    const provider = connect(server.url, access, values, factory);
    await endOfCheck(provider);
    const revision = (await provider.write('a/b', doc('{"A":"1"}'), null, options())).revision;
    await provider.list(options());
    await readAll(provider, ['a/b', 'c']);
    await runtime.advance(50 * MINUTE);
    await provider.remove('a/b', revision, options());

    const named = server.requests.filter(({ headers }) => 'x-vault-namespace' in headers);
    expect(named.map(({ path, headers }) => [path, headers['x-vault-namespace']])).toEqual([
      ['auth/approle/login', 'team'],
    ]);
    expect(sent('team/auth/token/lookup-self')).toBeGreaterThan(0);
    expect(sent('team/auth/token/renew-self')).toBe(1);
    expect(server.requests.map(({ headers }) => headers['x-vault-request'])).toEqual(
      server.requests.map(() => 'true'),
    );
  });

  it('sends a namespace beyond ASCII as UTF-8', async () => {
    server.namespace('équipe');
    const provider = connect(server.url, role(), { namespace: 'équipe' }, factory);
    await errorOf(provider.read('app', options()));
    const header = server.requests[0]?.headers['x-vault-namespace'] ?? '';
    expect(Buffer.from(header, 'latin1').toString('utf8')).toBe('équipe');
  });

  it('leaves the namespace of the form aside where the authentication is Token', async () => {
    const provider = connect(server.url, { token: server.rootToken }, { namespace: 'team' });
    await provider.read('app', options());
    expect(server.requests.filter(({ headers }) => 'x-vault-namespace' in headers)).toEqual([]);
  });
});

describe('renewal', () => {
  it('keeps an idle session alive, so that it spends no further use of the Secret ID', async () => {
    const access = role({ secretIdNumUses: 1 });
    const provider = connect(server.url, access, {}, factory);
    await provider.read('app', options());
    for (let passed = 0; passed < 10; passed += 1) await runtime.advance(45 * MINUTE);
    expect(sent('auth/token/renew-self')).toBe(10);
    expect((await provider.read('app', options())).version).toBe('v1');
    expect(server.logins).toBe(1);
  });

  it('ends with the last provider, and is made up for by the next one', async () => {
    const access = role();
    const provider = connect(server.url, access, {}, factory);
    await provider.read('app', options());
    provider.dispose();
    expect(runtime.pending).toBe(0);
    await runtime.advance(45 * MINUTE);
    expect(sent('auth/token/renew-self')).toBe(0);
    const next = connect(server.url, access, {}, factory);
    await Promise.all([next.read('app', options()), next.read('app', options())]);
    expect(sent('auth/token/renew-self')).toBe(1);
    expect(runtime.pending).toBe(1);
    expect(server.logins).toBe(1);
  });

  it('stops at the maximum TTL, and logs in once more when that is over', async () => {
    const access = role({ tokenMaxTtl: 2 * 3600 });
    const provider = connect(server.url, access, {}, factory);
    await provider.read('app', options());
    for (let passed = 0; passed < 119; passed += 1) await runtime.advance(MINUTE);
    // After 40 and 80 minutes, and once more to learn that it cannot be had for longer.
    expect(sent('auth/token/renew-self')).toBe(3);
    expect(server.logins).toBe(1);
    await runtime.advance(2 * MINUTE);
    await Promise.all(paths.map(() => provider.read('app', options())));
    expect(server.logins).toBe(2);
    expect(server.requests.filter(({ status }) => status === 403)).toEqual([]);
  });

  it.each([
    ['a dropped connection', { kind: 'drop', applied: false }],
    ['a server error', { kind: 'answer', status: 500, body: { errors: ['internal error'] } }],
  ] as const)('is tried again after %s, and the token used meanwhile', async (_name, effect) => {
    const provider = connect(server.url, role(), {}, factory);
    await provider.read('app', options());
    breaks(server, { path: 'auth/token/renew-self' }, effect, { times: 1 });
    await runtime.advance(45 * MINUTE);
    expect((await provider.read('app', options())).version).toBe('v1');
    await runtime.advance(12 * MINUTE);
    expect(sent('auth/token/renew-self')).toBe(2);
    await runtime.advance(30 * MINUTE);
    await provider.read('app', options());
    expect(server.logins).toBe(1);
  });

  it('is not tried for a token that cannot be renewed', async () => {
    const body = { errors: ['lease is not renewable'] };
    breaks(server, { path: 'auth/token/renew-self' }, { kind: 'answer', status: 400, body });
    const provider = connect(server.url, role(), {}, factory);
    await provider.read('app', options());
    await runtime.advance(41 * MINUTE);
    await runtime.advance(15 * MINUTE);
    await provider.read('app', options());
    expect(sent('auth/token/renew-self')).toBe(1);
    await runtime.advance(HOUR);
    await provider.read('app', options());
    expect(server.logins).toBe(2);
  });
});

describe('a refusal', () => {
  /** Revokes every token that AppRole gave out. */
  const revokeAll = (): void => {
    server.clock.advance(2 * HOUR);
  };
  /** As `revokeAll`, seen by a client that takes the token for good. */
  const withOwnTime = (): HashicorpVaultFactory => createHashicorpVaultFactory();

  it('by a bad token leads to one login, shared by all who meet it', async () => {
    const provider = connect(server.url, role(), {}, withOwnTime());
    for (const path of paths) server.kv('secret').put(path, { A: '1' });
    await provider.read('app', options());
    revokeAll();
    const outcomes = await readAll(provider, paths);
    expect(outcomes.every((outcome) => 'snapshot' in outcome)).toBe(true);
    expect(server.logins).toBe(2);
  });

  it('by a bad token is met in the connection test, too', async () => {
    const provider = connect(server.url, role(), {}, withOwnTime());
    await provider.read('app', options());
    revokeAll();
    const steps = await endOfCheck(provider);
    expect(steps.get('permissions')?.status).toBe('passed');
    expect(server.logins).toBe(2);
  });

  it('by a policy costs no login, however often it comes', async () => {
    const provider = connect(server.url, role(), {}, factory);
    const outcomes = await readAll(
      provider,
      paths.map((path) => `forbidden/${path}`),
    );
    expect(
      outcomes.every((outcome) => 'error' in outcome && outcome.error.code === 'PERMISSION_DENIED'),
    ).toBe(true);
    expect(server.logins).toBe(1);
    // Many refusals at a time share a lookup.
    expect(sent('auth/token/lookup-self')).toBeLessThan(paths.length / 2);
  });

  it('that no login can cure stops the rest without asking for more', async () => {
    const access = role({ secretIdNumUses: 1 });
    const provider = connect(server.url, access, {}, withOwnTime());
    await provider.read('app', options());
    revokeAll();
    const outcomes = await readAll(provider, paths);
    expect(
      outcomes.every((outcome) => 'error' in outcome && outcome.error.code === 'APPROLE_REFUSED'),
    ).toBe(true);
    // One login that was good, and one that was refused.
    expect(sent('auth/approle/login')).toBe(2);
    expect(server.requests.length).toBeLessThan(60);
  });

  it('costs one login at most where the server lets no token be looked up', async () => {
    const body = { errors: ['permission denied'] };
    breaks(server, { path: 'auth/token/lookup-self' }, { kind: 'answer', status: 403, body });
    const access = role();
    for (let time = 0; time < 3; time += 1) {
      const provider = connect(server.url, access, {}, factory);
      const [outcome] = await readAll(provider, ['forbidden/x']);
      expect(outcome).toHaveProperty('error.code', 'PERMISSION_DENIED');
    }
    expect(server.logins).toBe(2);
    const steps = await endOfCheck(connect(server.url, access, {}, factory));
    expect(steps.get('authentication')?.detail).toContain('policies: app, default');
    expect(server.logins).toBe(2);
  });

  it('of every token that a login gives ends the logins', async () => {
    const access = role({ tokenNumUses: 1 });
    for (const path of paths) server.kv('secret').put(path, { A: '1' });
    // At several a time they find out together that a lookup takes the only use.
    const oneByOne = createHashicorpVaultFactory({ concurrency: 1 });
    const outcomes = await readAll(connect(server.url, access, {}, oneByOne), paths);
    const codes = outcomes.map((outcome) => ('error' in outcome ? outcome.error.code : 'read'));
    expect(codes).toContain('APPROLE_REFUSED');
    // The first, and three that brought nothing.
    expect(server.logins).toBe(4);
  });

  it('of a token that was typed in says what became of it', async () => {
    const token = server.token({ policies: ['app'], ttl: 60 });
    const provider = connect(server.url, { token });
    await provider.read('app', options());
    server.clock.advance(2 * MINUTE);
    const [outcome, ...others] = await readAll(provider, paths);
    expect(outcome).toHaveProperty('error.code', 'TOKEN_INVALID');
    expect(others.every((one) => 'error' in one && one.error.code === 'TOKEN_INVALID')).toBe(true);
    expect(server.requests.length).toBeLessThan(60);
  });
});

describe('credentials that are missing', () => {
  it.each([
    ['token', { token: ' ' }],
    ['secretId', { roleId: 'role', secretId: '' }],
  ])('names the field %s, and makes no call', async (field, access) => {
    const provider = connect(server.url, access);
    const error = await errorOf(provider.read('app', options()));
    expect([error.code, error.details?.field]).toEqual(['CREDENTIALS_MISSING', field]);
    expect(server.requests).toEqual([]);
  });

  it('refuses a token that cannot be one before it is sent', async () => {
    const error = await errorOf(connect(server.url, { token: 'hvs.a\nb' }).list(options()));
    expect(error.code).toBe('TOKEN_INVALID');
    expect(server.requests).toEqual([]);
  });
});
