import type { Generation } from '@shared/model/generation';
import { beforeEach, expect, it } from 'vitest';
import { startCore, startTestVault, type TestCore } from '@test/support/core';

type Vault = Awaited<ReturnType<typeof startTestVault>>;

let core: TestCore;
let vault: Vault;
let ids: string[];

beforeEach(async () => {
  core = await startCore();
  vault = await startTestVault();
  const kv = vault.kv('secret');
  kv.put('a', { TOKEN: 'old', OTHER: 'o' });
  kv.put('b', { OTHER: 'o' });
  await core.useVault(vault);
  await core.pullAll();
  ids = [(await core.environment('a')).id, (await core.environment('b')).id];
});

const generation = (more: Partial<Generation> = {}): Generation => ({
  key: 'TOKEN',
  recipe: { kind: 'hex', bytes: 16 },
  ids,
  same: false,
  ...more,
});

async function run(wanted: Generation) {
  const plan = await core.client.generation.plan(wanted);
  const bases = plan.map(({ id, base = '' }) => ({ id, base }));
  return { plan, results: await core.client.generation.apply({ generation: wanted, bases }) };
}

const stored = (path: string): Readonly<Record<string, unknown>> | undefined =>
  vault.kv('secret').read(path);

it('plans without writing, then writes a value of its own to each environment', async () => {
  const plan = await core.client.generation.plan(generation());
  expect(plan.map(({ name, changes }) => [name, changes])).toEqual([
    ['a', [{ key: 'TOKEN', change: 'replaced' }]],
    ['b', [{ key: 'TOKEN', change: 'added' }]],
  ]);
  expect(stored('a')).toEqual({ TOKEN: 'old', OTHER: 'o' });
  const { results } = await run(generation());
  expect(results).toEqual([
    { id: ids[0], name: 'a' },
    { id: ids[1], name: 'b' },
  ]);
  const values = ['a', 'b'].map((path) => stored(path)?.['TOKEN']);
  expect(values).toEqual([
    expect.stringMatching(/^[\da-f]{32}$/),
    expect.stringMatching(/^[\da-f]{32}$/),
  ]);
  expect(values[0]).not.toBe(values[1]);
  expect(stored('b')?.['OTHER']).toBe('o');
});

it('gives the window no value, even of a variable that was plain', async () => {
  await core.client.workspaces.setPlainPatterns({ id: core.workspaceId, patterns: ['TOKEN'] });
  await run(generation({ same: true }));
  const values = ['a', 'b'].map((path) => stored(path)?.['TOKEN']);
  expect(values[0]).toBe(values[1]);
  const open = await core.client.environments.open({ id: ids[0] ?? '' });
  expect(open.variables.find(({ key }) => key === 'TOKEN')).toMatchObject({ secret: true });
  expect(JSON.stringify(open)).not.toContain(String(values[0]));
});

it('writes both halves of a key pair, the public one in plain', async () => {
  const [id = ''] = ids;
  await run(generation({ recipe: { kind: 'ed25519' }, publicKey: 'TOKEN_PUBLIC', ids: [id] }));
  expect(stored('a')).toMatchObject({
    TOKEN: expect.stringContaining('BEGIN PRIVATE KEY') as unknown,
    TOKEN_PUBLIC: expect.stringContaining('BEGIN PUBLIC KEY') as unknown,
  });
  const { variables } = await core.client.environments.open({ id });
  expect(variables.find(({ key }) => key === 'TOKEN_PUBLIC')?.secret).toBe(false);
});

it('leaves an environment alone that somebody changed after the plan, and goes on', async () => {
  const plan = await core.client.generation.plan(generation());
  const [id = ''] = ids;
  vault.kv('secret').put('a', { TOKEN: 'theirs' });
  await core.client.environments.pull({ id });
  const bases = plan.map(({ id: at, base = '' }) => ({ id: at, base }));
  const results = await core.client.generation.apply({ generation: generation(), bases });
  expect(results.map(({ problem }) => problem?.code)).toEqual(['CONFLICT', undefined]);
  expect(stored('a')).toEqual({ TOKEN: 'theirs' });
});

it('says in the plan what cannot be read', async () => {
  const [id = ''] = ids;
  vault.faults.add({
    match: { method: 'GET', path: 'secret/data/a' },
    effect: { kind: 'answer', status: 403, body: { errors: ['permission denied'] } },
  });
  const plan = await core.client.generation.plan(generation());
  expect(plan.find((one) => one.id === id)).toMatchObject({
    changes: [],
    problem: { code: 'PERMISSION_DENIED' },
  });
});
