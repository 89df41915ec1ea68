/** Versions of an environment through the router, against the stand-in servers. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { SecretsManagerServer } from '../../../e2e/servers/secrets-manager/server';
import type { VaultServer } from '../../../e2e/servers/vault/server';
import { startCore, startTestAws, startTestVault, type TestCore } from '../testing/core';

const VALUE = 'sk-live-of-the-past';

let core: TestCore;

beforeEach(async () => {
  core = await startCore();
});

const versionsOf = async (id: string) => {
  const history = await core.client.environments.history({ id });
  if (!history.isKept) throw new Error('There are no versions.');
  return history.versions;
};

describe.each(['Vault', 'AWS'])('the history of an environment at %s', (where) => {
  let vault: VaultServer;
  let aws: SecretsManagerServer;
  let id: string;

  const put = (text: string): void => {
    if (where === 'AWS') aws.put('production', text);
    else vault.kv('secret').put('production', text);
  };

  const stored = (): unknown =>
    where === 'AWS'
      ? JSON.parse(String(aws.secret('production')?.current?.value))
      : vault.kv('secret').read('production');

  beforeEach(async () => {
    if (where === 'AWS') {
      aws = await startTestAws();
      await core.useAws(aws);
    } else {
      vault = await startTestVault();
      await core.useVault(vault);
    }
    put(`{"A":"${VALUE}","N":1,"O_GONE":"g"}`);
    put('{"A":"now","N":2,"P_NEW":"n"}');
    await core.pullAll();
    ({ id } = await core.environment('production'));
  });

  it('lists what is kept, the newest first, and which is in memory', async () => {
    const versions = await versionsOf(id);
    expect(versions.map(({ state, isHeld }) => [state, isHeld])).toEqual([
      ['current', true],
      ['past', false],
    ]);
    expect(versions.every(({ createdAt }) => createdAt !== undefined)).toBe(true);
  });

  it('tells what a version changed without a secret value, which is revealed one by one', async () => {
    const [now, past] = await versionsOf(id);
    const [after, before] = [now?.revision ?? '', past?.revision ?? ''];
    const { rows, unchanged } = await core.client.environments.compareVersions({
      id,
      before,
      after,
    });
    expect(rows.map(({ key, change }) => `${key} ${change}`)).toEqual([
      'A changed',
      'N changed',
      'O_GONE removed',
      'P_NEW added',
    ]);
    expect(rows[1]).toMatchObject({ before: { literal: '1' }, after: { literal: '2' } });
    expect(unchanged).toBe(0);
    expect(JSON.stringify(rows)).not.toContain(VALUE);
    const reveal = { id, revision: before, key: 'A' };
    expect(await core.client.environments.revealVersion(reveal)).toEqual({ value: VALUE });
    expect(await core.activity()).toEqual(['revealed done A']);
    const first = await core.client.environments.compareVersions({ id, after: before });
    expect(first.rows.map(({ change }) => change)).toEqual(['added', 'added', 'added']);
  });

  it('is restored as a new version, over what is in memory and nothing else', async () => {
    const [, past] = await versionsOf(id);
    const restore = async () =>
      core.client.environments.restoreVersion({
        id,
        revision: past?.revision ?? '',
        base: await core.base(id),
      });
    put('{"A":"theirs"}');
    await expect(restore()).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(stored()).toEqual({ A: 'theirs' });
    await core.client.environments.pull({ id });
    const { environment } = await restore();
    expect(environment.state).toBe('loaded');
    expect(stored()).toEqual({ A: VALUE, N: 1, O_GONE: 'g' });
    const [newest] = await versionsOf(id);
    expect(newest).toMatchObject({ state: 'current', isHeld: true });
    expect((await core.activity())[0]).toMatch(/^restored done ./);
    expect(JSON.stringify(await core.activity(50))).not.toContain(VALUE);
  });
});

it('is not kept by an engine without versions, nor of what is not synced', async () => {
  const vault = await startTestVault();
  vault.mount('one', { version: 1 });
  await core.useVault(vault, { enginePath: 'one' });
  const id = await core.createSynced('production', { A: '1' });
  expect(await core.client.environments.history({ id })).toEqual({ isKept: false });
  const local = await core.create('local', { A: '1' });
  await expect(core.client.environments.history({ id: local })).rejects.toMatchObject({
    code: 'INVALID_INPUT',
  });
});
