/** Who made the call that an entry of the activity log comes from. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { ActivityEntry } from '@shared/model/activity';
import type { CallContext } from '@server/base';
import { adding, all, startCore, startTestVault, type TestCore } from '@test/support/core';

const script: CallContext = {
  caller: { kind: 'cli', process: { pid: 4711, name: 'deploy.sh' }, claimed: true },
  reason: 'release 1.4',
};
const agent: CallContext = { caller: { kind: 'mcp' } };

let core: TestCore;

beforeEach(async () => {
  core = await startCore();
});

const entries = (text?: string): Promise<ActivityEntry[]> =>
  core.client.activity.list({ workspaceId: core.workspaceId, limit: 100, text });

const newest = async (): Promise<ActivityEntry | undefined> => (await entries())[0];

it('is in an entry, with the reason', async () => {
  await core.create('production');
  expect(await newest()).toMatchObject({ caller: { kind: 'window' } });
  expect(await newest()).not.toHaveProperty('reason');
  await core
    .clientOf(script)
    .environments.create({ workspaceId: core.workspaceId, name: 'staging' });
  expect(await newest()).toMatchObject({ environment: 'staging', ...script });
  await core.clientOf(agent).environments.create({ workspaceId: core.workspaceId, name: 'test' });
  expect(await newest()).toMatchObject({ environment: 'test', ...agent });
});

it('is kept without a NUL in the reason: otherwise what was done would be reported as a failure', async () => {
  const { workspaceId } = core;
  const client = core.clientOf({ ...script, reason: 'a\0b' });
  await client.environments.create({ workspaceId, name: 'staging' });
  const id = (await core.environment('staging')).id;
  await client.environments.save({ id, base: await core.base(id), changes: adding({ KEY: 'x' }) });
  expect(await newest()).toMatchObject({ action: 'saved', reason: 'a\uFFFDb' });
  expect(await core.values(id)).toEqual({ KEY: 'x' });
});

it('is in the entry of a call that failed', async () => {
  await core.create('production');
  const { workspaceId } = core;
  const path = 'production';
  await expect(
    core.clientOf(script).transfer.undelete({ workspaceId, path }),
  ).rejects.toBeDefined();
  expect(await newest()).toMatchObject({ action: 'undeleted', outcome: 'failed', ...script });
});

it('stays apart for calls at the same time, also for those that wait for each other', async () => {
  const id = await core.create('production', { A: '1' });
  const contexts = Array.from({ length: 20 }, (_, index): CallContext => ({
    caller: { kind: 'cli', process: { pid: index + 1 } },
    reason: `KEY_${String(index)}`,
  }));
  const base = await core.base(id);
  await Promise.allSettled(
    contexts.flatMap((context) => [
      core.clientOf(context).environments.rename({ id, name: context.reason ?? '' }),
      core.clientOf(context).environments.save({ id, base, changes: adding({ B: '2' }) }),
    ]),
  );
  const renames = (await entries()).filter(({ action }) => action === 'environment-renamed');
  expect(renames).toHaveLength(20);
  for (const { detail, reason } of renames) expect(reason).toBe(detail);
  const saves = (await entries()).filter(({ action }) => action === 'saved');
  expect(new Set(saves.map(({ caller }) => caller?.process?.pid ?? 'window')).size).toBe(21);
});

describe('of a stream', () => {
  beforeEach(async () => {
    const vault = await startTestVault();
    for (const path of ['a', 'b', 'c']) vault.kv('secret').put(path, { KEY: 'value' });
    await core.useVault(vault);
  });

  it('is in the entry at its end', async () => {
    await all(core.clientOf(script).transfer.pullAll({ workspaceId: core.workspaceId }));
    expect(await newest()).toMatchObject({ action: 'pulled-all', outcome: 'done', ...script });
  });

  it('is in the entry of one that is left early', async () => {
    const events = await core.clientOf(script).transfer.pullAll({ workspaceId: core.workspaceId });
    for await (const _ of events) break;
    expect(await newest()).toMatchObject({ action: 'pulled-all', outcome: 'cancelled', ...script });
  });

  it('stays apart from another one that is read in turns with it', async () => {
    const { id: other } = await core.client.workspaces.create({ name: 'Payments' });
    const first = await core.clientOf(script).transfer.pullAll({ workspaceId: core.workspaceId });
    const second = await core.clientOf(agent).transfer.pullAll({ workspaceId: other });
    for (let isDone = false; !isDone;) {
      const steps = [await first.next(), await second.next()];
      isDone = steps.every(({ done }) => done === true);
    }
    const pulls = await core.client.activity.list({
      workspaceId: other,
      limit: 1,
      actions: ['pulled-all'],
    });
    expect(pulls).toMatchObject([agent]);
    expect(await newest()).toMatchObject({ action: 'pulled-all', ...script });
  });
});

it('is nobody for what Strongroom notices by itself', async () => {
  const vault = await startTestVault();
  vault.kv('secret').put('a', { KEY: 'value' });
  await core.useVault(vault);
  await core.pullAll();
  await vault.close();
  const { id } = await core.environment('a');
  await expect(core.clientOf(script).environments.pull({ id })).rejects.toMatchObject({
    code: 'OFFLINE',
  });
  const entry = await newest();
  expect(entry).toMatchObject({ action: 'went-offline' });
  expect(entry).not.toHaveProperty('caller');
  expect(entry).not.toHaveProperty('reason');
});

it('is found by the text of a filter, and is in the export', async () => {
  const { workspaceId } = core;
  await core.create('production');
  await core.clientOf(script).environments.create({ workspaceId, name: 'staging' });
  await core.clientOf(agent).environments.create({ workspaceId, name: 'test' });
  for (const text of ['CLI', '4711', 'deploy.sh', 'release']) {
    expect((await entries(text)).map(({ environment }) => environment)).toEqual(['staging']);
  }
  expect((await entries('window')).map(({ environment }) => environment)).toEqual(['production']);
  const { text } = await core.client.activity.export({ workspaceId, text: 'mcp' });
  expect(JSON.parse(text)).toMatchObject({ environment: 'test', ...agent });
});
