/** "Changed on the server", through the router, against the stand-in servers. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { SecretsManagerServer } from '@test/servers/secrets-manager/server';
import type { VaultServer } from '@test/servers/vault/server';
import { startCore, startTestAws, startTestVault, type TestCore } from '@test/support/core';

let core: TestCore;
let vault: VaultServer;

beforeEach(async () => {
  core = await startCore();
  vault = await startTestVault();
});

/** Looks, and gives what is seen of one environment. */
const seen = async (id: string) => {
  const { workspaceId } = core;
  const list = await core.client.environments.glance({ workspaceId, ids: [id] });
  return list.find((one) => one.id === id)?.server;
};

const edit = (key: string, value: string) => ({ edits: [{ key, value }], additions: [] });

describe.each(['Vault', 'AWS'])('looking at %s', (where) => {
  let aws: SecretsManagerServer;
  let id: string;

  const put = (text: string): void => {
    if (where === 'AWS') aws.put('production', text);
    else vault.kv('secret').put('production', text);
  };

  const asked = (): string[] =>
    where === 'AWS'
      ? aws.requests.map(({ operation }) => operation)
      : vault.requests.map(({ path }) => path);

  beforeEach(async () => {
    if (where === 'AWS') {
      aws = await startTestAws();
      await core.useAws(aws);
    } else await core.useVault(vault);
    put('{"A":"1"}');
    await core.pullAll();
    ({ id } = await core.environment('production'));
  });

  it('sees what somebody else wrote, without fetching a value; a pull ends it', async () => {
    expect(await seen(id)).toBeUndefined();
    put('{"A":"theirs"}');
    const before = asked().length;
    expect(await seen(id)).toMatchObject({ state: 'changed' });
    expect(asked().slice(before)).toEqual([
      where === 'AWS' ? 'DescribeSecret' : 'secret/metadata/production',
    ]);
    expect(await core.values(id)).toEqual({ A: '1' });
    expect((await core.environment('production')).server).toMatchObject({ state: 'changed' });
    const pulled = await core.client.environments.pull({ id });
    expect(pulled.environment.server).toBeUndefined();
    expect(await seen(id)).toBeUndefined();
  });

  it('takes what is written here for no change of somebody else', async () => {
    expect(await seen(id)).toBeUndefined();
    await core.save(id, edit('A', 'mine'));
    expect((await core.environment('production')).server).toBeUndefined();
    expect(await seen(id)).toBeUndefined();
  });

  it('sees that it was deleted, and that it was brought back', async () => {
    if (where === 'AWS') aws.scheduleDeletion('production');
    else vault.kv('secret').delete('production');
    expect(await seen(id)).toMatchObject({ state: 'deleted', recoverable: true });
    await core.client.environments.undelete({ id });
    expect(await seen(id)).toBeUndefined();
    expect(await core.activity()).toEqual(['undeleted done ']);
    await core.save(id, edit('A', 'mine'));
    expect(await core.values(id)).toEqual({ A: 'mine' });
  });
});

it('looks once where metadata cannot be seen, and says nothing', async () => {
  vault.policy('no-metadata', {
    'secret/data/*': ['create', 'read', 'update'],
    'secret/metadata/': ['list'],
  });
  const rootToken = vault.token({ policies: ['no-metadata'] });
  vault.kv('secret').put('production', '{"A":"1"}');
  await core.useVault({ url: vault.url, rootToken });
  await core.pullAll();
  const { id } = await core.environment('production');
  vault.kv('secret').put('production', '{"A":"theirs"}');
  expect(await seen(id)).toBeUndefined();
  const calls = vault.requests.length;
  expect(await seen(id)).toBeUndefined();
  expect(vault.requests.length).toBe(calls);
  await core.client.environments.pull({ id });
  const pulled = vault.requests.length;
  expect(await seen(id)).toBeUndefined();
  expect(vault.requests.length).toBe(pulled);
});

it('does not look after what is not in memory or not synced, nor at an engine without metadata', async () => {
  vault.mount('one', { version: 1 });
  vault.kv('one').put('production', '{"A":"1"}');
  await core.useVault(vault, { enginePath: 'one' });
  await core.pullAll();
  const { id } = await core.environment('production');
  const local = await core.create('local', { A: '1' });
  const calls = vault.requests.length;
  expect(await seen(id)).toBeUndefined();
  expect(await seen(local)).toBeUndefined();
  await core.restart();
  expect(await seen(id)).toBeUndefined();
  expect(vault.requests.length).toBe(calls);
});

it('says nothing while the server is away', async () => {
  await core.useVault(vault);
  const id = await core.createSynced('production', { A: '1' });
  const fault = vault.faults.add({
    match: { method: 'GET' },
    effect: { kind: 'drop', applied: false },
  });
  expect(await seen(id)).toBeUndefined();
  fault.remove();
  vault.kv('secret').put('production', '{"A":"theirs"}');
  expect(await seen(id)).toEqual({ state: 'changed', version: 'v2' });
});
