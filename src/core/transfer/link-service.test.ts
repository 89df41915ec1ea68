/** Vault Sync through the router, against the stand-in servers, looking at what arrived there. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { VaultServer } from '@test/servers/vault/server';
import { startCore, startTestAws, startTestVault, type TestCore } from '@test/support/core';
import { filesHolding } from '@test/support/files-holding';

const VALUE = 'sk-live-that-is-synced';

let core: TestCore;
let vault: VaultServer;

beforeEach(async () => {
  core = await startCore();
  vault = await startTestVault();
  await core.useVault(vault);
});

const kv = () => vault.kv('secret');
const preview = (id: string, path: string) => core.client.environments.previewSync({ id, path });
const push = (id: string, path: string) =>
  core.client.environments.enableSync({ id, path, resolution: 'push' });
const writes = () => vault.requests.filter(({ method }) => method !== 'GET').length;

describe('switching on with push', () => {
  it('writes what is here, links it, and leaves no value on this computer', async () => {
    const id = await core.create('Production EU', { API_KEY: VALUE, B: '2' });
    expect((await core.environment('Production EU')).path).toBe('production-eu');
    const { environment, variables } = await push(id, 'team/prod');
    expect(environment).toMatchObject({
      id,
      synced: true,
      path: 'team/prod',
      state: 'loaded',
      revision: 'v1',
    });
    expect(variables.map(({ key }) => key)).toEqual(['API_KEY', 'B']);
    expect(kv().read('team/prod')).toEqual({ API_KEY: VALUE, B: '2' });
    expect(await filesHolding(core.dataDirectory, Buffer.from(VALUE))).toEqual([]);
    await core.restart();
    expect(await core.environment('Production EU')).toMatchObject({ state: 'not-loaded' });
    await core.client.environments.pull({ id });
    expect(await core.values(id)).toEqual({ API_KEY: VALUE, B: '2' });
    expect(await core.activity(3)).toContain('sync-enabled done push');
  });

  it('writes disabled variables too, and they stay disabled', async () => {
    const id = await core.create('production', { A: '1', OFF: '2' });
    await core.save(id, { edits: [{ key: 'OFF', disabled: true }], additions: [] });
    const { variables } = await push(id, 'production');
    expect(variables.find(({ key }) => key === 'OFF')?.disabled).toBe(true);
    expect(kv().read('production')).toEqual({ A: '1', OFF: '2' });
  });

  it('stays off where the path holds something, and overwrites nothing', async () => {
    kv().put('production', { THEIRS: '1' });
    const id = await core.create('production', { A: '1' });
    await expect(push(id, 'production')).rejects.toMatchObject({ code: 'ALREADY_EXISTS' });
    expect(await core.environment('production')).toMatchObject({ synced: false, state: 'local' });
    expect(await core.values(id)).toEqual({ A: '1' });
    expect(kv().read('production')).toEqual({ THEIRS: '1' });
    expect((await core.activity(2))[1]).toMatch(/^sync-enabled failed There is already/);
  });

  it.each([
    ['an error', { kind: 'answer', status: 500, body: { errors: ['internal'] } }, 'SERVER_ERROR'],
    [
      'no permission',
      { kind: 'answer', status: 403, body: { errors: ['x'] } },
      'PERMISSION_DENIED',
    ],
    ['a lost answer', { kind: 'drop', applied: false }, 'CONNECTION_RESET'],
  ] as const)('stays off after %s, with the values here', async (_, effect, code) => {
    const id = await core.create('production', { API_KEY: VALUE });
    const fault = vault.faults.add({ match: { method: 'POST' }, effect });
    await expect(push(id, 'production')).rejects.toMatchObject({ code });
    expect(await core.environment('production')).toMatchObject({ synced: false });
    await core.restart();
    expect(await core.values(id)).toEqual({ API_KEY: VALUE });
    fault.remove();
    await push(id, 'production');
    expect(kv().read('production')).toEqual({ API_KEY: VALUE });
  });

  it('knows its own write again whose answer was lost, also after a restart', async () => {
    const id = await core.create('production', { API_KEY: VALUE });
    const outage = vault.faults.outage({ method: 'POST', path: 'secret/data/production' }, true);
    await expect(push(id, 'production')).rejects.toMatchObject({ code: 'CONNECTION_RESET' });
    outage.repair();
    await core.restart();
    expect((await push(id, 'production')).environment).toMatchObject({
      synced: true,
      state: 'loaded',
      revision: 'v1',
    });
    expect(kv().currentVersion('production')).toBe(1);
    expect(await core.activity()).toEqual(['sync-enabled done push']);
  });

  it('is refused for the path of another environment', async () => {
    await core.createSynced('first', { A: '1' }, 'shared');
    const id = await core.create('second', { A: '2' });
    const message = 'The environment “first” already uses the path shared.';
    await expect(preview(id, 'shared')).rejects.toMatchObject({ code: 'ALREADY_EXISTS', message });
    await expect(push(id, 'shared')).rejects.toMatchObject({ code: 'ALREADY_EXISTS', message });
    expect(kv().read('shared')).toEqual({ A: '1' });
  });

  it('says by how much it is over the limit of AWS, and which character is wrong', async () => {
    await core.useAws(await startTestAws());
    const id = await core.create('production', { BIG: 'x'.repeat(65_536) });
    await expect(push(id, 'production')).rejects.toMatchObject({
      code: 'VALUE_TOO_LARGE',
      message: expect.stringContaining('10 more than the 65,536') as string,
    });
    await expect(push(id, 'a b')).rejects.toMatchObject({
      code: 'NAME_NOT_ALLOWED',
      message: 'AWS does not allow a space in the name of a secret.',
    });
    expect(await core.environment('production')).toMatchObject({ synced: false });
  });

  it('of an empty environment writes nothing; the first save creates it, also after a restart', async () => {
    const id = await core.create('production');
    const before = writes();
    expect((await push(id, 'production')).environment).toMatchObject({ state: 'loaded' });
    expect(writes()).toBe(before);
    await core.restart();
    const { environment, variables, base } = await core.client.environments.pull({ id });
    expect(environment.state).toBe('loaded');
    expect(variables).toEqual([]);
    kv().put('other', { A: '1' });
    await core.client.environments.save({
      id,
      base: base ?? '',
      changes: { edits: [], additions: [{ key: 'A', value: '1' }] },
    });
    expect(kv().read('production')).toEqual({ A: '1' });
    // From now on a path that holds nothing is news.
    kv().remove('production');
    await expect(core.client.environments.pull({ id })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  it('of an empty environment creates only: who came first is not overwritten', async () => {
    const id = await core.create('production');
    await push(id, 'production');
    kv().put('production', { THEIRS: '1' });
    await expect(
      core.save(id, { edits: [], additions: [{ key: 'A', value: '1' }] }),
    ).rejects.toMatchObject({ code: 'ALREADY_EXISTS' });
    expect(kv().read('production')).toEqual({ THEIRS: '1' });
    await core.client.environments.pull({ id });
    expect(await core.values(id)).toEqual({ THEIRS: '1' });
  });
});

describe('switching on where the path holds something', () => {
  let id: string;
  let serverRevision: string;

  beforeEach(async () => {
    kv().put('shared', '{"SAME":"1","DIFF":"server","ONLY_SERVER":5432,"KIND":1}');
    id = await core.create('production', {
      ONLY_HERE: 'here',
      DIFF: 'here',
      SAME: '1',
      KIND: '1',
    });
    serverRevision = (await preview(id, 'shared')).serverRevision ?? '';
  });

  const enable = (
    resolution: 'merge' | 'take-server' | 'replace',
    prefer?: Record<string, 'here' | 'server'>,
  ) =>
    core.client.environments.enableSync({
      id,
      path: 'shared',
      resolution,
      serverRevision,
      ...(prefer && { prefer }),
    });

  it('shows both sides by their keys, and no value', async () => {
    const shown = await preview(id, 'shared');
    expect(shown).toMatchObject({ path: 'shared', exists: true, shape: 'map' });
    expect(Object.fromEntries(shown.keys.map(({ key, state }) => [key, state]))).toEqual({
      ONLY_HERE: 'here',
      DIFF: 'different',
      SAME: 'same',
      KIND: 'different',
      ONLY_SERVER: 'server',
    });
    expect(JSON.stringify(shown)).not.toContain('5432');
  });

  it('merges, with what is here where nothing else was said', async () => {
    await enable('merge', { KIND: 'server' });
    expect(kv().read('shared')).toEqual({
      SAME: '1',
      DIFF: 'here',
      ONLY_SERVER: 5432,
      ONLY_HERE: 'here',
      KIND: 1,
    });
    expect(kv().currentVersion('shared')).toBe(2);
    expect((await core.environment('production')).revision).toBe('v2');
  });

  it('takes the server’s, and writes nothing', async () => {
    const before = writes();
    await enable('take-server');
    expect(writes()).toBe(before);
    expect(await core.values(id)).toEqual({
      SAME: '1',
      DIFF: 'server',
      ONLY_SERVER: '5432',
      KIND: '1',
    });
    await core.save(id, { edits: [{ key: 'DIFF', value: 'edited' }], additions: [] });
    expect(kv().read('shared')).toEqual({ SAME: '1', DIFF: 'edited', ONLY_SERVER: 5432, KIND: 1 });
  });

  it('replaces it, where the old version can be brought back', async () => {
    await enable('replace');
    expect(kv().read('shared')).toEqual({ ONLY_HERE: 'here', DIFF: 'here', SAME: '1', KIND: '1' });
    expect(
      kv()
        .versions('shared')
        .map(({ state }) => state),
    ).toEqual(['alive', 'alive']);
  });

  it.each(['merge', 'take-server', 'replace'] as const)(
    '%s is refused when it changed since it was shown',
    async (resolution) => {
      kv().put('shared', { NEWER: '1' });
      await expect(enable(resolution)).rejects.toMatchObject({ code: 'CONFLICT' });
      expect(kv().read('shared')).toEqual({ NEWER: '1' });
      expect(await core.environment('production')).toMatchObject({ synced: false });
      expect(await core.values(id)).toMatchObject({ ONLY_HERE: 'here' });
    },
  );

  it('a refused merge leaves both sides as they were', async () => {
    vault.faults.add({
      match: { method: 'POST' },
      effect: { kind: 'answer', status: 500, body: { errors: ['internal'] } },
    });
    await expect(enable('merge')).rejects.toMatchObject({ code: 'SERVER_ERROR' });
    expect(kv().currentVersion('shared')).toBe(1);
    expect(await core.environment('production')).toMatchObject({ synced: false });
  });

  it('does not merge with a secret that is one text', async () => {
    const aws = await startTestAws();
    aws.put('shared', 'one text');
    await core.useAws(aws);
    const shown = await preview(id, 'shared');
    expect(shown.shape).toBe('text');
    serverRevision = shown.serverRevision ?? '';
    await expect(enable('merge')).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    await enable('take-server');
    expect((await core.client.environments.open({ id })).shape).toBe('text');
    expect(aws.secret('shared')?.current?.value).toBe('one text');
  });
});

describe('a preview', () => {
  it('of a path that is free says so, and writes nothing', async () => {
    const id = await core.create('production', { A: '1' });
    const before = writes();
    expect(await preview(id, 'free')).toEqual({ path: 'free', exists: false, keys: [] });
    kv().put('deleted', { A: '1' });
    kv().delete('deleted');
    expect(await preview(id, 'deleted')).toEqual({ path: 'deleted', exists: false, keys: [] });
    expect(writes()).toBe(before);
  });
});

describe('switching off', () => {
  it('clears the variables here and leaves them at the provider', async () => {
    const id = await core.createSynced('production', { API_KEY: VALUE }, 'team/prod');
    const { environment, variables } = await core.client.environments.disableSync({ id });
    expect(environment).toMatchObject({ synced: false, state: 'local', path: 'team/prod' });
    expect(environment).not.toHaveProperty('revision');
    expect(variables).toEqual([]);
    expect(kv().read('team/prod')).toEqual({ API_KEY: VALUE });
    await core.restart();
    expect(await core.values(id)).toEqual({});
    expect(await filesHolding(core.dataDirectory, Buffer.from(VALUE))).toEqual([]);
  });

  it('and on again with the server’s brings them back', async () => {
    const id = await core.createSynced('production', { API_KEY: VALUE });
    await core.client.environments.disableSync({ id });
    const { serverRevision } = await preview(id, 'production');
    await core.client.environments.enableSync({
      id,
      path: 'production',
      resolution: 'take-server',
      serverRevision,
    });
    expect(await core.values(id)).toEqual({ API_KEY: VALUE });
  });

  it('forgets what was wrong at the path before', async () => {
    const id = await core.createSynced('production', { API_KEY: VALUE }, 'gone');
    kv().delete('gone');
    await expect(core.client.environments.pull({ id })).rejects.toMatchObject({
      code: 'SECRET_DELETED',
    });
    await core.client.environments.disableSync({ id });
    expect((await push(id, 'elsewhere')).environment).toMatchObject({ state: 'loaded' });
  });

  it('keeps an encrypted copy here if it is wanted, with marks and unsaved edits', async () => {
    const id = await core.createSynced('production', { API_KEY: VALUE, B: '1', OFF: 'x' });
    await core.save(id, { edits: [{ key: 'OFF', disabled: true }], additions: [] });
    const draft = {
      base: await core.base(id),
      changes: { edits: [{ key: 'B', value: '2' }], additions: [{ key: 'NEW', value: 'n' }] },
    };
    const { environment } = await core.client.environments.disableSync({ id, copy: true, draft });
    expect(environment).toMatchObject({ synced: false, state: 'local', path: 'production' });
    const kept = { API_KEY: VALUE, B: '2', OFF: 'x', NEW: 'n' };
    expect((await core.activity())[0]).toBe('sync-disabled done encrypted copy kept here');
    expect(await core.values(id)).toEqual(kept);
    expect(kv().read('production')).toEqual({ API_KEY: VALUE, B: '1', OFF: 'x' });
    await core.restart();
    expect(await core.values(id)).toEqual(kept);
    const { variables } = await core.client.environments.open({ id });
    expect(variables.find(({ key }) => key === 'OFF')?.disabled).toBe(true);
    expect(await filesHolding(core.dataDirectory, Buffer.from(VALUE))).toEqual([]);
  });

  it('reads what it keeps if it is not in memory', async () => {
    const id = await core.createSynced('production', { API_KEY: VALUE });
    const empty = await core.createSynced('empty', {});
    await core.restart();
    await core.client.environments.disableSync({ id, copy: true });
    expect(await core.values(id)).toEqual({ API_KEY: VALUE });
    await core.client.environments.disableSync({ id: empty, copy: true });
    expect(await core.values(empty)).toEqual({});
  });

  it('stays on if the copy cannot be made', async () => {
    const id = await core.createSynced('production', { API_KEY: VALUE });
    await core.restart();
    vault.faults.add({
      match: { path: 'secret/data/production' },
      effect: { kind: 'answer', status: 403, body: { errors: ['permission denied'] } },
    });
    await expect(core.client.environments.disableSync({ id, copy: true })).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
    });
    expect(await core.environment('production')).toMatchObject({ synced: true });
    expect(await core.client.environments.open({ id })).not.toHaveProperty('base');
  });

  it('twice is no error', async () => {
    const id = await core.create('local', { A: '1' });
    await core.client.environments.disableSync({ id });
    expect(await core.values(id)).toEqual({ A: '1' });
  });
});
