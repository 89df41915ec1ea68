import { describe, expect, it } from 'vitest';
import type { ChangeSet } from '@shared/model/change-set';
import { adding, startCore, type TestCore } from '@test/support/core';
import { failureOf } from '@test/support/failure-of';

const editing = (key: string, value: string): ChangeSet => ({
  edits: [{ key, value }],
  additions: [],
});

async function coreWith(
  all: Readonly<Record<string, Readonly<Record<string, string>>>>,
): Promise<{ core: TestCore; ids: Readonly<Record<string, string>> }> {
  const core = await startCore();
  await core.useLocal();
  const ids: Record<string, string> = {};
  for (const [name, values] of Object.entries(all)) ids[name] = await core.create(name, values);
  return { core, ids };
}

const check = async (core: TestCore, id: string, key: string, text: string) => {
  const [checked] = await core.client.references.check({
    id,
    texts: [{ key, text }],
    typed: true,
    drafts: [],
  });
  return checked;
};

describe('an open environment', () => {
  it('says where its references point, secret or not, and nothing of other values', async () => {
    const { core, ids } = await coreWith({
      production: { API_KEY: '1' },
      staging: { A: '@production/API_KEY', B: '@production/GONE', C: '@types/node', D: 'x' },
    });
    const { variables } = await core.client.environments.open({ id: ids['staging'] ?? '' });
    const common = { environmentId: ids['production'], environment: 'production' };
    expect(variables.map(({ key, reference }) => [key, reference])).toEqual([
      ['A', { ...common, key: 'API_KEY', state: 'found' }],
      ['B', { ...common, key: 'GONE', state: 'missing' }],
      ['C', undefined],
      ['D', undefined],
    ]);
    expect(JSON.stringify(variables)).not.toContain('@types');
  });
});

describe('checking a typed value', () => {
  it('names what is unknown, with near names', async () => {
    const { core, ids } = await coreWith({ production: { API_KEY: '1' }, staging: { OWN: '2' } });
    const id = ids['staging'] ?? '';
    expect(await check(core, id, 'A', '@production/API_KEY')).toMatchObject({
      reference: { environment: 'production', key: 'API_KEY', state: 'found' },
    });
    expect((await check(core, id, 'A', '@prodution/API_KEY'))?.issue).toEqual({
      level: 'warning',
      message:
        'There is no environment “prodution”. Did you mean “production”? As it is, this value is text.',
    });
    expect(await check(core, id, 'A', '@production/API_KEYS')).toMatchObject({
      reference: { state: 'missing' },
      issue: {
        level: 'warning',
        message: '“production” has no variable API_KEYS. Did you mean “API_KEY”?',
      },
    });
    expect(await check(core, id, 'A', '@OWN')).toMatchObject({
      kept: '@staging/OWN',
      reference: { environment: 'staging', key: 'OWN' },
    });
    expect((await check(core, id, 'A', '@OWNS'))?.issue?.message).toBe(
      'This environment has no variable OWNS. Did you mean “OWN”? As it is, this value is text.',
    );
    expect(await check(core, id, 'A', '@somebody')).toEqual({});
    expect(await check(core, id, 'A', String.raw`\@OWN`)).toEqual({ kept: '@OWN' });
    const texts = [{ key: 'A', text: '@OWN' }];
    expect(await core.client.references.check({ id, texts, typed: false, drafts: [] })).toEqual([
      {},
    ]);
  });

  it('refuses a cycle with its path, through unsaved edits too', async () => {
    const { core, ids } = await coreWith({ a: { X: '@b/Y' }, b: { Y: '1' } });
    const [a = '', b = ''] = [ids['a'], ids['b']];
    const circle = 'The references lead in a circle: @b/Y → @a/X → @b/Y.';
    expect((await check(core, b, 'Y', '@a/X'))?.issue).toEqual({ level: 'error', message: circle });
    const drafts = [{ id: a, base: await core.base(a), changes: editing('X', 'no reference') }];
    const texts = [{ key: 'Y', text: '@a/X' }];
    const [checked] = await core.client.references.check({ id: b, texts, typed: true, drafts });
    expect(checked?.issue).toBeUndefined();
    const refused = await failureOf(core.save(b, editing('Y', '@a/X')));
    expect(refused).toMatchObject({ code: 'REFERENCE_CYCLE', message: circle });
    expect(await core.values(b)).toEqual({ Y: '1' });
  });

  it('says that nobody can check what is not loaded', async () => {
    const { core, ids } = await coreWith({ staging: {} });
    await core.createSynced('production', { API_KEY: '1' });
    await core.restart();
    const checked = await check(core, ids['staging'] ?? '', 'A', '@production/API_KEY');
    expect(checked).toMatchObject({ reference: { state: 'not-loaded' } });
    expect(checked?.issue?.message).toContain('“production” is not loaded');
  });
});

describe('revealing what programs get', () => {
  it('follows references, and reads what is not in memory', async () => {
    const { core } = await coreWith({ staging: { A: '@production/API_KEY' } });
    await core.createSynced('production', { API_KEY: 'from there' });
    await core.restart();
    const { id } = await core.environment('staging');
    expect(await core.client.references.reveal({ id, key: 'A' })).toEqual({ value: 'from there' });
    expect(await core.activity()).toEqual(['revealed done A']);
    expect((await core.environment('production')).state).toBe('loaded');
    expect(await core.client.environments.reveal({ id, key: 'A' })).toEqual({
      value: '@production/API_KEY',
    });
    const copied = await core.client.references.copy({ id, key: 'A' });
    expect(copied).toMatchObject({ by: 'window', value: 'from there' });
    expect(await core.activity()).toEqual(['copied done A']);
  });

  it('exports what programs get, and names a reference that leads nowhere', async () => {
    const { core, ids } = await coreWith({
      production: { API_KEY: 'from there' },
      staging: { A: '@production/API_KEY', B: String.raw`\@production/API_KEY`, C: '@types/node' },
    });
    const id = ids['staging'] ?? '';
    const exported = await core.client.environments.export({ id, format: 'json' });
    expect(JSON.parse(exported.text)).toEqual({
      A: 'from there',
      B: '@production/API_KEY',
      C: '@types/node',
    });
    await core.save(id, adding({ D: '@production/GONE' }));
    expect(await failureOf(core.client.environments.export({ id, format: 'json' }))).toMatchObject({
      code: 'UNKNOWN_REFERENCE',
      message: '@staging/D: production has no variable GONE.',
    });
  });
});

describe('{{NAME}} in an environment that replaces it', () => {
  it('is resolved on reveal and on export, checked, followed, and found', async () => {
    const { core, ids } = await coreWith({
      production: { HOST: 'db', URL: 'pg://{{HOST}}', LIST: '{{URL}},{{URL}}' },
    });
    const id = ids['production'] ?? '';
    const reveal = (key: string) => core.client.references.reveal({ id, key });
    expect(await reveal('LIST')).toEqual({ value: '{{URL}},{{URL}}' });
    expect(await core.client.environments.setExpands({ id, expands: true })).toMatchObject({
      expands: true,
    });
    expect((await core.environment('production')).expands).toBe(true);
    expect(await reveal('LIST')).toEqual({ value: 'pg://db,pg://db' });
    const exported = await core.client.environments.export({ id, format: 'json' });
    expect(JSON.parse(exported.text)).toEqual({
      HOST: 'db',
      URL: 'pg://db',
      LIST: 'pg://db,pg://db',
    });
    expect((await check(core, id, 'X', '{{HOSR}}'))?.issue?.message).toBe(
      '“production” has no variable HOSR. Did you mean “HOST”?',
    );
    expect(await failureOf(core.save(id, editing('HOST', '{{LIST}}')))).toMatchObject({
      code: 'REFERENCE_CYCLE',
    });
    const { uses } = await core.client.references.uses({ id, key: 'HOST', drafts: [] });
    expect(uses).toMatchObject([{ key: 'URL', as: 'part' }]);
    await core.save(id, { edits: [{ key: 'HOST', rename: 'DB_HOST' }], additions: [] });
    expect(await core.values(id)).toMatchObject({ URL: 'pg://{{DB_HOST}}' });
    expect(
      await core.core.programs.variables(
        { environments: ['production'], assigned: [], expand: false },
        new AbortController().signal,
      ),
    ).toMatchObject({
      variables: [{ value: 'db' }, { value: 'pg://db' }, { value: 'pg://db,pg://db' }],
    });
  });
});

describe('where a variable is used', () => {
  it('lists references to it, unsaved ones too, and names what is not loaded', async () => {
    const { core, ids } = await coreWith({
      production: { API_KEY: '1', ALIAS: '@production/API_KEY' },
      staging: { A: '@production/API_KEY', B: '@production/OTHER' },
    });
    await core.createSynced('far', { X: '@production/API_KEY' });
    await core.restart();
    const [id = '', staging = ''] = [ids['production'], ids['staging']];
    const drafts = [
      {
        id: staging,
        base: await core.base(staging),
        changes: adding({ NEW: '@production/API_KEY' }),
      },
    ];
    const { uses, unread } = await core.client.references.uses({ id, key: 'API_KEY', drafts });
    expect(
      uses.map(({ environment, key, as, unsaved }) => [environment, key, as, unsaved]),
    ).toEqual([
      ['production', 'ALIAS', 'reference', undefined],
      ['staging', 'A', 'reference', undefined],
      ['staging', 'NEW', 'reference', true],
    ]);
    expect(unread).toEqual(['far']);
  });
});

describe('references follow', () => {
  const renaming = (key: string, rename: string): ChangeSet => ({
    edits: [{ key, rename }],
    additions: [],
  });

  it('a renamed variable: at once on this computer, and in the same save', async () => {
    const { core, ids } = await coreWith({
      production: { API_KEY: '1', ALIAS: '@production/API_KEY' },
      staging: { A: '@production/API_KEY', B: String.raw`\@production/API_KEY` },
    });
    const id = ids['production'] ?? '';
    const { followed } = await core.save(id, renaming('API_KEY', 'TOKEN'));
    expect(followed).toEqual({
      renamed: [
        {
          from: { vault: 'production', key: 'API_KEY' },
          to: { vault: 'production', key: 'TOKEN' },
        },
      ],
      changed: [
        { environment: 'production', key: 'ALIAS' },
        { environment: 'staging', key: 'A' },
      ],
      left: [],
      unread: [],
      grants: [],
    });
    expect(await core.values(id)).toEqual({ TOKEN: '1', ALIAS: '@production/TOKEN' });
    expect(await core.values(ids['staging'] ?? '')).toEqual({
      A: '@production/TOKEN',
      B: String.raw`\@production/API_KEY`,
    });
  });

  it('a renamed environment, but never change a synced one, which they name instead', async () => {
    const { core, ids } = await coreWith({
      production: { API_KEY: '1' },
      staging: { A: '@production/API_KEY' },
    });
    const synced = await core.createSynced('synced', { S: '@production/API_KEY' });
    await core.createSynced('far', { F: '@production/API_KEY' });
    await core.restart();
    await core.client.environments.pull({ id: synced });
    const id = ids['production'] ?? '';
    const { name, followed } = await core.client.environments.rename({ id, name: 'live' });
    expect(name).toBe('live');
    expect(followed).toEqual({
      renamed: [{ from: { vault: 'production' }, to: { vault: 'live' } }],
      changed: [{ environment: 'staging', key: 'A' }],
      left: [
        {
          environmentId: synced,
          environment: 'synced',
          key: 'S',
          why: 'synced',
          value: '@live/API_KEY',
        },
      ],
      unread: ['far'],
      grants: [],
    });
    expect(await core.values(ids['staging'] ?? '')).toEqual({ A: '@live/API_KEY' });
    expect(await core.values(synced)).toEqual({ S: '@production/API_KEY' });
    await core.client.environments.pull({ id: synced });
    expect(await core.values(synced)).toEqual({ S: '@production/API_KEY' });
  });
});
