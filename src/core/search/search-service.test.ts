import { expect, it } from 'vitest';
import { HITS_MAX } from '@shared/model/search';
import { startCore } from '@test/support/core';

async function withVariables() {
  const core = await startCore();
  const make = async (
    name: string,
    variables: readonly { key: string; value: string; secret?: boolean }[],
  ): Promise<string> => {
    const id = await core.create(name);
    const { base = '' } = await core.client.environments.open({ id });
    const additions = [...variables];
    await core.client.environments.save({ id, base, changes: { edits: [], additions } });
    return id;
  };
  const prod = await make('prod', [
    { key: 'DATABASE_URL', value: 'postgres://needle', secret: true },
    { key: 'LOG_LEVEL', value: 'needle in plain', secret: false },
  ]);
  const dev = await make('dev', [
    { key: 'DATABASE_URL', value: 'sqlite', secret: true },
    { key: 'URL', value: 'http://localhost', secret: false },
  ]);
  const find = (query: string, secrets = false) =>
    core.client.search.find({ workspaceId: core.workspaceId, query, secrets });
  return { core, prod, dev, find, make };
}

it('finds keys of all environments, the best match first', async () => {
  const { find, prod, dev } = await withVariables();
  expect(await find('url')).toEqual({
    hits: [
      { kind: 'key', key: 'URL', count: 1, id: dev },
      { kind: 'key', key: 'DATABASE_URL', count: 2, id: prod },
    ],
    isCut: false,
    unread: 0,
  });
});

it('finds plain values, and secret ones only when asked, without showing them', async () => {
  const { core, find, prod } = await withVariables();
  const plain = { kind: 'value', key: 'LOG_LEVEL', id: prod, excerpt: 'needle in plain' };
  expect((await find('needle')).hits).toEqual([plain]);
  expect((await find('needle', true)).hits).toEqual([
    plain,
    { kind: 'value', key: 'DATABASE_URL', id: prod },
  ]);
  const log = await core.client.activity.list({ workspaceId: core.workspaceId, limit: 10 });
  expect(log.filter(({ action }) => action === 'searched')).toMatchObject([
    { detail: 'secret values, 2 found' },
  ]);
  await expect(find('ne', true)).rejects.toThrow('Enter at least 3 characters');
});

it('finds values that are plain by a rule of the workspace', async () => {
  const { core, find, make } = await withVariables();
  const id = await make('by-rule', [{ key: 'LOG_FORMAT', value: 'ruled' }]);
  expect((await find('ruled')).hits).toEqual([]);
  await core.client.workspaces.setPlainPatterns({ id: core.workspaceId, patterns: ['LOG_*'] });
  expect((await find('ruled')).hits).toEqual([
    { kind: 'value', key: 'LOG_FORMAT', id, excerpt: 'ruled' },
  ]);
});

it('says which environments have a key, and which lack it', async () => {
  const { core, prod, dev } = await withVariables();
  const { workspaceId } = core;
  expect(await core.client.search.holders({ workspaceId, key: 'LOG_LEVEL' })).toEqual({
    having: [prod],
    lacking: [dev],
    unread: [],
  });
});

it('returns no more than it may, and ends when it is cancelled', async () => {
  const { core, find, make } = await withVariables();
  await make(
    'many',
    Array.from({ length: HITS_MAX + 5 }, (_, at) => ({ key: `BULK_${String(at)}`, value: 'v' })),
  );
  const { hits, isCut } = await find('bulk');
  expect([hits.length, isCut]).toEqual([HITS_MAX, true]);
  const input = { workspaceId: core.workspaceId, query: 'bulk', secrets: false };
  await expect(
    core.client.search.find(input, { signal: AbortSignal.abort() }),
  ).rejects.toMatchObject({ code: 'CANCELLED' });
});
