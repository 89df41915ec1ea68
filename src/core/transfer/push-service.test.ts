/** Push All through the router, against the stand-in servers, looking at what arrived there. */
import type { Draft, PushProgress, PushRow } from '@shared/model/transfer';
import type { ChangeSet } from '@shared/model/change-set';
import { beforeEach, describe, expect, it } from 'vitest';
import type { SecretsManagerServer } from '@test/servers/secrets-manager/server';
import type { VaultServer } from '@test/servers/vault/server';
import {
  adding,
  all,
  startCore,
  startTestAws,
  startTestVault,
  summaryOf,
  type TestCore,
} from '@test/support/core';
import { documentToText } from '@core/secrets/document';
import { filesHolding } from '@test/support/files-holding';

const VALUE = 'sk-live-that-is-pushed';

let core: TestCore;
let vault: VaultServer;

beforeEach(async () => {
  core = await startCore();
  vault = await startTestVault();
});

const kv = (mount = 'secret') => vault.kv(mount);

const draftOf = async (id: string, changes: ChangeSet): Promise<Draft> => ({
  id,
  base: await core.base(id),
  changes,
});

const editing = (key: string, value: string): ChangeSet => ({
  edits: [{ key, value }],
  additions: [],
});

const plan = (drafts: Draft[] = []): Promise<PushRow[]> =>
  core.client.transfer.pushPlan({ workspaceId: core.workspaceId, drafts });

/** The plan as lines such as `staging create +A +B`. */
const lines = async (drafts: Draft[] = []): Promise<string[]> =>
  (await plan(drafts)).map(({ name, action, added, changed, removed, error }) =>
    [
      name,
      action,
      ...added.map((key) => `+${key}`),
      ...changed.map((key) => `~${key}`),
      ...removed.map((key) => `-${key}`),
      ...(error === undefined ? [] : [error.code]),
    ].join(' '),
  );

const push = async (drafts: Draft[] = [], ids?: readonly string[], signal?: AbortSignal) => {
  const chosen = ids ?? (await core.environments()).map(({ id }) => id);
  return core.client.transfer.pushAll(
    { workspaceId: core.workspaceId, drafts, ids: [...chosen] },
    signal === undefined ? {} : { signal },
  );
};

/** The summary as names. */
const pushed = async (...args: Parameters<typeof push>) => {
  const summary = await summaryOf<PushProgress>(push(...args));
  return {
    pushed: summary.pushed.map(({ name }) => name),
    failed: summary.failed.map(({ name, error }) => `${name} ${error.code}`),
    unchanged: summary.unchanged.map(({ name }) => name),
  };
};

const writes = (): number => vault.requests.filter(({ method }) => method !== 'GET').length;

describe('the plan', () => {
  it('says what would be created, changed and removed, and writes nothing', async () => {
    await core.useVault(vault);
    const drafted = await core.createSynced('drafted', { KEEP: '1', EDIT: '1', GO: '1', OLD: '1' });
    await core.createSynced('same', { A: '1' });
    await core.createSynced('gone', { A: '1', B: '2' });
    kv().remove('gone');
    await core.create('Fresh One', { A: VALUE });
    await core.create('empty');
    const before = writes();
    const disk = await core.onDisk();
    const draft = await draftOf(drafted, {
      edits: [
        { key: 'EDIT', value: '2' },
        { key: 'GO', remove: true },
        { key: 'OLD', rename: 'NEW' },
        { key: 'KEEP', disabled: true },
      ],
      additions: [{ key: 'MORE', value: 'x' }],
    });
    expect(await lines([draft])).toEqual([
      'drafted update +NEW +MORE ~EDIT -GO -OLD',
      'same none',
      'gone create +A +B',
      'Fresh One create +A',
      'empty refused INVALID_INPUT',
    ]);
    expect((await plan()).map(({ path }) => path)).toEqual([
      'drafted',
      'same',
      'gone',
      'fresh-one',
      'empty',
    ]);
    expect(writes()).toBe(before);
    expect(await core.onDisk()).toBe(disk);
    expect(kv().paths()).toEqual(['drafted', 'same']);
  });

  it('has nothing to push where the values are not in memory', async () => {
    await core.useVault(vault);
    await core.createSynced('production', { A: '1' });
    await core.restart();
    vault.clearRequests();
    expect(await lines()).toEqual(['production none']);
    expect(vault.requests).toEqual([]);
    expect(await pushed()).toEqual({ pushed: [], failed: [], unchanged: ['production'] });
  });

  it('counts edits of marks alone as nothing to push', async () => {
    await core.useVault(vault);
    const id = await core.createSynced('production', { A: '1' });
    const changes = { edits: [{ key: 'A', disabled: true, secret: false }], additions: [] };
    expect(await lines([await draftOf(id, changes)])).toEqual(['production none']);
    expect(await lines([await draftOf(id, { edits: [], additions: [] })])).toEqual([
      'production none',
    ]);
  });

  it('refuses what would overwrite somebody, and says what to do', async () => {
    await core.useVault(vault);
    kv().put('taken', { THEIRS: '1' });
    await core.create('taken', { A: '1' });
    const edited = await core.createSynced('edited', { A: '1' });
    const draft = await draftOf(edited, editing('A', '2'));
    kv().put('edited', { A: 'theirs' });
    const [taken, conflict] = await plan([draft]);
    expect(taken).toMatchObject({
      action: 'refused',
      added: [],
      error: { code: 'ALREADY_EXISTS' },
    });
    expect(taken?.error?.hint).toBe(
      'Open this environment and switch sync on: there you can merge the two, or choose another path.',
    );
    expect(conflict).toMatchObject({ action: 'refused', error: { code: 'CONFLICT' } });
    expect(await pushed([draft])).toEqual({
      pushed: [],
      failed: ['taken ALREADY_EXISTS', 'edited CONFLICT'],
      unchanged: [],
    });
    expect(kv().read('taken')).toEqual({ THEIRS: '1' });
    expect(kv().read('edited')).toEqual({ A: 'theirs' });
    expect(await core.values(edited)).toEqual({ A: '1' });
  });

  it('refuses a path that another environment has, or would get', async () => {
    await core.useVault(vault);
    await core.createSynced('linked', { A: '1' }, 'prod');
    await core.create('Prod', { A: '1' });
    await core.create('Web', { A: '1' });
    await core.create('web', { A: '2' });
    const rows = await plan();
    expect(rows.map(({ error }) => error?.message)).toEqual([
      undefined,
      'The environment “linked” already uses the path prod.',
      undefined,
      '“Web” would be pushed to the same path, web.',
    ]);
    expect(await pushed()).toEqual({
      pushed: ['Web'],
      failed: ['Prod ALREADY_EXISTS', 'web ALREADY_EXISTS'],
      unchanged: ['linked'],
    });
    expect(kv().read('web')).toEqual({ A: '1' });
  });

  it('refuses edits that cannot be made, and edits on another base', async () => {
    await core.useVault(vault);
    const id = await core.createSynced('production', { A: '1', B: '2' });
    const twice = { edits: [{ key: 'A', rename: 'B' }], additions: [] };
    expect((await plan([await draftOf(id, twice)]))[0]?.error).toMatchObject({
      code: 'INVALID_INPUT',
      message: 'There would be two variables B.',
    });
    const stale = { id, base: 'another', changes: editing('A', '2') };
    expect((await plan([stale]))[0]?.error?.code).toBe('CONFLICT');
  });

  it('tells what the server said of one path, beside the others', async () => {
    await core.useVault(vault);
    await core.create('closed', { A: '1' });
    await core.create('open', { A: '1' });
    vault.faults.add({
      match: { path: 'secret/data/closed' },
      effect: { kind: 'answer', status: 403, body: { errors: ['permission denied'] } },
    });
    expect(await lines()).toEqual(['closed refused PERMISSION_DENIED', 'open create +A']);
  });

  it('says over the limit by how much, and which character is not allowed', async () => {
    const aws = await startTestAws();
    await core.useAws(aws);
    await core.create('big', { BIG: 'x'.repeat(65_536) });
    await core.create('Schlüssel', { A: '1' });
    await core.create('生产', { A: '1' });
    const rows = await plan();
    expect(
      rows.map(({ name, action, error }) => [name, action, error?.code, error?.message]),
    ).toEqual([
      [
        'big',
        'refused',
        'VALUE_TOO_LARGE',
        'All values together take 65,546 bytes, 10 more than the 65,536 that AWS accepts in one secret.',
      ],
      ['Schlüssel', 'create', undefined, undefined],
      ['生产', 'refused', 'NAME_NOT_ALLOWED', 'AWS does not allow “生” in the name of a secret.'],
    ]);
    expect(await pushed()).toEqual({
      pushed: ['Schlüssel'],
      failed: ['big VALUE_TOO_LARGE', '生产 NAME_NOT_ALLOWED'],
      unchanged: [],
    });
    expect(aws.names()).toEqual(['schlussel']);
  });
});

describe.each(['KV v2', 'KV v1', 'AWS', 'the local vault'])('with %s', (where) => {
  let aws: SecretsManagerServer;

  beforeEach(async () => {
    if (where === 'KV v2') await core.useVault(vault);
    if (where === 'KV v1') {
      vault.mount('one', { version: 1 });
      await core.useVault(vault, { enginePath: 'one' });
    }
    if (where === 'AWS') {
      aws = await startTestAws();
      await core.useAws(aws);
    }
  });

  const at = async (path: string): Promise<unknown> => {
    if (where === 'AWS') {
      const content = aws.secret(path)?.current?.value;
      return content === undefined ? undefined : (JSON.parse(String(content)) as unknown);
    }
    if (where === 'the local vault') {
      const document = (await core.readLocalVault(path))?.document;
      if (document === undefined || document.shape === 'binary') return undefined;
      return JSON.parse(documentToText(document)) as unknown;
    }
    return kv(where === 'KV v1' ? 'one' : 'secret').read(path);
  };

  const remove = async (path: string, id: string): Promise<void> => {
    if (where === 'AWS') aws.remove(path);
    else if (where === 'the local vault') await core.removeFromLocalVault(path);
    else kv(where === 'KV v1' ? 'one' : 'secret').remove(path);
    expect(await core.values(id)).toEqual({ A: '1' });
  };

  it('creates, updates and creates again, and links what was only here', async () => {
    const drafted = await core.createSynced('drafted', { A: '1', B: '2' });
    const gone = await core.createSynced('gone', { A: '1' });
    await remove('gone', gone);
    const fresh = await core.create('Fresh', { API_KEY: VALUE });
    const draft = await draftOf(drafted, {
      edits: [{ key: 'A', value: 'edited' }],
      additions: [{ key: 'C', value: '3', disabled: true }],
    });
    const localDraft = await draftOf(fresh, adding({ TYPED: 'unsaved' }));
    const goneDraft = await draftOf(gone, editing('A', 'again'));

    const events = await all(push([draft, localDraft, goneDraft]));
    expect(events[0]).toEqual({ type: 'pushing', done: 0, total: 3 });
    expect(events.filter(({ type }) => type === 'pushing').length).toBe(4);
    expect(events.at(-1)).toMatchObject({
      type: 'summary',
      pushed: [
        { id: drafted, path: 'drafted' },
        { id: gone, path: 'gone' },
        { id: fresh, name: 'Fresh', path: 'fresh' },
      ],
      failed: [],
      unchanged: [],
    });

    expect((await core.activity())[0]).toBe('pushed done 3 pushed, 0 failed, 0 unchanged');

    const expected = {
      drafted: { A: 'edited', B: '2', C: '3' },
      gone: { A: 'again' },
      fresh: { API_KEY: VALUE, TYPED: 'unsaved' },
    };
    for (const [path, content] of Object.entries(expected)) {
      expect(await at(path)).toEqual(content);
    }
    expect(await core.values(fresh)).toEqual(expected.fresh);
    expect(await core.environment('Fresh')).toMatchObject({ synced: true, state: 'loaded' });
    const { variables } = await core.client.environments.open({ id: drafted });
    expect(variables.find(({ key }) => key === 'C')?.disabled).toBe(true);
    expect(await filesHolding(core.dataDirectory, Buffer.from(VALUE))).toEqual([]);
    expect((await lines()).map((line) => line.split(' ')[1])).toEqual(['none', 'none', 'none']);
  });
});

describe('a run', () => {
  beforeEach(async () => {
    await core.useVault(vault);
  });

  const refuse = (path: string, times?: number) =>
    vault.faults.add({
      match: { method: ['POST', 'PUT'], path: `secret/data/${path}` },
      ...(times !== undefined && { times }),
      effect: { kind: 'answer', status: 500, body: { errors: ['internal error'] } },
    });

  it('goes on where one fails, keeps its edits, and tries it again alone', async () => {
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) await core.create(name, { KEY: name });
    const b = await core.environment('b');
    const draft = await draftOf(b.id, adding({ MORE: 'unsaved' }));
    const fault = refuse('b');
    expect(await pushed([draft])).toEqual({
      pushed: ['a', 'c', 'd', 'e', 'f'],
      failed: ['b SERVER_ERROR'],
      unchanged: [],
    });
    expect((await core.activity())[0]).toBe('pushed failed 5 pushed, 1 failed, 0 unchanged');
    expect(await core.environment('b')).toMatchObject({ synced: false, state: 'local' });
    expect(await core.base(b.id)).toBe(draft.base);
    expect(await core.values(b.id)).toEqual({ KEY: 'b' });

    fault.remove();
    vault.clearRequests();
    expect(await pushed([draft], [b.id])).toEqual({ pushed: ['b'], failed: [], unchanged: [] });
    expect(kv().read('b')).toEqual({ KEY: 'b', MORE: 'unsaved' });
    expect(vault.requests.every(({ path }) => path === 'secret/data/b')).toBe(true);
  });

  it('stops when it is cancelled, and what was pushed by then is pushed', async () => {
    for (let index = 0; index < 12; index += 1)
      await core.create(`env-${String(index)}`, { A: '1' });
    const abort = new AbortController();
    const events = await push([], undefined, abort.signal);
    const finished: string[] = [];
    await expect(
      (async () => {
        for await (const event of events) {
          if (event.type !== 'pushing' || event.finished === undefined) continue;
          finished.push(event.finished.name);
          abort.abort();
        }
      })(),
    ).rejects.toMatchObject({ code: 'CANCELLED' });
    expect((await core.activity())[0]).toBe('pushed cancelled 1 of 12');
    const synced = (await core.environments()).filter((each) => each.synced);
    expect(synced.map(({ name }) => name)).toEqual(expect.arrayContaining(finished));
    expect(synced.length).toBeLessThan(12);
    for (const { path } of synced) expect(kv().read(path)).toEqual({ A: '1' });

    // What is left goes with the next run, whatever the broken-off writes came to.
    const again = await pushed();
    expect(again.failed).toEqual([]);
    expect(again.pushed.length + again.unchanged.length).toBe(12);
    expect(kv().paths().length).toBe(12);
  });

  it.each([true, false])(
    'after an answer that was lost (applied: %s) can simply be tried again',
    async (applied) => {
      const fresh = await core.create('fresh', { API_KEY: VALUE });
      const edited = await core.createSynced('edited', { A: '1' });
      const draft = await draftOf(edited, editing('A', '2'));
      const outages = ['fresh', 'edited'].map((name) => {
        const path = `secret/data/${name}`;
        return vault.faults.outage({ method: 'POST', path }, applied, { path });
      });
      expect(await pushed([draft])).toEqual({
        pushed: [],
        failed: ['fresh CONNECTION_RESET', 'edited CONNECTION_RESET'],
        unchanged: [],
      });
      for (const outage of outages) outage.repair();
      expect((await lines([draft]))[0]).toBe(applied ? 'fresh link' : 'fresh create +API_KEY');
      expect((await pushed([draft])).failed).toEqual([]);
      expect(kv().read('fresh')).toEqual({ API_KEY: VALUE });
      expect(kv().read('edited')).toEqual({ A: '2' });
      expect(kv().currentVersion('fresh')).toBe(1);
      expect(kv().currentVersion('edited')).toBe(2);
      expect(await core.values(fresh)).toEqual({ API_KEY: VALUE });
      expect(await core.values(edited)).toEqual({ A: '2' });
    },
  );

  it('refuses what somebody puts at the path after the plan was made', async () => {
    const id = await core.create('fresh', { A: '1' });
    const gate = vault.faults.gate({ method: 'POST', path: 'secret/data/fresh' });
    const running = pushed();
    await gate.reached;
    kv().put('fresh', { THEIRS: '1' });
    gate.open();
    expect((await running).failed).toEqual(['fresh ALREADY_EXISTS']);
    expect(kv().read('fresh')).toEqual({ THEIRS: '1' });
    expect(await core.values(id)).toEqual({ A: '1' });
  });

  it('runs once at a time, and a few environments at a time', async () => {
    for (let index = 0; index < 20; index += 1)
      await core.create(`env-${String(index)}`, { A: '1' });
    const gate = vault.faults.gate({ method: 'POST' });
    const running = all(push());
    await gate.reached;
    await expect(push().then(all)).rejects.toMatchObject({ code: 'ALREADY_RUNNING' });
    gate.open();
    await running;
    expect((await pushed()).unchanged.length).toBe(20);
  });

  it('tells of an environment that was deleted meanwhile', async () => {
    const id = await core.create('fresh', { A: '1' });
    await core.client.environments.remove({ id, onServer: false });
    expect(await pushed([], [id])).toEqual({ pushed: [], failed: [], unchanged: [] });
  });

  it('ends with a clear sentence when its workspace is deleted', async () => {
    const { workspaces } = core.client;
    const { id: workspaceId } = await workspaces.create({ name: 'Other' });
    const { id } = await core.client.environments.create({ workspaceId, name: 'fresh' });
    const { base = '' } = await core.client.environments.open({ id });
    await core.client.environments.save({ id, base, changes: adding({ A: '1' }) });
    const gate = vault.faults.gate({ method: 'POST', path: 'secret/data/fresh' });
    const running = all(core.client.transfer.pushAll({ workspaceId, drafts: [], ids: [id] })).then(
      () => undefined,
      toErrorCode,
    );
    await gate.reached;
    await workspaces.remove({ id: workspaceId });
    gate.open();
    expect(await running).toBe('NO_SUCH_WORKSPACE');
    await expect(core.client.transfer.pushPlan({ workspaceId, drafts: [] })).rejects.toMatchObject({
      code: 'NO_SUCH_WORKSPACE',
    });
  });
});

const toErrorCode = (error: unknown): unknown =>
  error instanceof Error && 'code' in error ? error.code : error;
