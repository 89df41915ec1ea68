/** A wrapped Secret ID, from the form to the store: tested as often as one likes, saved unwrapped. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { ConnectionForm } from '@shared/model/connection';
import type { AppRoleHandle, VaultServer } from '@test/servers/vault/server';
import { all, startCore, startTestVault, type TestCore } from '@test/support/core';
import { failureOf } from '@test/support/failure-of';
import { vaultForm } from '@test/support/forms';

let core: TestCore;
let server: VaultServer;
let role: AppRoleHandle;
let wrapping: string;

beforeEach(async () => {
  core = await startCore();
  server = await startTestVault();
  server.policy('app', { 'secret/data/*': ['read'], 'secret/metadata/*': ['list'] });
  server.kv('secret').put('production', { A: '1' });
  role = server.appRole({ policies: ['app'], mount: 'ci/approle' });
  wrapping = role.newWrappedSecretId();
});

const form = (values = {}): ConnectionForm => ({
  ...vaultForm(core.workspaceId, server, '', {
    values: {
      authentication: 'approle',
      roleId: role.roleId,
      approleMount: 'ci/approle',
      secretIdIsWrapped: true,
      ...values,
    },
  }),
  credentials: { secretId: { action: 'replace', value: wrapping } },
});

const statuses = async (tested: ConnectionForm): Promise<Set<string>> => {
  const steps = await all(core.client.connections.test(tested));
  return new Set(steps.map(({ status }) => status));
};
const unwrappings = (): number =>
  server.requests.filter(({ path }) => path === 'sys/wrapping/unwrap').length;

describe('a wrapped Secret ID', () => {
  it('is tested, tested again and saved with one unwrapping and one login', async () => {
    expect(await statuses(form())).not.toContain('failed');
    expect(await statuses(form())).not.toContain('failed');
    const { providers } = await core.client.connections.save(form());
    expect(providers['hashicorp-vault']).toMatchObject({
      values: { secretIdIsWrapped: false, approleMount: 'ci/approle' },
      savedCredentials: ['secretId'],
    });
    expect((await core.pullAll()).created).toEqual(['production']);
    expect([unwrappings(), server.logins]).toEqual([1, 1]);
  });

  it('is saved without a test, and is good after a restart', async () => {
    await core.client.connections.save(form());
    await core.restart();
    expect((await core.pullAll()).created).toEqual(['production']);
    expect(unwrappings()).toBe(1);
    const keep = { ...form({ secretIdIsWrapped: false }), credentials: {} };
    expect(await statuses(keep)).not.toContain('failed');
  });

  it('is not saved where it cannot be unwrapped: what was saved before stays', async () => {
    await core.client.connections.save(form());
    server.revokeToken((wrapping = role.newWrappedSecretId()));
    const failure = await failureOf(core.client.connections.save(form()));
    expect(failure).toMatchObject({ code: 'APPROLE_REFUSED' });
    expect((await core.pullAll()).created).toEqual(['production']);
  });

  it('is wanted where the switch is on and something else is stored', async () => {
    const plain = { ...form({ secretIdIsWrapped: false }) };
    await core.client.connections.save({
      ...plain,
      credentials: { secretId: { action: 'replace', value: role.secretId } },
    });
    const failure = await failureOf(core.client.connections.save({ ...form(), credentials: {} }));
    expect(failure).toMatchObject({ code: 'APPROLE_REFUSED' });
    expect(await statuses({ ...plain, credentials: {} })).not.toContain('failed');
  });
});

it('settings that were stored before there were such fields have their defaults', async () => {
  const old = vaultForm(core.workspaceId, server, server.rootToken);
  await core.client.connections.save(old);
  await core.restart();
  const { providers } = await core.client.connections.settings({ workspaceId: core.workspaceId });
  expect(providers['hashicorp-vault'].values).toMatchObject({
    approleMount: 'approle',
    secretIdIsWrapped: false,
    kvVersion: 'auto',
  });
  expect((await core.pullAll()).created).toEqual(['production']);
});
