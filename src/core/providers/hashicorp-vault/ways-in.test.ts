/** Ways in and what the test tells of them, against the stand-ins and a real server where there is one. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { httpCall } from '@test/servers/http-client';
import { fresh, targets, type RunningTarget } from '@test/servers/vault-targets';
import { createHashicorpVaultFactory } from './factory';
import { FakeRuntime, runningTime } from '@test/support/fake-runtime';
import { connect, endOfCheck, errorOf, options } from '@test/support/hashicorp-vault';

const MINUTE = 60_000;

for (const { name, start } of targets) {
  describe.skipIf(start === undefined)(`against ${name}`, () => {
    suite(start ?? (() => Promise.reject(new Error('There is no such server'))));
  });
}

function suite(start: () => Promise<RunningTarget>): void {
  let target: RunningTarget;
  beforeAll(async () => {
    target = await start();
  }, 60_000);
  afterAll(() => target.stop());

  /** A KV v2 engine and a policy for it, in a namespace that is there. */
  const engine = async (rules: readonly string[], namespace = '') => {
    const path = fresh('kv');
    await target.admin.mountKv(path, 2, namespace);
    const policy = fresh('policy');
    const data = { [`${path}/data/*`]: rules, [`${path}/metadata/*`]: ['list', 'read'] };
    await target.admin.policy(policy, data, namespace);
    return { path, policy, enginePath: namespace === '' ? path : `${namespace}/${path}` };
  };
  const everything = ['create', 'read', 'update', 'delete'];

  /** A role of a separate AppRole mount, and a wrapped Secret ID of the role. */
  const wrappedRole = async (policy: string, namespace = '') => {
    const approleMount = `${fresh('ci')}/approle`;
    const prefix = namespace === '' ? '' : `${namespace}/`;
    const role = `${prefix}auth/${approleMount}/role/strongroom`;
    await target.admin.call('POST', `${prefix}sys/auth/${approleMount}`, { type: 'approle' });
    await target.admin.call('POST', role, { token_policies: [policy], token_ttl: '1h' });
    const { data } = await target.admin.call('GET', `${role}/role-id`);
    const wrapped = await httpCall(target.url, `/v1/${role}/secret-id`, {
      method: 'POST',
      headers: { 'X-Vault-Token': target.rootToken, 'X-Vault-Wrap-TTL': '300' },
      body: {},
    });
    const { wrap_info: info } = wrapped.json as { wrap_info: { token: string } };
    return {
      approleMount,
      access: { roleId: (data as { role_id: string }).role_id, secretId: info.token },
    };
  };

  it('takes a wrapped Secret ID of an AppRole at another path', async () => {
    const { enginePath, policy } = await engine(everything);
    const { approleMount, access } = await wrappedRole(policy);
    const factory = createHashicorpVaultFactory();
    const at = (values: object) =>
      connect(target.url, access, { enginePath, approleMount, ...values }, factory);

    const plain = (await endOfCheck(at({}))).get('authentication');
    expect(plain?.error?.message).toBe('This Secret ID is wrapped.');
    const elsewhere = at({ approleMount: 'approle', secretIdIsWrapped: true });
    expect((await errorOf(elsewhere.list(options()))).details?.field).toBe('approleMount');

    for (let time = 0; time < 2; time += 1) {
      const steps = await endOfCheck(at({ secretIdIsWrapped: true }));
      expect(steps.get('authentication')?.status).toBe('passed');
      expect(steps.get('permissions')).toMatchObject({
        status: 'passed',
        detail:
          '0 secrets and 0 folders at the top\nMay list, read, create, update, delete and see history\nMay not restore',
      });
    }
    const spent = connect(
      target.url,
      access,
      { enginePath, approleMount, secretIdIsWrapped: true },
      createHashicorpVaultFactory(),
    );
    const error = await errorOf(spent.list(options()));
    expect(error.code).toBe('APPROLE_REFUSED');
    expect(error.likelyCause).toContain('intercepted');
  });

  it('takes one inside a namespace, and sees what the login may do there', async (context) => {
    if (!target.hasNamespaces) context.skip('this server has no namespaces');
    const namespace = fresh('ns');
    await target.admin.namespace(namespace);
    const { path, enginePath, policy } = await engine(['read'], namespace);
    const { approleMount, access } = await wrappedRole(policy, namespace);
    const values = { enginePath, approleMount, namespace, secretIdIsWrapped: true };
    const steps = await endOfCheck(connect(target.url, access, values));
    expect(steps.get('permissions')).toMatchObject({
      status: 'warned',
      detail:
        '0 secrets and 0 folders at the top\nMay list, read and see history\nMay not create, update, delete or restore',
    });
    expect(steps.get('permissions')?.error?.hint).toContain(`path "${path}/data/*"`);
  });

  it('leaves a wrapping token unused that was entered as a token', async () => {
    const { enginePath, policy } = await engine(everything);
    const { approleMount, access } = await wrappedRole(policy);
    const token = { token: access.secretId };
    const step = (await endOfCheck(connect(target.url, token, { enginePath }))).get(
      'authentication',
    );
    expect(step?.error?.message).toContain('a wrapping token with a Secret ID in it');
    const values = { enginePath, approleMount, secretIdIsWrapped: true };
    expect((await connect(target.url, access, values).list(options())).secrets).toEqual([]);
  });

  it('renews a typed token while it is in use', async () => {
    const { enginePath, policy } = await engine(everything);
    const token = await target.admin.createToken({ policies: [policy], ttl: '10m' });
    const runtime = new FakeRuntime(runningTime());
    const factory = createHashicorpVaultFactory({ runtime });
    const left = async (): Promise<number> => {
      const { data } = await target.admin.call('POST', 'auth/token/lookup', { token });
      return Date.parse((data as { expire_time: string }).expire_time);
    };
    const before = await left();
    const provider = connect(target.url, { token }, { enginePath }, factory);
    await provider.list(options());
    await runtime.advance(MINUTE);
    expect(await left()).toBe(before);
    await runtime.advance(9 * MINUTE);
    expect(await left()).toBeGreaterThan(before);
  });

  it('tells of a batch token that it is one', async () => {
    const { enginePath, policy } = await engine(everything);
    const token = await target.admin.createToken({ policies: [policy], type: 'batch', ttl: '1h' });
    const steps = await endOfCheck(connect(target.url, { token }, { enginePath }));
    expect(steps.get('authentication')).toMatchObject({ status: 'passed' });
    expect(steps.get('authentication')?.detail).toMatch(
      /^Token, a batch token, good for (59|60) minutes, not renewable, policies: /,
    );
  });

  it('names the nearest engine, and the engines of a namespace', async (context) => {
    const { path } = await engine(everything);
    const at = async (enginePath: string) =>
      (await endOfCheck(connect(target.url, { token: target.rootToken }, { enginePath }))).get(
        'engine',
      )?.error;
    expect((await at(`${path}x`))?.hint).toContain(`“${path}”`);
    expect((await at(`${path}/data`))?.hint).toContain(`Enter ${path} as Engine Path`);
    if (!target.hasNamespaces) context.skip('this server has no namespaces');
    const namespace = fresh('ns');
    await target.admin.namespace(namespace);
    const inside = await engine(everything, namespace);
    const error = await at(namespace);
    expect(error?.message).toContain('is a namespace');
    expect(error?.hint).toContain(inside.enginePath);
  });

  it('makes do with listing where the capabilities may not be asked', async () => {
    const { enginePath, policy } = await engine(everything);
    const token = await target.admin.createToken({ policies: [policy], no_default_policy: true });
    const steps = await endOfCheck(connect(target.url, { token }, { enginePath }));
    expect(steps.get('permissions')?.status).toBe('passed');
    expect(steps.get('permissions')?.detail).toContain('Other permissions are unknown');
  });
}
