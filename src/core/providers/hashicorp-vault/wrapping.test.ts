/** A wrapped Secret ID: unwrapped once in a session, never lost by a test, never taken on trust. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { httpCall } from '@test/servers/http-client';
import { startVaultServer, type VaultServer } from '@test/servers/vault/server';
import { Secret } from '@core/secrets/secret';
import { createHashicorpVaultFactory, type HashicorpVaultFactory } from './factory';
import {
  breaks,
  connect,
  endOfCheck,
  errorOf,
  options,
  valuesFor,
} from '@test/support/hashicorp-vault';

let server: VaultServer;
let factory: HashicorpVaultFactory;

beforeEach(async () => {
  server = await startVaultServer();
  factory = createHashicorpVaultFactory();
  server.policy('app', { 'secret/data/*': ['read'], 'secret/metadata/*': ['list'] });
  server.kv('secret').put('app', { A: '1' });
});
afterEach(() => server.close());

const WRAPPED = { secretIdIsWrapped: true };

const wrappedRole = (settings = {}) => {
  const role = server.appRole({ policies: ['app'], tokenTtl: 3600, ...settings });
  return { ...role, access: { roleId: role.roleId, secretId: role.newWrappedSecretId() } };
};

const sent = (path: string): number =>
  server.requests.filter((request) => request.path === path).length;

/** What Save would store in place of the form. */
const prepare = (access: { roleId: string; secretId: string }, values = {}) =>
  factory.prepareToStore?.(valuesFor(server.url, access, { ...WRAPPED, ...values }), () =>
    Promise.resolve(new Secret(access.secretId)),
  );

describe('a wrapped Secret ID', () => {
  it('is unwrapped once for all tests and the save that follows, and costs one login', async () => {
    const { access } = wrappedRole();
    for (let time = 0; time < 3; time += 1) {
      const steps = await endOfCheck(connect(server.url, access, WRAPPED, factory));
      expect(steps.get('permissions')?.status).not.toBe('failed');
      expect(steps.get('authentication')?.detail).toContain('save to keep it');
    }
    const prepared = await prepare(access);
    expect(sent('sys/wrapping/unwrap')).toBe(1);
    expect(prepared?.values).toEqual({ secretIdIsWrapped: false });
    const secretId = prepared?.credentials['secretId']?.reveal() ?? '';
    expect(secretId).not.toBe(access.secretId);

    const saved = connect(server.url, { ...access, secretId }, {}, factory);
    expect((await saved.read('app', options())).version).toBe('v1');
    expect(server.logins).toBe(1);
    expect(sent('sys/wrapping/unwrap')).toBe(1);
  });

  it('is unwrapped by the save alone where it was not tested', async () => {
    const prepared = await prepare(wrappedRole().access);
    expect(prepared?.credentials['secretId']).toBeInstanceOf(Secret);
    expect(server.logins).toBe(0);
  });

  it('is unwrapped once by all who need it at once', async () => {
    const { access } = wrappedRole();
    const provider = connect(server.url, access, WRAPPED, factory);
    await Promise.all([
      provider.read('app', options()),
      provider.list(options()),
      prepare(access),
      connect(server.url, access, WRAPPED, factory).list(options()),
    ]);
    expect(sent('sys/wrapping/unwrap')).toBe(1);
    expect(server.logins).toBe(1);
  });

  it('is not lost where the test is cancelled and closed while it is being unwrapped', async () => {
    const { access } = wrappedRole();
    const unwrapping = server.faults.gate({ path: 'sys/wrapping/unwrap' });
    const provider = connect(server.url, access, WRAPPED, factory);
    const cancel = new AbortController();
    const reading = provider.read('app', { signal: cancel.signal });
    await unwrapping.reached;
    cancel.abort();
    expect((await errorOf(reading)).code).toBe('CANCELLED');
    provider.dispose();
    unwrapping.open();
    expect((await prepare(access))?.credentials['secretId']).toBeInstanceOf(Secret);
    expect(sent('sys/wrapping/unwrap')).toBe(1);
  });

  it('is forgotten when the app is locked', async () => {
    const { access } = wrappedRole();
    await connect(server.url, access, WRAPPED, factory).list(options());
    factory.forgetLogins();
    const error = await errorOf(connect(server.url, access, WRAPPED, factory).list(options()));
    expect(error.code).toBe('APPROLE_REFUSED');
  });

  it('can be of an auth method at another path, in a namespace', async () => {
    server.namespace('team');
    server.mount('team/kv');
    server.policy('app', { 'kv/*': ['read', 'list'] }, 'team');
    const { access } = wrappedRole({ namespace: 'team', mount: 'ci/approle' });
    const values = { namespace: 'team', approleMount: '/ci/approle/', enginePath: 'team/kv' };
    const provider = connect(server.url, access, { ...WRAPPED, ...values }, factory);
    expect((await provider.list(options())).secrets).toEqual([]);
    expect(sent('auth/ci/approle/login')).toBe(1);
  });

  it('is taken as it was entered where it is not wrapped: a save calls nobody', async () => {
    const role = server.appRole({ policies: ['app'] });
    expect(await prepare(role, { secretIdIsWrapped: false })).toBeUndefined();
    expect(await prepare(role, { authentication: 'token' })).toBeUndefined();
    expect(server.requests).toEqual([]);
  });
});

describe('a wrapping token that is refused', () => {
  it.each([
    ['was used', (token: string) => server.revokeToken(token)],
    ['has expired', () => server.clock.advance(121_000)],
  ])('because it %s: it may have been intercepted', async (_name, spoil) => {
    const { access } = wrappedRole();
    spoil(access.secretId);
    const steps = await endOfCheck(connect(server.url, access, WRAPPED, factory));
    const error = steps.get('authentication')?.error;
    expect([error?.code, error?.details?.field]).toEqual(['APPROLE_REFUSED', 'secretId']);
    expect(error?.cause).toContain('intercepted');
    expect((await errorOf(Promise.resolve(prepare(access)))).code).toBe('APPROLE_REFUSED');
    expect(sent('sys/wrapping/unwrap')).toBe(0);
  });

  it('because it is of another mount, which is named: it is left unused', async () => {
    const { access } = wrappedRole();
    const elsewhere = { approleMount: 'other', ...WRAPPED };
    const error = await errorOf(connect(server.url, access, elsewhere, factory).list(options()));
    expect(error.code).toBe('APPROLE_REFUSED');
    expect(error.message).toContain('of the AppRole mount “approle”, not of “other”');
    expect(error.details?.field).toBe('approleMount');
    expect(sent('sys/wrapping/unwrap')).toBe(0);
    await connect(server.url, access, WRAPPED, factory).list(options());
  });

  it('because somebody wrapped another Secret ID in its place', async () => {
    const { roleId } = wrappedRole();
    const forged = await httpCall(server.url, '/v1/sys/wrapping/wrap', {
      method: 'POST',
      headers: { 'X-Vault-Token': server.rootToken, 'X-Vault-Wrap-TTL': '60' },
      body: { secret_id: 'of-the-interceptor' },
    });
    const { token } = (forged.json as { wrap_info: { token: string } }).wrap_info;
    const access = { roleId, secretId: token };
    const error = await errorOf(connect(server.url, access, WRAPPED, factory).list(options()));
    expect(error.code).toBe('APPROLE_REFUSED');
    expect(error.message).toContain('something other than a Secret ID');
    expect(error.likelyCause).toContain('wrapped another thing in its place');
    expect(server.logins).toBe(0);
  });

  it('because the answer to it was lost: the next attempt recognises that', async () => {
    const { access } = wrappedRole();
    breaks(server, { path: 'sys/wrapping/unwrap' }, { kind: 'drop', applied: true }, { times: 1 });
    const first = await errorOf(connect(server.url, access, WRAPPED, factory).list(options()));
    expect(first.code).toBe('CONNECTION_RESET');
    expect(first.message).toContain('no answer came back');
    const second = await errorOf(connect(server.url, access, WRAPPED, factory).list(options()));
    expect(second.code).toBe('APPROLE_REFUSED');
  });
});

describe('a wrapping token in place of a Secret ID', () => {
  it('is recognised, and left unused', async () => {
    const { access } = wrappedRole();
    const steps = await endOfCheck(connect(server.url, access, {}, factory));
    const error = steps.get('authentication')?.error;
    expect([error?.code, error?.message]).toEqual([
      'APPROLE_REFUSED',
      'This Secret ID is wrapped.',
    ]);
    expect(error?.hint).toContain('Turn on “Secret ID is wrapped”');
    await connect(server.url, access, WRAPPED, factory).list(options());
  });

  it('is recognised where it is spent', async () => {
    const { access } = wrappedRole();
    server.revokeToken(access.secretId);
    const steps = await endOfCheck(connect(server.url, access, {}, factory));
    expect(steps.get('authentication')?.error?.message).toContain('looks like a token');
  });
});

describe('a Secret ID that was good before', () => {
  it('is not reported as one that was mistyped', async () => {
    const role = server.appRole({ policies: ['app'], tokenTtl: 3600, secretIdNumUses: 1 });
    const provider = connect(server.url, role, {}, factory);
    await provider.list(options());
    server.clock.advance(3_700_000);
    const error = await errorOf(provider.read('app', options()));
    expect(error.code).toBe('APPROLE_REFUSED');
    expect(error.message).toContain('no longer accepts');
  });
});
