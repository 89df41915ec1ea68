/** Logins with a password and by Kubernetes: what they send, what they share, and what a refusal means. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { serviceAccountToken } from '@test/servers/vault/kubernetes';
import { startVaultServer, type UserOptions, type VaultServer } from '@test/servers/vault/server';
import { fresh, targets, type RunningTarget } from '@test/servers/vault-targets';
import { FakeRuntime } from '@test/support/fake-runtime';
import { connect, endOfCheck, errorOf, options } from '@test/support/hashicorp-vault';
import { temporaryDirectory } from '@test/support/temporary-directory';
import { createHashicorpVaultFactory, type HashicorpVaultFactory } from './factory';

let server: VaultServer;
let runtime: FakeRuntime;
let factory: HashicorpVaultFactory;

beforeEach(async () => {
  server = await startVaultServer();
  onTestFinished(() => server.close());
  runtime = new FakeRuntime(server.clock);
  factory = createHashicorpVaultFactory({ runtime });
  server.policy('app', { 'secret/data/*': ['read'], 'secret/metadata/*': ['list'] });
  server.kv('secret').put('app', { A: '1' });
});

const PASSWORD = ' correct horse ';
const alice = (settings: Partial<UserOptions> = {}) =>
  server.user({
    name: 'alice',
    password: PASSWORD,
    policies: ['app'],
    tokenTtl: 3600,
    ...settings,
  });
const access = (authentication: 'userpass' | 'ldap', password = PASSWORD) =>
  ({ authentication, username: 'alice', password }) as const;

describe.each(['userpass', 'ldap'] as const)('%s', (type) => {
  const method = type === 'ldap' ? 'LDAP' : 'Userpass';

  it('logs in once for all who read, and again when the token ends', async () => {
    const users = alice({ type });
    const provider = connect(server.url, access(type), {}, factory);
    const other = connect(server.url, access(type), {}, factory);
    const reads = await Promise.all([provider, other].map((one) => one.read('app', options())));
    expect(reads.map(({ version }) => version)).toEqual(['v1', 'v1']);
    expect(users.logins).toBe(1);
    server.clock.advance(3601 * 1000);
    await provider.read('app', options());
    expect(users.logins).toBe(2);
  });

  it('tells in the test who is in, and for how long', async () => {
    alice({ type });
    const steps = await endOfCheck(connect(server.url, access(type), {}, factory));
    expect(steps.get('authentication')?.detail).toMatch(
      new RegExp(`^${method}, good for (59|60) minutes, renewable, policies: app, default$`),
    );
    expect(steps.get('permissions')?.detail).toMatch(/^1 secret and 0 folders/);
  });

  it('says that username or password is wrong, and names the field and the mount', async () => {
    alice({ type });
    const error = await errorOf(
      connect(server.url, access(type, 'wrong'), {}, factory).read('app', options()),
    );
    expect(error).toMatchObject({
      code: 'LOGIN_REFUSED',
      message: 'Vault refused this username and password.',
      remedy: { open: 'connection', field: 'password' },
    });
    expect(error.hint).toContain(`elsewhere than at “${type}”`);
  });

  it('names a wrong mount, a disabled entity and a locked user where Vault says only 403', async () => {
    const error = await errorOf(
      connect(server.url, access(type), {}, factory).read('app', options()),
    );
    expect(error.code).toBe('LOGIN_REFUSED');
    expect(error.likelyCause).toContain(`no auth method at “${type}”`);
    expect(error.likelyCause).toContain('entity is disabled');
  });

  it('goes to another mount and namespace', async () => {
    server.namespace('team');
    server.policy('app', { 'secret/data/*': ['read'] }, 'team');
    server.mount('team/secret');
    server.kv('team/secret').put('app', { A: '1' });
    alice({ type, mount: 'staff/people', namespace: 'team' });
    const values = { authMount: 'staff/people', namespace: 'team', enginePath: 'team/secret' };
    const provider = connect(server.url, access(type), values, factory);
    expect((await provider.read('app', options())).version).toBe('v1');
  });

  it('says that a second factor is asked for', async () => {
    alice({ type }).asksForMore = true;
    const error = await errorOf(
      connect(server.url, access(type), {}, factory).read('app', options()),
    );
    expect(error).toMatchObject({ code: 'LOGIN_REFUSED' });
    expect(error.message).toContain('second factor');
  });
});

it('says that the directory of LDAP is down', async () => {
  alice({ type: 'ldap' }).isUnreachable = true;
  const error = await errorOf(
    connect(server.url, access('ldap'), {}, factory).read('app', options()),
  );
  expect(error.message).toBe('Vault could not reach the LDAP directory.');
});

it('refuses a username that would lead to another path', async () => {
  alice();
  const provider = connect(server.url, { ...access('userpass'), username: 'CORP/alice' });
  expect((await errorOf(provider.read('app', options()))).details?.field).toBe('username');
  expect(server.requests).toHaveLength(0);
});

describe('Kubernetes', () => {
  const inPod = (text: string, kubernetesRole = 'app') => {
    const jwtFile = join(temporaryDirectory(), 'token');
    writeFileSync(jwtFile, `${text}\n`);
    return { kubernetesRole, jwtFile };
  };
  const role = () =>
    server.kubernetesRole({ name: 'app', policies: ['app'], serviceAccount: 'shop/api' });

  it('logs in with the token of the service account, read again each time', async () => {
    role();
    const pod = inPod(serviceAccountToken('shop/api', 'old'));
    const provider = connect(server.url, pod, {}, factory);
    expect((await errorOf(provider.read('app', options()))).code).toBe('LOGIN_REFUSED');
    writeFileSync(pod.jwtFile, serviceAccountToken('shop/api'));
    expect((await provider.read('app', options())).version).toBe('v1');
  });

  it.each([
    ['other', 'shop/api', 'Vault has no Kubernetes role of this name.', 'kubernetesRole'],
    ['app', 'shop/web', 'The role does not let this service account in.', 'kubernetesRole'],
  ])('with role %s as %s: %s', async (name, account, message, field) => {
    role();
    const provider = connect(server.url, inPod(serviceAccountToken(account), name), {}, factory);
    const error = await errorOf(provider.read('app', options()));
    expect(error).toMatchObject({ code: 'LOGIN_REFUSED', message });
    expect(error.details?.field).toBe(field);
  });

  it('names the file that is not there', async () => {
    role();
    const jwtFile = join(temporaryDirectory(), 'missing');
    const provider = connect(server.url, { kubernetesRole: 'app', jwtFile }, {}, factory);
    const error = await errorOf(provider.read('app', options()));
    expect(error).toMatchObject({ code: 'INVALID_CONFIGURATION', details: { field: 'jwtFile' } });
  });
});

describe.each(targets)('$name', ({ start }) => {
  describe.skipIf(start === undefined)('with a user of userpass', () => {
    let target: RunningTarget;
    const user = fresh('user');
    const policy = fresh('policy');
    const engine = fresh('engine');

    beforeAll(async () => {
      if (start === undefined) return;
      target = await start();
      await target.admin.mountKv(engine, 2);
      await target.admin.policy(policy, { [`${engine}/metadata/*`]: ['list'] });
      await target.admin.user(user, PASSWORD, [policy]);
    });
    afterAll(() => target.stop());

    it('lets the right password in, and says what is wrong with another', async () => {
      const at = (password: string) =>
        connect(
          target.url,
          { authentication: 'userpass', username: user, password },
          { enginePath: engine },
        );
      const steps = await endOfCheck(at(PASSWORD));
      expect(steps.get('authentication')).toMatchObject({ status: 'passed' });
      expect(steps.get('permissions')?.status).not.toBe('failed');
      const refused = await errorOf(at('wrong').list(options()));
      expect(refused).toMatchObject({
        code: 'LOGIN_REFUSED',
        message: 'Vault refused this username and password.',
      });
    });

    it('names the mount that is not there', async () => {
      const provider = connect(
        target.url,
        { authentication: 'userpass', username: user, password: PASSWORD },
        { enginePath: engine, authMount: fresh('nowhere') },
      );
      expect((await errorOf(provider.list(options()))).code).toBe('LOGIN_REFUSED');
    });
  });
});
