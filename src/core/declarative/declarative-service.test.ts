/** Plan, apply, adopt and release, on this computer and in stores that refuse, swap or detect. */
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import {
  hasChanges,
  readDeclaration,
  type AppliedVault,
  type Declaration,
  type VaultPlan,
} from '@shared/model/declaration';
import { parameterStoreForm } from '@test/support/forms';
import {
  adding,
  startCore,
  startTestAws,
  startTestVault,
  summaryOf,
  type TestCore,
} from '@test/support/core';
import { failureOf } from '@test/support/failure-of';
import { startParameterStoreServer } from '@test/servers/parameter-store/server';

const { signal } = new AbortController();

type Raw = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

const declare = (vaults: Raw, name = 'my-app'): Declaration => readDeclaration(name, vaults);

const planOf = (core: TestCore, vaults: Raw, name?: string): Promise<VaultPlan[]> =>
  core.core.declarative.plan(core.workspaceId, declare(vaults, name), signal);

interface Consents {
  readonly adopt?: readonly string[];
  readonly deleteAll?: readonly string[];
  readonly name?: string;
}

/** Plans, and applies the plan. */
async function apply(
  core: TestCore,
  vaults: Raw,
  consents: Consents = {},
): Promise<AppliedVault[]> {
  return applyPlan(core, vaults, await planOf(core, vaults, consents.name), consents);
}

const applyPlan = (
  { core, workspaceId }: TestCore,
  vaults: Raw,
  plans: readonly VaultPlan[],
  { adopt = [], deleteAll = [], name }: Consents = {},
): Promise<AppliedVault[]> => {
  const agreed = plans.flatMap((plan) => ('base' in plan && hasChanges(plan) ? [plan] : []));
  const declaration = declare(vaults, name);
  return core.declarative.apply(workspaceId, declaration, { agreed, adopt, deleteAll }, signal);
};

/** `action name:action …`, by vault. */
const words = (plans: readonly VaultPlan[]): Record<string, string> =>
  Object.fromEntries(
    plans.map((plan) => [
      plan.vault,
      'problem' in plan
        ? plan.problem.code
        : [plan.action, ...plan.secrets.map(({ name, action }) => `${name}:${action}`)].join(' '),
    ]),
  );

const outcomes = (applied: readonly AppliedVault[]): Record<string, string> =>
  Object.fromEntries(applied.map(({ vault, outcome, error }) => [vault, error?.code ?? outcome]));

/** What an environment holds in its store. */
async function stored(core: TestCore, name: string): Promise<Record<string, string>> {
  const { id, synced } = await core.environment(name);
  if (synced) await core.client.environments.pull({ id });
  return core.values(id);
}

interface Place {
  readonly name: string;
  readonly open: () => Promise<TestCore>;
  /** Why the mark is on this computer. */
  readonly markedHere?: string;
}

const places: readonly Place[] = [
  {
    name: 'this computer',
    markedHere: 'local',
    open: async () => {
      const core = await startCore();
      for (const name of ['api', 'database', 'other']) await core.create(name);
      return core;
    },
  },
  {
    name: 'the local vault',
    open: async () => {
      const core = await startCore();
      await core.useLocal();
      return core;
    },
  },
  {
    name: 'KV v2',
    open: async () => {
      const [core, vault] = [await startCore(), await startTestVault()];
      await core.useVault(vault);
      return core;
    },
  },
  {
    name: 'KV v1',
    markedHere: 'not-supported',
    open: async () => {
      const [core, vault] = [await startCore(), await startTestVault()];
      vault.mount('old', { version: 1 });
      await core.useVault(vault, { enginePath: 'old' });
      return core;
    },
  },
  {
    name: 'AWS Secrets Manager',
    open: async () => {
      const [core, aws] = [await startCore(), await startTestAws()];
      await core.useAws(aws);
      return core;
    },
  },
  {
    name: 'folders of parameters',
    open: async () => {
      const [core, server] = [await startCore(), await startParameterStoreServer()];
      onTestFinished(() => server.stop());
      await core.client.connections.save(
        parameterStoreForm(core.workspaceId, server, server.accessKey()),
      );
      return core;
    },
  },
];

describe.each(places)('on $name', ({ open, markedHere }) => {
  let core: TestCore;

  beforeEach(async () => {
    core = await open();
  });

  it('creates, updates, deletes, and then has nothing to do', async () => {
    const first = { api: { A: '1', B: '2', C: '3' }, database: { URL: 'postgres://' } };
    const before = await core.environments();
    expect(words(await planOf(core, first))).toEqual({
      api: 'create A:create B:create C:create',
      database: 'create URL:create',
    });
    expect(await core.environments()).toEqual(before);
    const applied = await apply(core, first);
    expect(outcomes(applied)).toEqual({ api: 'applied', database: 'applied' });
    expect(applied[0]?.markedHere).toBe(markedHere);
    expect(await stored(core, 'api')).toEqual(first.api);
    expect(words(await planOf(core, first))).toMatchObject({
      api: 'unchanged A:unchanged B:unchanged C:unchanged',
    });
    const second = { api: { A: '1', B: 'two', D: '4' }, database: { URL: 'postgres://' } };
    expect(words(await planOf(core, second))).toEqual({
      api: 'update A:unchanged B:update C:delete D:create',
      database: 'unchanged URL:unchanged',
    });
    expect(outcomes(await apply(core, second))).toEqual({ api: 'applied' });
    expect(await stored(core, 'api')).toEqual(second.api);
    expect((await planOf(core, second)).some((plan) => 'base' in plan && hasChanges(plan))).toBe(
      false,
    );
  });

  it('refuses a vault that was changed after the plan', async () => {
    await apply(core, { api: { A: '1' }, other: { B: '1' } });
    const next = { api: { A: '2' }, other: { B: '2' } };
    const plans = await planOf(core, next);
    const { id } = await core.environment('api');
    await core.core.declarative.release(id, signal);
    await core.save(id, { edits: [{ key: 'A', value: 'by hand' }], additions: [] });
    expect(outcomes(await applyPlan(core, next, plans))).toEqual({
      api: 'CONFLICT',
      other: 'applied',
    });
    expect(await stored(core, 'api')).toEqual({ A: 'by hand' });
    expect(await stored(core, 'other')).toEqual({ B: '2' });
  });

  it('warns of a change by hand, and asks before it adopts again', async () => {
    const declared = { api: { A: '1' } };
    await apply(core, declared);
    const { id } = await core.environment('api');
    const edit = () => core.save(id, { edits: [{ key: 'A', value: 'mine' }], additions: [] });
    expect(await failureOf(edit())).toMatchObject({
      code: 'OWNED_BY_CONFIG',
      data: { details: { owner: 'my-app' } },
    });
    expect(await stored(core, 'api')).toEqual({ A: '1' });
    // Marks of variables are no content.
    await core.save(id, { edits: [{ key: 'A', secret: false }], additions: [] });
    expect(await core.client.environments.release({ id })).toEqual({ owner: 'my-app' });
    expect(await core.client.environments.release({ id })).toEqual({});
    await edit();
    expect(await stored(core, 'api')).toEqual({ A: 'mine' });
    expect(words(await planOf(core, declared))).toEqual({ api: 'adopt A:update' });
    expect(outcomes(await apply(core, declared))).toEqual({ api: 'NOT_ADOPTED' });
    expect(await stored(core, 'api')).toEqual({ A: 'mine' });
    expect(outcomes(await apply(core, declared, { adopt: ['api'] }))).toEqual({ api: 'applied' });
    expect(await stored(core, 'api')).toEqual({ A: '1' });
  });

  it('does not take a vault from another configuration without being told', async () => {
    await apply(core, { api: { A: '1' } });
    const theirs = { api: { A: '2' } };
    const [plan] = await planOf(core, theirs, 'their-app');
    expect(plan).toMatchObject({ action: 'adopt', owner: 'my-app' });
    expect(outcomes(await apply(core, theirs, { name: 'their-app' }))).toEqual({
      api: 'NOT_ADOPTED',
    });
    await apply(core, theirs, { name: 'their-app', adopt: ['api'] });
    expect(await stored(core, 'api')).toEqual({ A: '2' });
    expect((await planOf(core, { api: { A: '1' } }))[0]).toMatchObject({
      action: 'adopt',
      owner: 'their-app',
    });
  });

  it('releases a vault that is no longer declared, and deletes nothing of it', async () => {
    await apply(core, { api: { A: '1' }, database: { URL: 'x' } });
    const rest = { api: { A: '1' } };
    expect(words(await planOf(core, rest))).toEqual({
      api: 'unchanged A:unchanged',
      database: 'release',
    });
    expect(outcomes(await apply(core, rest))).toEqual({ database: 'applied' });
    expect(await stored(core, 'database')).toEqual({ URL: 'x' });
    const { id } = await core.environment('database');
    await core.save(id, { edits: [{ key: 'URL', value: 'y' }], additions: [] });
    expect(words(await planOf(core, rest))).toEqual({ api: 'unchanged A:unchanged' });
  });

  it('deletes everything of a vault only with its own consent', async () => {
    await apply(core, { api: { A: '1', B: '2' } });
    const renamed = { api: { C: '3' } };
    expect((await planOf(core, renamed))[0]).toMatchObject({ empties: true });
    expect(outcomes(await apply(core, renamed))).toEqual({ api: 'WOULD_DELETE_ALL' });
    expect(await stored(core, 'api')).toEqual({ A: '1', B: '2' });
    await apply(core, renamed, { deleteAll: ['api'] });
    expect(await stored(core, 'api')).toEqual({ C: '3' });
  });

  it('keeps the value of an external secret, and resolves references', async () => {
    const id = await core.create('shared', { TOKEN: 'from elsewhere' });
    const external = { external: true };
    const declared = {
      api: { A: '1', THEIRS: external, TOKEN: { vault: 'shared', key: 'TOKEN' } },
      database: { ALIAS: { vault: 'api', key: 'A' } },
    };
    expect(words(await planOf(core, declared))).toMatchObject({
      api: 'create A:create THEIRS:missing TOKEN:create',
    });
    await apply(core, declared);
    expect(await stored(core, 'api')).toEqual({ A: '1', TOKEN: 'from elsewhere' });
    expect(await stored(core, 'database')).toEqual({ ALIAS: '1' });
    const api = await core.environment('api');
    await core.core.declarative.release(api.id, signal);
    await core.save(api.id, adding({ THEIRS: 'set by them' }));
    await core.save(id, { edits: [{ key: 'TOKEN', value: 'changed' }], additions: [] });
    expect(words(await planOf(core, declared))).toMatchObject({
      api: 'adopt A:unchanged THEIRS:unchanged TOKEN:update',
    });
    await apply(core, declared, { adopt: ['api'] });
    expect(await stored(core, 'api')).toMatchObject({ THEIRS: 'set by them', TOKEN: 'changed' });
  });

  it('holds no value in a plan, a report or the activity log', async () => {
    const declared = { api: { A: 'sk-verysecret' } };
    const plans = await planOf(core, declared);
    const applied = await applyPlan(core, declared, plans);
    const entries = await core.client.activity.list({ workspaceId: core.workspaceId, limit: 50 });
    const told = JSON.stringify([plans, applied, entries]);
    expect(told).toContain('my-app: 1 created');
    expect(told).not.toContain('sk-verysecret');
  });

  it('protects an owned environment from every other change', async () => {
    await apply(core, { api: { A: '1' } });
    const { id, synced } = await core.environment('api');
    const refused = [
      core.client.environments.remove({ id, onServer: true }),
      ...(synced ? [core.client.environments.undelete({ id })] : []),
    ];
    for (const change of refused) {
      expect(await failureOf(change)).toMatchObject({ code: 'OWNED_BY_CONFIG' });
    }
    expect(await stored(core, 'api')).toEqual({ A: '1' });
  });
});

describe('apply', () => {
  it('goes on after a failure, and keeps what succeeded', async () => {
    const [core, vault] = [await startCore(), await startTestVault()];
    await core.useVault(vault);
    vault.faults.add({
      match: ({ method, path }) => method === 'POST' && path.includes('/data/b'),
      effect: { kind: 'answer', status: 403, body: { errors: ['permission denied'] } },
    });
    const declared = { a: { K: '1' }, b: { K: '2' }, c: { K: '3' } };
    const applied = await apply(core, declared);
    expect(outcomes(applied)).toEqual({ a: 'applied', b: 'PERMISSION_DENIED', c: 'applied' });
    expect(vault.kv('secret').read('a')).toEqual({ K: '1' });
    expect(vault.kv('secret').read('b')).toBeUndefined();
    vault.faults.clear();
    expect(outcomes(await apply(core, declared))).toEqual({ b: 'applied' });
    expect(vault.kv('secret').read('b')).toEqual({ K: '2' });
  });

  it('sees the owner from another computer, which had no part in it', async () => {
    const vault = await startTestVault();
    const [one, two] = [await startCore(), await startCore()];
    for (const core of [one, two]) await core.useVault(vault);
    const declared = { api: { A: '1' } };
    await apply(one, declared);
    expect(words(await planOf(two, declared))).toEqual({ api: 'unchanged A:unchanged' });
    await two.pullAll();
    const { id } = await two.environment('api');
    const edit = () => two.save(id, { edits: [{ key: 'A', value: '2' }], additions: [] });
    expect(await failureOf(edit())).toMatchObject({ code: 'OWNED_BY_CONFIG' });
    await two.client.environments.release({ id });
    await edit();
    expect(words(await planOf(one, declared))).toEqual({ api: 'adopt A:update' });
  });

  it('adopts what is at the provider and not here yet, under the name of the vault', async () => {
    const [core, vault] = [await startCore(), await startTestVault()];
    await core.useVault(vault);
    vault.kv('secret').put('api-keys', { A: '1', OLD: 'x' });
    const declared = { 'API keys': { A: '2' } };
    expect(words(await planOf(core, declared))).toEqual({
      'API keys': 'adopt A:update OLD:delete',
    });
    await apply(core, declared, { adopt: ['API keys'] });
    expect(vault.kv('secret').read('api-keys')).toEqual({ A: '2' });
    expect((await core.environments()).map(({ name, path }) => [name, path])).toEqual([
      ['API keys', 'api-keys'],
    ]);
  });

  it('creates a deleted secret again', async () => {
    const [core, vault] = [await startCore(), await startTestVault()];
    await core.useVault(vault);
    const declared = { api: { A: '1' } };
    await apply(core, declared);
    vault.kv('secret').delete('api');
    expect(words(await planOf(core, declared))).toEqual({ api: 'update A:create' });
    await apply(core, declared);
    expect(vault.kv('secret').read('api')).toEqual({ A: '1' });
  });

  it('keeps the mark on this computer if the credentials may not set it, and says so', async () => {
    const [core, vault] = [await startCore(), await startTestVault()];
    vault.policy('values', {
      'secret/data/*': ['create', 'read', 'update'],
      'secret/metadata/*': ['list'],
    });
    const rootToken = vault.token({ policies: ['values'] });
    await core.useVault({ url: vault.url, rootToken }, { kvVersion: '2' });
    const declared = { api: { A: '1' } };
    const [applied] = await apply(core, declared);
    expect(applied).toEqual({ vault: 'api', outcome: 'applied', markedHere: 'not-permitted' });
    expect((await planOf(core, declared))[0]).toMatchObject({
      action: 'unchanged',
      markedHere: 'not-permitted',
    });
    const { id } = await core.environment('api');
    await core.client.environments.release({ id });
    expect(words(await planOf(core, declared))).toEqual({ api: 'adopt A:unchanged' });
  });

  it('tells which vault cannot be read, and plans the others', async () => {
    const core = await startCore();
    const declared = { api: { A: { vault: 'none', key: 'X' } }, other: { B: '1' } };
    expect(words(await planOf(core, declared))).toEqual({
      api: 'NO_SUCH_ENVIRONMENT',
      other: 'create B:create',
    });
  });

  it('protects an owned path from an environment that would be linked over it', async () => {
    const [core, vault] = [await startCore(), await startTestVault()];
    await core.useVault(vault);
    const other = await startCore();
    await other.useVault(vault);
    await apply(other, { api: { A: '1' } });
    const id = await core.create('mine', { A: '2' });
    const { serverRevision } = await core.client.environments.previewSync({ id, path: 'api' });
    const link = (resolution: 'replace' | 'take-server') =>
      core.client.environments.enableSync({ id, path: 'api', resolution, serverRevision });
    expect(await failureOf(link('replace'))).toMatchObject({ code: 'OWNED_BY_CONFIG' });
    expect(vault.kv('secret').read('api')).toEqual({ A: '1' });
    await link('take-server');
    expect(await core.values(id)).toEqual({ A: '1' });
  });

  it('protects an owned environment from being migrated', async () => {
    const [core, vault] = [await startCore(), await startTestVault()];
    await core.useVault(vault);
    await apply(core, { api: { A: '1' } });
    const { id } = await core.environment('api');
    const target = { environmentId: id, provider: 'hashicorp-vault', toPath: 'moved' } as const;
    const migrate = () => summaryOf(core.client.migrations.run(target));
    expect(await failureOf(migrate())).toMatchObject({ code: 'OWNED_BY_CONFIG' });
    await core.client.environments.release({ id });
    await migrate();
    expect(words(await planOf(core, { api: { A: '1' } }))).toEqual({ api: 'adopt A:unchanged' });
  });

  it('forgets the mark of an environment that leaves its place', async () => {
    const core = await startCore();
    await core.create('api');
    await apply(core, { api: { A: '1' } });
    const { id } = await core.environment('api');
    const link = () => core.client.environments.enableSync({ id, path: 'api', resolution: 'push' });
    expect(await failureOf(link())).toMatchObject({ code: 'OWNED_BY_CONFIG' });
    await core.client.environments.release({ id });
    await link();
    await apply(core, { api: { A: '1' } }, { adopt: ['api'] });
    await core.client.environments.disableSync({ id });
    expect(words(await planOf(core, { api: { A: '1' } }))).toEqual({ api: 'create A:create' });
  });

  it('makes an empty vault, and owns it', async () => {
    const [core, vault] = [await startCore(), await startTestVault()];
    await core.useVault(vault);
    expect(outcomes(await apply(core, { api: {} }))).toEqual({ api: 'applied' });
    expect(words(await planOf(core, { api: {} }))).toEqual({ api: 'unchanged' });
    await apply(core, { api: { A: '1' } });
    expect(vault.kv('secret').read('api')).toEqual({ A: '1' });
  });
});
