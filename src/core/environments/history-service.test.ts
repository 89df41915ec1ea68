/** Versions of an environment, and bringing back what was deleted, against the stand-in servers. */
import type { EnvironmentHistory } from '@shared/model/secret-history';
import { beforeEach, describe, expect, it } from 'vitest';
import type { SecretsManagerServer } from '@test/servers/secrets-manager/server';
import type { VaultServer } from '@test/servers/vault/server';
import {
  adding,
  startCore,
  startTestAws,
  startTestVault,
  summaryOf,
  type TestCore,
} from '@test/support/core';

const PAST = 'sk-live-of-long-ago';

let core: TestCore;

beforeEach(async () => {
  core = await startCore();
});

const kept = (history: EnvironmentHistory): Extract<EnvironmentHistory, { isKept: true }> => {
  if (!history.isKept) throw new Error('No versions are kept.');
  return history;
};

describe.each(['Vault', 'AWS'])('the history of an environment of %s', (where) => {
  let vault: VaultServer;
  let aws: SecretsManagerServer;
  let id: string;

  const put = (text: string): void => {
    if (where === 'AWS') aws.put('production', text);
    else vault.kv('secret').put('production', text);
  };

  const stored = (): unknown => {
    if (where === 'Vault') return vault.kv('secret').read('production');
    const secret = aws.secret('production');
    if (secret?.deletionDate !== undefined) return undefined;
    return JSON.parse(String(secret?.current?.value));
  };

  const remove = (): void => {
    if (where === 'AWS') aws.scheduleDeletion('production');
    else vault.kv('secret').delete('production');
  };

  const reads = (): number =>
    where === 'AWS'
      ? aws.count('GetSecretValue')
      : vault.requests.filter(({ path }) => path.startsWith('secret/data/')).length;

  const list = async () => kept(await core.client.environments.history({ id }));

  const restore = (revision: string | undefined, newest: string | null | undefined) =>
    core.client.environments.rollBack({
      id,
      revision: revision ?? '',
      newest: newest ?? null,
    });

  beforeEach(async () => {
    if (where === 'AWS') {
      aws = await startTestAws();
      await core.useAws(aws);
    } else {
      vault = await startTestVault();
      await core.useVault(vault);
    }
    put(`{"A":"${PAST}","N":1,"O":{"k":1},"GONE":"g"}`);
    put('{"A":"a","N":1.0,"O":{"k":1},"NEW":true}');
    await core.pullAll();
    ({ id } = await core.environment('production'));
  });

  it('lists the versions, the newest first, and fetches no value', async () => {
    const before = reads();
    const { versions, secret, isComplete } = await list();
    expect(secret).toEqual({ state: 'present' });
    expect(isComplete).toBe(true);
    expect(versions.map(({ state, isHeld }) => [state, isHeld])).toEqual([
      ['current', true],
      ['past', false],
    ]);
    expect(versions[0]?.version).toBe((await core.environment('production')).revision);
    expect(versions.every(({ createdAt }) => createdAt !== undefined)).toBe(true);
    expect(versions.map(({ labels }) => labels)).toEqual(
      where === 'AWS' ? [['AWSCURRENT'], ['AWSPREVIOUS']] : [[], []],
    );
    expect(reads()).toBe(before);
  });

  it('gives one variable of a version for an unsaved edit, and logs its key', async () => {
    const { versions } = await list();
    const revision = versions[1]?.revision ?? '';
    const copied = await core.client.environments.versionVariable({ id, revision, key: 'A' });
    expect(copied).toEqual({
      variables: [{ key: 'A', value: PAST, kind: 'text', secret: true }],
      target: await core.client.environments.open({ id }),
    });
    const [entry] = await core.client.activity.list({ workspaceId: core.workspaceId, limit: 1 });
    expect(entry).toMatchObject({ action: 'copied', detail: `A, ${versions[1]?.version ?? ''}` });
    await expect(
      core.client.environments.versionVariable({ id, revision, key: 'NEW' }),
    ).rejects.toMatchObject({ code: 'NO_SUCH_VARIABLE' });
  });

  it('tells what is different, without a secret value, and reads each version once', async () => {
    const { versions } = await list();
    const [newest, oldest] = versions.map(({ revision }) => revision);
    const before = reads();
    const { rows, unchanged } = await core.client.environments.compareVersions({
      id,
      before: oldest,
      after: newest ?? '',
    });
    expect(unchanged).toBe(2);
    expect(Object.fromEntries(rows.map(({ key, change }) => [key, change]))).toEqual({
      A: 'changed',
      NEW: 'added',
      GONE: 'removed',
    });
    expect(rows.find(({ key }) => key === 'NEW')?.after).toMatchObject({ literal: 'true' });
    expect(JSON.stringify(rows)).not.toContain(PAST);
    await core.client.environments.compareVersions({ id, before: newest, after: oldest ?? '' });
    expect(reads() - before).toBe(1);

    const first = await core.client.environments.compareVersions({ id, after: oldest ?? '' });
    expect(first.rows.every(({ change }) => change === 'added')).toBe(true);
  });

  it('reveals one value of a version, and logs that without the value', async () => {
    const oldest = (await list()).versions[1];
    const revision = oldest?.revision ?? '';
    const { value } = await core.client.environments.revealVersion({ id, revision, key: 'A' });
    expect(value).toBe(PAST);
    expect(await core.activity()).toEqual([`revealed done A, ${oldest?.version ?? ''}`]);
    expect(await core.onDisk()).not.toContain(PAST);
    await expect(
      core.client.environments.revealVersion({ id, revision, key: 'NEW' }),
    ).rejects.toMatchObject({
      code: 'NO_SUCH_VARIABLE',
    });
  });

  it('forgets what it read as soon as the memory is emptied', async () => {
    const oldest = (await list()).versions[1];
    const input = { id, revision: oldest?.revision ?? '', key: 'A' };
    await core.client.environments.revealVersion(input);
    await core.client.security.lock();
    await core.client.security.unlock({});
    const before = reads();
    await core.client.environments.revealVersion(input);
    expect(reads() - before).toBe(1);
  });

  it('restores a version as a new one, and keeps the others and the marks', async () => {
    const base = await core.base(id);
    await core.client.environments.save({
      id,
      base,
      changes: { edits: [{ key: 'O', disabled: true }], additions: [] },
    });
    const { versions } = await list();
    const open = await restore(versions[1]?.revision, versions[0]?.revision);
    expect(stored()).toEqual({ A: PAST, N: 1, O: { k: 1 }, GONE: 'g' });
    expect(open.variables.find(({ key }) => key === 'O')?.disabled).toBe(true);
    expect((await list()).versions).toHaveLength(3);
    expect(await core.activity()).toEqual([`rolled-back done ${versions[1]?.version ?? ''}`]);
    expect(await core.onDisk()).not.toContain(PAST);
  });

  it('does not restore over what somebody else wrote meanwhile', async () => {
    const { versions } = await list();
    put('{"A":"theirs"}');
    await expect(restore(versions[1]?.revision, versions[0]?.revision)).rejects.toMatchObject({
      code: 'CONFLICT',
    });
    expect(stored()).toEqual({ A: 'theirs' });
    expect((await core.activity())[0]).toMatch(/^rolled-back failed /);
  });

  it('leaves the base of edits that were made before in memory', async () => {
    const base = await core.base(id);
    const { versions } = await list();
    await restore(versions[1]?.revision, versions[0]?.revision);
    const changes = { edits: [{ key: 'O', value: '{"k":2}' }], additions: [] };
    const merge = await core.client.environments.merge({ id, base, changes, fetch: false });
    expect(merge).toMatchObject({ state: 'there' });
    expect(merge.state === 'there' && merge.rows.map(({ outcome }) => outcome)).not.toContain(
      'conflict',
    );
  });

  it('tells that the secret was deleted, and brings it back', async () => {
    remove();
    const { secret } = await list();
    expect(secret).toMatchObject({
      state: where === 'AWS' ? 'scheduled' : 'deleted',
      recoverable: true,
    });
    await core.client.environments.undelete({ id });
    expect(stored()).toMatchObject({ A: 'a' });
    expect((await list()).secret).toEqual({ state: 'present' });
  });

  it('has no versions of what is gone for good, and says so without an error', async () => {
    if (where === 'AWS') aws.remove('production');
    else vault.kv('secret').remove('production');
    expect(await list()).toEqual({
      isKept: true,
      secret: { state: 'absent' },
      versions: [],
      isComplete: true,
    });
  });

  it('brings back at Pull All what was deleted, with or without an environment for it', async () => {
    remove();
    const { skipped } = await core.pullAll();
    expect(skipped.map(({ path }) => path)).toEqual(['production']);
    expect((await core.environment('production')).state).toBe('failed');
    const { workspaceId } = core;
    const back = await core.client.transfer.undelete({ workspaceId, path: 'production' });
    expect(back).toMatchObject({ id, state: 'loaded' });

    remove();
    await core.client.environments.remove({ id, onServer: false });
    const made = await core.client.transfer.undelete({ workspaceId, path: 'production' });
    expect(made).toMatchObject({ name: 'production', state: 'loaded' });
    expect(await core.activity()).toEqual(['undeleted done ']);
    expect(await core.values(made.id)).toMatchObject({ A: 'a' });
  });
});

describe('with Vault', () => {
  let vault: VaultServer;

  beforeEach(async () => {
    vault = await startTestVault();
    vault.mount('one', { version: 1 });
  });

  it('shows deleted and destroyed versions, and restores an older one over a deleted secret', async () => {
    await core.useVault(vault);
    const kv = vault.kv('secret');
    for (const value of ['1', '2', '3', '4']) kv.put('production', { A: value });
    await core.pullAll();
    const { id } = await core.environment('production');
    kv.delete('production', [2]);
    kv.destroy('production', [1]);
    kv.delete('production');
    const { versions, secret } = kept(await core.client.environments.history({ id }));
    expect(versions.map(({ version, state }) => `${version} ${state}`)).toEqual([
      'v4 deleted',
      'v3 past',
      'v2 deleted',
      'v1 destroyed',
    ]);
    expect(secret).toEqual({ state: 'deleted', recoverable: true });
    const diff = (revision = '') =>
      core.client.environments.compareVersions({ id, after: revision });
    await expect(diff(versions[2]?.revision)).rejects.toMatchObject({ code: 'SECRET_DELETED' });
    await expect(diff(versions[3]?.revision)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const revision = versions[1]?.revision ?? '';
    await core.client.environments.rollBack({ id, revision, newest: null });
    expect(kv.read('production')).toEqual({ A: '3' });
    expect(kv.currentVersion('production')).toBe(5);
  });

  it('says that KV v1 keeps no versions', async () => {
    await core.useVault(vault, { enginePath: 'one' });
    vault.kv('one').put('production', { A: '1' });
    await core.pullAll();
    const { id } = await core.environment('production');
    expect(await core.client.environments.history({ id })).toEqual({ isKept: false });
  });
});

it('has none of an environment that is not synced', async () => {
  const id = await core.create('mine', { A: '1' });
  await expect(core.client.environments.history({ id })).rejects.toMatchObject({
    code: 'INVALID_INPUT',
  });
});

describe('a name that is scheduled for deletion', () => {
  let aws: SecretsManagerServer;

  const read = (path: string): unknown => JSON.parse(String(aws.secret(path)?.current?.value));

  beforeEach(async () => {
    aws = await startTestAws();
    await core.useAws(aws);
    aws.put('checkout', '{"OLD":"o"}');
    aws.scheduleDeletion('checkout');
  });

  it('is refused, then restored and written, when sync is switched on', async () => {
    const id = await core.create('checkout', { A: '1' });
    const link = { id, path: 'checkout', resolution: 'push' } as const;
    await expect(core.client.environments.enableSync(link)).rejects.toMatchObject({
      code: 'SCHEDULED_FOR_DELETION',
    });
    expect((await core.environment('checkout')).synced).toBe(false);
    await core.client.environments.enableSync({ ...link, undelete: true });
    expect(read('checkout')).toEqual({ A: '1' });
    // What it held is in the history.
    expect(kept(await core.client.environments.history({ id })).versions).toHaveLength(2);
  });

  it('is refused by Push All, and restored and written where that was asked for', async () => {
    const id = await core.create('checkout', { A: '1' });
    const { workspaceId } = core;
    const [row] = await core.client.transfer.pushPlan({ workspaceId, drafts: [] });
    expect(row).toMatchObject({ action: 'refused', error: { code: 'SCHEDULED_FOR_DELETION' } });
    const push = { workspaceId, drafts: [], ids: [id] };
    const refused = await summaryOf(core.client.transfer.pushAll(push));
    expect(refused.failed.map(({ error }) => error.code)).toEqual(['SCHEDULED_FOR_DELETION']);
    const { pushed } = await summaryOf(core.client.transfer.pushAll({ ...push, undelete: true }));
    expect(pushed.map(({ path }) => path)).toEqual(['checkout']);
    expect(read('checkout')).toEqual({ A: '1' });
  });

  it('takes the edits of a synced environment with it', async () => {
    aws.restore('checkout');
    await core.pullAll();
    const { id } = await core.environment('checkout');
    const base = await core.base(id);
    aws.scheduleDeletion('checkout');
    const { workspaceId } = core;
    const drafts = [{ id, base, changes: adding({ NEW: 'n' }) }];
    const push = { workspaceId, drafts, ids: [id], undelete: true };
    const { pushed } = await summaryOf(core.client.transfer.pushAll(push));
    expect(pushed).toHaveLength(1);
    expect(read('checkout')).toEqual({ OLD: 'o', NEW: 'n' });
  });
});
