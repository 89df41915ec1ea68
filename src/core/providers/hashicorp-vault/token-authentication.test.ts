/** A token from the form: renewed while it is in use, and recognised if it is something else. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startVaultServer, type TokenOptions, type VaultServer } from '@test/servers/vault/server';
import { FakeRuntime } from '@test/support/fake-runtime';
import { createHashicorpVaultFactory, type HashicorpVaultFactory } from './factory';
import { breaks, connect, endOfCheck, errorOf, options } from '@test/support/hashicorp-vault';

const MINUTE = 60_000;

let server: VaultServer;
let runtime: FakeRuntime;
let factory: HashicorpVaultFactory;

beforeEach(async () => {
  server = await startVaultServer();
  runtime = new FakeRuntime(server.clock);
  factory = createHashicorpVaultFactory({ runtime });
  server.policy('app', {
    'secret/data/*': ['read'],
    'secret/metadata/*': ['list'],
  });
  server.kv('secret').put('app', { A: '1' });
});
afterEach(() => server.close());

const token = (settings: TokenOptions = {}): string =>
  server.token({ policies: ['app'], ttl: 3600, ...settings });
const using = (id: string) => connect(server.url, { token: id }, {}, factory);
const sent = (path: string): number =>
  server.requests.filter((request) => request.path === path).length;
const wait = async (minutes: number): Promise<void> => {
  for (let passed = 0; passed < minutes; passed += 1) await runtime.advance(MINUTE);
};

describe('renewal of a token that was typed in', () => {
  it('keeps it alive while it is in use', async () => {
    const provider = using(token());
    await provider.read('app', options());
    await wait(300);
    expect((await provider.read('app', options())).version).toBe('v1');
    expect(sent('auth/token/renew-self')).toBeGreaterThanOrEqual(7);
    expect(sent('auth/token/lookup-self')).toBe(1);
  });

  it('does not begin before it is used', async () => {
    using(token());
    await wait(90);
    expect(server.requests).toEqual([]);
    expect(runtime.pending).toBe(0);
  });

  it('is no part of a test, which is over sooner', async () => {
    const provider = using(token());
    await endOfCheck(provider);
    provider.dispose();
    await wait(90);
    expect(runtime.pending).toBe(0);
    expect(sent('auth/token/renew-self')).toBe(0);
  });

  it('ends with its provider, as when the app is locked or quits', async () => {
    const provider = using(token());
    await provider.read('app', options());
    await wait(2);
    expect(runtime.pending).toBe(1);
    provider.dispose();
    expect(runtime.pending).toBe(0);
    await wait(50);
    expect(sent('auth/token/renew-self')).toBe(0);
  });

  it('does not begin where the provider goes while it learns of the token', async () => {
    const provider = using(token());
    await provider.read('app', options());
    const lookup = server.faults.gate({ path: 'auth/token/lookup-self' });
    const passing = runtime.advance(MINUTE);
    await lookup.reached;
    provider.dispose();
    lookup.open();
    await passing;
    expect(runtime.pending).toBe(0);
  });

  it('stops at the maximum TTL, and says then that the token has expired', async () => {
    const provider = using(token({ explicitMaxTtl: 5400 }));
    await provider.read('app', options());
    await wait(89);
    expect((await provider.read('app', options())).version).toBe('v1');
    // After 40 minutes, and once more to learn that it cannot be had for longer.
    expect(sent('auth/token/renew-self')).toBe(2);
    await wait(2);
    const error = await errorOf(provider.read('app', options()));
    expect([error.code, error.message]).toEqual(['TOKEN_INVALID', 'The token has expired.']);
  });

  it('is tried again where it failed, and says nothing of it', async () => {
    const provider = using(token());
    await provider.read('app', options());
    const drop = { kind: 'drop', applied: false } as const;
    breaks(server, { path: 'auth/token/renew-self' }, drop, { times: 1 });
    await wait(45);
    expect((await provider.read('app', options())).version).toBe('v1');
    await wait(30);
    expect((await provider.read('app', options())).version).toBe('v1');
  });

  it('asks again for the lease where that failed, with the next use', async () => {
    const provider = using(token());
    await provider.read('app', options());
    const drop = { kind: 'drop', applied: false } as const;
    const fault = breaks(server, { path: 'auth/token/lookup-self' }, drop);
    await wait(2);
    expect(runtime.pending).toBe(0);
    fault.remove();
    await provider.read('app', options());
    await wait(70);
    expect((await provider.read('app', options())).version).toBe('v1');
  });

  it('is made up for after a sleep in which no timer fired', async () => {
    const provider = using(token());
    await provider.read('app', options());
    await wait(1);
    server.clock.advance(50 * MINUTE);
    await Promise.all([provider.read('app', options()), provider.list(options())]);
    expect(sent('auth/token/renew-self')).toBe(1);
  });

  it.each([
    ['never expires', { policies: ['root'], ttl: 0 }],
    ['cannot be renewed', { renewable: false }],
    ['would lose its uses by it', { numUses: 10 }],
  ])('is not tried for a token that %s', async (_name, settings) => {
    const provider = using(token(settings));
    await provider.read('app', options());
    await wait(45);
    expect(sent('auth/token/renew-self')).toBe(0);
    expect(runtime.pending).toBe(0);
  });

  it('asks in the namespace of the token', async () => {
    server.namespace('team');
    server.mount('team/kv');
    server.policy('app', { 'kv/*': ['read', 'list'] }, 'team');
    const provider = connect(
      server.url,
      { token: token({ namespace: 'team' }) },
      { enginePath: 'team/kv' },
      factory,
    );
    await provider.list(options());
    await wait(45);
    expect(sent('team/auth/token/renew-self')).toBe(1);
  });
});

describe('a token that was revoked in use', () => {
  it('is not reported as one that has expired', async () => {
    const id = token();
    const provider = using(id);
    await provider.read('app', options());
    await wait(1);
    server.revokeToken(id);
    const error = await errorOf(provider.read('app', options()));
    expect(error.code).toBe('TOKEN_INVALID');
    expect(error.likelyCause).toContain('revoked');
  });
});

describe('what is no token to work with', () => {
  it.each([
    ['a Role ID', '6f2f1c8e-3f0a-4c52-9c65-0d2a3f1b9e77', 'Role ID or Secret ID'],
    ['a word', 'correct-horse', 'start with hvs.'],
    ['of a namespace', 'hvs.CAESIJabcdefgh.x7Fq2', 'inside a namespace'],
  ])('is recognised by its form: %s', async (_name, id, text) => {
    const step = (await endOfCheck(using(id))).get('authentication');
    expect(step?.error?.code).toBe('TOKEN_INVALID');
    expect(step?.error?.cause).toContain(text);
  });

  it('is recognised where it is a wrapping token, which is left unused', async () => {
    const role = server.appRole({ policies: ['app'] });
    const wrapping = role.newWrappedSecretId();
    const step = (await endOfCheck(using(wrapping))).get('authentication');
    expect(step?.error?.code).toBe('TOKEN_INVALID');
    expect(step?.error?.message).toContain('a wrapping token with a Secret ID in it');
    const used = { roleId: role.roleId, secretId: wrapping };
    const provider = connect(server.url, used, { secretIdIsWrapped: true }, factory);
    expect((await provider.read('app', options())).version).toBe('v1');
  });
});
