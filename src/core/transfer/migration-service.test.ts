/** Migrate… through the router, against the stand-in servers, looking at what both ends hold. */
import type { MigrationProgress, MigrationStage } from '@shared/model/migration';
import { migrationStages } from '@shared/model/migration';
import type { ProviderId } from '@shared/providers/descriptor';
import { beforeEach, describe, expect, it } from 'vitest';
import type { SecretsManagerServer } from '@test/servers/secrets-manager/server';
import type { VaultServer } from '@test/servers/vault/server';
import {
  all,
  startCore,
  startTestAws,
  startTestVault,
  summaryOf,
  type TestCore,
} from '@test/support/core';
import { documentToText } from '@core/secrets/document';
import { filesHolding } from '@test/support/files-holding';

const VALUE = 'sk-live-that-is-moved-about';

let core: TestCore;
let vault: VaultServer;

beforeEach(async () => {
  core = await startCore();
  vault = await startTestVault();
});

const kv = (mount = 'secret') => vault.kv(mount);

const run = (environmentId: string, toPath: string, provider: ProviderId = 'hashicorp-vault') =>
  core.client.migrations.run({ environmentId, provider, toPath });

const plan = (environmentId: string, toPath: string, provider: ProviderId = 'hashicorp-vault') =>
  core.client.migrations.plan({ environmentId, provider, toPath });

const pending = () => core.client.migrations.pending({ workspaceId: core.workspaceId });

const thePending = async () => {
  const [move, ...others] = await pending();
  if (move === undefined || others.length > 0) throw new Error('Not exactly one move is pending');
  return move;
};

/** Reads events until a stage begins, and leaves the stream there, as a window that is closed. */
async function stopAt(
  events: Promise<AsyncIterable<MigrationProgress>>,
  stage: MigrationStage,
): Promise<void> {
  for await (const event of await events) {
    if (event.type === 'stage' && event.stage === stage) return;
  }
  throw new Error(`The stage ${stage} was not reached`);
}

const stagesOf = (events: readonly MigrationProgress[]): string[] =>
  events.map((event) => (event.type === 'stage' ? event.stage : event.type));

describe('from one path to another', () => {
  it('copies, compares, links the environment and removes the source', async () => {
    await core.useVault(vault);
    const id = await core.createSynced('production', { API_KEY: VALUE, B: '2' }, 'old');
    await core.client.environments.setActive({ workspaceId: core.workspaceId, id });
    const events = await all(run(id, 'team/new'));
    expect(stagesOf(events)).toEqual([...migrationStages, 'summary']);
    expect(events.at(-1)).toMatchObject({
      from: { provider: 'hashicorp-vault', path: 'old' },
      to: { provider: 'hashicorp-vault', path: 'team/new' },
      reachable: true,
      recoverable: true,
    });
    expect(kv().read('team/new')).toEqual({ API_KEY: VALUE, B: '2' });
    expect(kv().read('old')).toBeUndefined();
    expect(
      kv()
        .versions('old')
        .map(({ state }) => state),
    ).toEqual(['deleted']);
    expect(await core.environment('production')).toMatchObject({
      id,
      path: 'team/new',
      synced: true,
      active: true,
      state: 'loaded',
      revision: 'v1',
    });
    expect(await pending()).toEqual([]);
    expect(await core.activity()).toEqual(['migrated done old → team/new']);

    // What is in memory belongs to the new path: it can be saved at once.
    await core.save(id, { edits: [{ key: 'B', value: '3' }], additions: [] });
    expect(kv().read('team/new')).toEqual({ API_KEY: VALUE, B: '3' });
    expect(kv().read('old')).toBeUndefined();
  });

  it('keeps kinds, nested values, marks and unloaded environments as they are', async () => {
    await core.useVault(vault);
    kv().put('old', '{"PORT":5432,"ON":true,"NOPE":null,"LIMITS":{"b":[1,2.50],"a":"x"},"T":"5"}');
    await core.pullAll();
    const { id } = await core.environment('old');
    await core.save(id, { edits: [{ key: 'T', disabled: true, secret: false }], additions: [] });
    const before = await core.client.environments.open({ id });
    await core.restart();
    await summaryOf(run(id, 'new'));
    expect(kv().read('new')).toEqual({
      PORT: 5432,
      ON: true,
      NOPE: null,
      LIMITS: { b: [1, 2.5], a: 'x' },
      T: '5',
    });
    const after = await core.client.environments.open({ id });
    expect(after.variables).toEqual(before.variables);
    expect(after.environment.state).toBe('loaded');
  });

  it('works with KV v1, where what is removed is gone', async () => {
    vault.mount('one', { version: 1 });
    await core.useVault(vault, { enginePath: 'one' });
    const id = await core.createSynced('production', { A: VALUE }, 'old');
    expect(await summaryOf(run(id, 'new'))).toMatchObject({ recoverable: false });
    expect(kv('one').paths()).toEqual(['new']);
    expect(kv('one').read('new')).toEqual({ A: VALUE });
  });

  it.each(['Vault', 'AWS'])('leaves no trace of the old path with %s', async (where) => {
    if (where === 'Vault') await core.useVault(vault);
    else await core.useAws(await startTestAws());
    const provider = where === 'Vault' ? 'hashicorp-vault' : 'aws-secrets-manager';
    const id = await core.createSynced('production', { A: VALUE }, 'old');
    const { workspaceId } = core;
    const glance = () => core.client.environments.glance({ workspaceId, ids: [id] });
    const events = await run(id, 'new', provider);
    for await (const event of events) {
      // As the window does now and then: the old path was looked at before.
      if (event.type === 'stage' && event.stage === 'verifying') await glance();
    }
    expect((await core.environment('production')).server).toBeUndefined();
    expect((await glance())[0]?.server).toBeUndefined();
    expect(await core.pullAll()).toMatchObject({
      created: [],
      existing: ['new'],
      skipped: [],
      deleted: [{ path: 'old' }],
      missing: [],
    });
  });

  it('works with AWS, which keeps what was removed for 30 days', async () => {
    const aws = await startTestAws();
    await core.useAws(aws);
    const id = await core.createSynced('production', { A: VALUE }, 'old');
    const summary = await summaryOf(run(id, 'new', 'aws-secrets-manager'));
    expect(aws.secret('new')?.current?.value).toBe(`{"A":"${VALUE}"}`);
    const deletion = aws.secret('old')?.deletionDate;
    expect(summary.recoverable).toBe(true);
    expect(summary.until).toBeCloseTo(deletion?.getTime() ?? 0, -4);
  });

  it('works with the local vault', async () => {
    const id = await core.createSynced('production', { A: VALUE }, 'old');
    const summary = await summaryOf(run(id, 'new', 'local-vault'));
    expect(summary).toMatchObject({ recoverable: true, reachable: true });
    expect(await core.pullAll()).toMatchObject({ created: [], existing: ['new'] });
    expect(await core.values(id)).toEqual({ A: VALUE });
  });

  it('moves binary and plain text between paths of AWS', async () => {
    const aws = await startTestAws();
    aws.put('text', 'one text');
    aws.put('bytes', Buffer.from([0, 1, 255]));
    await core.useAws(aws);
    await core.pullAll();
    for (const name of ['text', 'bytes']) {
      const { id } = await core.environment(name);
      await summaryOf(run(id, `moved/${name}`, 'aws-secrets-manager'));
    }
    expect(aws.secret('moved/text')?.current?.value).toBe('one text');
    expect(aws.secret('moved/bytes')?.current?.value).toEqual(Buffer.from([0, 1, 255]));
  });
});

describe('from one provider to another', () => {
  let aws: SecretsManagerServer;

  beforeEach(async () => {
    aws = await startTestAws();
    await core.useAws(aws);
    await core.useVault(vault);
  });

  it('offers the providers that are set up, the one in use first', async () => {
    const id = await core.create('production');
    const targets = await core.client.migrations.targets({
      workspaceId: core.workspaceId,
      environmentId: id,
    });
    expect(targets).toEqual([
      { provider: 'hashicorp-vault', label: 'HashiCorp Vault', current: true },
      { provider: 'aws-secrets-manager', label: 'AWS Secrets Manager', current: false },
      { provider: 'local-vault', label: 'Local vault', current: false },
    ]);
  });

  it('says that the environment waits for the workspace to use the other provider', async () => {
    const id = await core.createSynced('production', { A: VALUE, B: '2' });
    expect(await plan(id, 'production', 'aws-secrets-manager')).toEqual({
      from: {
        provider: 'hashicorp-vault',
        path: 'production',
        label: 'HashiCorp Vault',
        exists: true,
        variables: 2,
        revision: 'v1',
      },
      to: {
        provider: 'aws-secrets-manager',
        path: 'production',
        label: 'AWS Secrets Manager',
        exists: false,
      },
      keys: ['A', 'B'],
      reachable: false,
    });
    const summary = await summaryOf(run(id, 'production', 'aws-secrets-manager'));
    expect(summary.reachable).toBe(false);
    expect(JSON.parse(String(aws.secret('production')?.current?.value))).toEqual({
      A: VALUE,
      B: '2',
    });
    expect(kv().read('production')).toBeUndefined();
    const waiting = await core.environment('production');
    expect(waiting).toMatchObject({ state: 'failed', synced: true, path: 'production' });
    expect(waiting.problem?.message).toBe('This environment was moved to AWS Secrets Manager.');
    await expect(core.base(id)).rejects.toThrow('not in memory');

    await core.useAws(aws);
    expect(await core.pullAll()).toMatchObject({ created: [], existing: ['production'] });
    expect(await core.values(id)).toEqual({ A: VALUE, B: '2' });
    expect((await core.environments()).length).toBe(1);
  });

  it('moves from AWS to Vault, to the last digit or not at all', async () => {
    await core.useAws(aws);
    aws.put('fits', '{"N":5432,"F":1.50,"NESTED":{"z":1,"a":[true]}}');
    await core.pullAll();
    const { id } = await core.environment('fits');
    await summaryOf(run(id, 'fits'));
    expect(kv().read('fits')).toEqual({ N: 5432, F: 1.5, NESTED: { z: 1, a: [true] } });
    expect(aws.secret('fits')?.deletionDate).toBeDefined();

    aws.put('big', '{"N":12345678901234567890}');
    await core.pullAll();
    const { id: big } = await core.environment('big');
    await expect(all(run(big, 'big'))).rejects.toMatchObject({ code: 'NUMBER_ROUNDED' });
    expect(kv().read('big')).toBeUndefined();
    expect(aws.secret('big')?.deletionDate).toBeUndefined();
    expect(await pending()).toEqual([]);
    expect(await core.environment('big')).toMatchObject({ path: 'big', state: 'loaded' });
  });

  it('moves into the local vault and back', async () => {
    const id = await core.createSynced('production', { A: VALUE });
    await summaryOf(run(id, 'production', 'local-vault'));
    await core.useLocal();
    await core.client.environments.pull({ id });
    expect(await core.values(id)).toEqual({ A: VALUE });
    await summaryOf(run(id, 'again'));
    expect(kv().read('again')).toEqual({ A: VALUE });
    expect((await core.pullAll()).existing).toEqual([]);
  });

  it('moves to a path that the provider in use cannot have', async () => {
    const id = await core.createSynced('production', { A: VALUE });
    await summaryOf(run(id, 'production/', 'aws-secrets-manager'));
    expect(aws.secret('production/')?.current?.value).toBe(`{"A":"${VALUE}"}`);
    expect(kv().read('production')).toBeUndefined();
  });

  it('refuses a path where the provider in use has something else', async () => {
    kv().put('theirs', { X: '1' });
    const id = await core.createSynced('production', { A: VALUE });
    const { refused } = await plan(id, 'theirs', 'aws-secrets-manager');
    expect(refused).toMatchObject({
      code: 'ALREADY_EXISTS',
      message:
        'HashiCorp Vault holds another secret at theirs, which this environment would show until the workspace uses AWS Secrets Manager.',
    });
  });

  it.each([
    [
      'a name AWS does not allow',
      { A: '1' },
      'über mut',
      { code: 'NAME_NOT_ALLOWED', message: 'AWS does not allow “ü” in the name of a secret.' },
    ],
    [
      'values over the limit',
      { BIG: 'x'.repeat(65_536) },
      'big',
      {
        code: 'VALUE_TOO_LARGE',
        message:
          'All values together take 65,546 bytes, 10 more than the 65,536 that AWS accepts in one secret.',
      },
    ],
  ])('refuses %s before anything is written', async (_, values, toPath, error) => {
    const id = await core.createSynced('production', values);
    expect((await plan(id, toPath, 'aws-secrets-manager')).refused).toMatchObject(error);
    await expect(all(run(id, toPath, 'aws-secrets-manager'))).rejects.toMatchObject(error);
    expect(aws.names()).toEqual([]);
    expect(aws.count('CreateSecret')).toBe(0);
    expect(await pending()).toEqual([]);
    expect((await core.environment('production')).state).toBe('loaded');
  });

  it.each([
    ['text', 'one text'],
    ['binary', Buffer.from([0, 1, 255])],
  ])('does not put %s into a KV engine', async (shape, content) => {
    await core.useAws(aws);
    aws.put('odd', content);
    await core.pullAll();
    const { id } = await core.environment('odd');
    expect((await plan(id, 'odd')).refused).toMatchObject({
      code: 'INVALID_INPUT',
      message: `A KV engine stores keys and values, but this is one ${shape} value.`,
    });
    await expect(all(run(id, 'odd'))).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    expect(kv().paths()).toEqual([]);
    expect(aws.secret('odd')?.deletionDate).toBeUndefined();
  });
});

describe('what is refused', () => {
  let id: string;

  beforeEach(async () => {
    await core.useVault(vault);
    id = await core.createSynced('production', { A: VALUE });
  });

  const refusal = async (toPath: string, code: string): Promise<string | undefined> => {
    const { refused } = await plan(id, toPath);
    expect(refused?.code).toBe(code);
    const before = vault.requests.filter(({ method }) => method !== 'GET').length;
    await expect(all(run(id, toPath))).rejects.toMatchObject({ code });
    expect(vault.requests.filter(({ method }) => method !== 'GET').length).toBe(before);
    expect(await pending()).toEqual([]);
    expect(kv().read('production')).toEqual({ A: VALUE });
    return refused?.message;
  };

  it('a path that holds something', async () => {
    kv().put('taken', { THEIRS: '1' });
    expect(await refusal('taken', 'ALREADY_EXISTS')).toBe('There is already a secret at taken.');
    expect(kv().read('taken')).toEqual({ THEIRS: '1' });
  });

  it('the path of another environment', async () => {
    await core.createSynced('staging', { A: '1' });
    expect(await refusal('staging', 'ALREADY_EXISTS')).toBe(
      'The environment “staging” already uses the path staging.',
    );
  });

  it('the path it has', async () => {
    expect(await refusal('production', 'INVALID_INPUT')).toBe('This is where it is already.');
  });

  it('a path with a part that is empty, or a character nobody sees', async () => {
    await refusal('a//b', 'NAME_NOT_ALLOWED');
    expect(await refusal('a\u200Bb', 'NAME_NOT_ALLOWED')).toBe(
      'The path contains the character U+200B, which cannot be seen.',
    );
  });

  it('an environment that is not synced, or whose secret is gone', async () => {
    const local = await core.create('local', { A: '1' });
    expect((await plan(local, 'x')).refused?.code).toBe('INVALID_INPUT');
    await expect(all(run(local, 'x'))).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    kv().remove('production');
    expect((await plan(id, 'x')).refused).toMatchObject({
      code: 'NOT_FOUND',
      message: 'There is nothing at production to move.',
    });
    await expect(all(run(id, 'x'))).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await pending()).toEqual([]);
  });

  it('what the server does not permit, leaving nothing behind', async () => {
    vault.faults.add({
      match: { method: 'POST', path: 'secret/data/new' },
      effect: { kind: 'answer', status: 403, body: { errors: ['permission denied'] } },
    });
    await expect(all(run(id, 'new'))).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    expect(await pending()).toEqual([]);
    expect((await core.environment('production')).path).toBe('production');
    expect((await core.activity())[0]).toMatch(
      /^migrated failed production → new: The credentials/,
    );
  });

  it('somebody who comes first between the look and the write', async () => {
    const gate = vault.faults.gate({ method: 'POST', path: 'secret/data/new' });
    const running = all(run(id, 'new'));
    await gate.reached;
    kv().put('new', { THEIRS: '1' });
    gate.open();
    await expect(running).rejects.toMatchObject({ code: 'ALREADY_EXISTS' });
    expect(kv().read('new')).toEqual({ THEIRS: '1' });
    expect(kv().read('production')).toEqual({ A: VALUE });
    expect(await pending()).toEqual([]);
  });

  it('a second move of the same environment, or to the path of another move', async () => {
    await stopAt(run(id, 'new'), 'verifying');
    await expect(all(run(id, 'other'))).rejects.toMatchObject({ code: 'ALREADY_RUNNING' });
    const staging = await core.createSynced('staging', { A: '1' });
    await expect(all(run(staging, 'new'))).rejects.toMatchObject({ code: 'ALREADY_EXISTS' });
    expect((await pending()).length).toBe(1);
  });
});

describe.each([
  ['KV v2', 'hashicorp-vault' as const],
  ['KV v1', 'hashicorp-vault' as const],
  ['AWS', 'aws-secrets-manager' as const],
  ['the local vault', 'local-vault' as const],
  ['Vault to AWS', 'aws-secrets-manager' as const],
])('broken off, with %s', (where, provider) => {
  let aws: SecretsManagerServer;
  let id: string;

  beforeEach(async () => {
    aws = await startTestAws();
    if (where === 'AWS' || where === 'Vault to AWS') await core.useAws(aws);
    if (where === 'KV v1') vault.mount('one', { version: 1 });
    if (where.includes('K') || where === 'Vault to AWS') {
      await core.useVault(vault, where === 'KV v1' ? { enginePath: 'one' } : {});
    }
    id = await core.createSynced('production', { API_KEY: VALUE }, 'old');
  });

  /** What a path holds, whichever provider the test is about; `undefined` if it holds nothing. */
  const at = async (path: 'old' | 'new'): Promise<unknown> => {
    if (where === 'AWS' || (where === 'Vault to AWS' && path === 'new')) {
      const secret = aws.secret(path);
      return secret?.deletionDate === undefined && secret?.current !== undefined
        ? (JSON.parse(String(secret.current.value)) as unknown)
        : undefined;
    }
    if (where !== 'the local vault') return kv(where === 'KV v1' ? 'one' : 'secret').read(path);
    const snapshot = await core.readLocalVault(path);
    if (snapshot === undefined || snapshot.document.shape === 'binary') return undefined;
    return JSON.parse(documentToText(snapshot.document)) as unknown;
  };

  const copies = async (): Promise<string[]> => {
    const found: string[] = [];
    for (const path of ['old', 'new'] as const) {
      const content = await at(path);
      if (content === undefined) continue;
      expect(content).toEqual({ API_KEY: VALUE });
      found.push(path);
    }
    return found;
  };

  const before: Record<MigrationStage, readonly string[]> = {
    reading: ['old'],
    writing: ['old'],
    verifying: ['old', 'new'],
    switching: ['old', 'new'],
    removing: ['old', 'new'],
  };

  const assertDone = async (): Promise<void> => {
    expect(await copies()).toEqual(['new']);
    expect(await pending()).toEqual([]);
    expect(await core.environment('production')).toMatchObject({ id, path: 'new', synced: true });
    expect((await core.environments()).length).toBe(1);
    expect(await filesHolding(core.dataDirectory, Buffer.from(VALUE))).toEqual([]);
  };

  it.each(migrationStages)('at %s: it is pending, says where, and goes on', async (stage) => {
    await stopAt(run(id, 'new', provider), stage);
    await core.restart();
    expect(await copies()).toEqual(before[stage]);
    const move = await thePending();
    expect(move).toMatchObject({
      environmentId: id,
      name: 'production',
      stage,
      from: { path: 'old' },
      to: { provider, path: 'new' },
      source: stage === 'removing' ? 'maybe' : 'there',
      running: false,
    });
    expect(move.copy).toBe(
      {
        reading: 'none',
        writing: 'maybe',
        verifying: 'maybe',
        switching: 'there',
        removing: 'there',
      }[stage],
    );
    const summary = await summaryOf(core.client.migrations.resume({ id: move.id }));
    expect(summary.to).toEqual({ provider, path: 'new' });
    await assertDone();
  });

  it.each(migrationStages)('at %s: it can be undone', async (stage) => {
    await stopAt(run(id, 'new', provider), stage);
    await core.restart();
    const { copy } = await core.client.migrations.undo({ id: (await thePending()).id });
    expect((await core.activity())[0]).toMatch(/^migrated done .*: undone$/);
    expect(copy).toBe(before[stage].includes('new') ? 'removed' : 'absent');
    expect(await copies()).toEqual(['old']);
    expect(await pending()).toEqual([]);
    await core.client.environments.pull({ id });
    expect(await core.environment('production')).toMatchObject({
      id,
      path: 'old',
      state: 'loaded',
    });
    expect(await core.values(id)).toEqual({ API_KEY: VALUE });
  });

  it.each(migrationStages)('at %s by Cancel: the same', async (stage) => {
    const abort = new AbortController();
    const request = { environmentId: id, provider, toPath: 'new' };
    const events = await core.client.migrations.run(request, { signal: abort.signal });
    await expect(
      (async () => {
        for await (const event of events) {
          if (event.type === 'stage' && event.stage === stage) abort.abort();
        }
      })(),
    ).rejects.toMatchObject({ code: 'CANCELLED' });
    expect((await core.activity())[0]).toMatch(/^migrated cancelled/);
    expect(await copies()).toEqual(before[stage]);
    await summaryOf(core.client.migrations.resume({ id: (await thePending()).id }));
    await assertDone();
  });
});

describe('an answer that is lost', () => {
  let id: string;

  beforeEach(async () => {
    await core.useVault(vault);
    id = await core.createSynced('production', { A: VALUE }, 'old');
  });

  it.each([true, false])(
    'of the write (applied: %s) leaves it pending; it goes on',
    async (applied) => {
      const outage = vault.faults.outage({ method: 'POST', path: 'secret/data/new' }, applied);
      await expect(all(run(id, 'new'))).rejects.toMatchObject({ code: 'CONNECTION_RESET' });
      outage.repair();
      const move = await thePending();
      expect(move).toMatchObject({ stage: 'writing', source: 'there', copy: 'maybe' });
      expect(kv().read('old')).toEqual({ A: VALUE });
      await summaryOf(core.client.migrations.resume({ id: move.id }));
      expect(kv().read('new')).toEqual({ A: VALUE });
      expect(kv().currentVersion('new')).toBe(1);
      expect(kv().read('old')).toBeUndefined();
    },
  );

  it('of the write can be undone, though nobody knows whether it was made', async () => {
    const outage = vault.faults.outage({ method: 'POST', path: 'secret/data/new' }, true);
    await expect(all(run(id, 'new'))).rejects.toMatchObject({ code: 'CONNECTION_RESET' });
    outage.repair();
    expect(await core.client.migrations.undo({ id: (await thePending()).id })).toEqual({
      copy: 'removed',
      recoverable: true,
    });
    expect(kv().read('old')).toEqual({ A: VALUE });
    expect(kv().read('new')).toBeUndefined();
  });

  it('of the removal leaves one that has only to be looked at', async () => {
    const outage = vault.faults.outage({ method: 'POST', path: 'secret/delete/old' }, true);
    await expect(all(run(id, 'new'))).rejects.toMatchObject({ code: 'CONNECTION_RESET' });
    outage.repair();
    const move = await thePending();
    expect(move).toMatchObject({ stage: 'removing', source: 'maybe', copy: 'there' });
    await expect(core.client.migrations.undo({ id: move.id })).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: 'There is nothing at old any more.',
    });
    const events = await all(core.client.migrations.resume({ id: move.id }));
    expect(stagesOf(events)).toEqual(['removing', 'summary']);
    expect(events.at(-1)).not.toHaveProperty('recoverable');
    expect(kv().read('new')).toEqual({ A: VALUE });
    expect(await pending()).toEqual([]);
  });
});

describe('others who come in between', () => {
  let id: string;

  beforeEach(async () => {
    await core.useVault(vault);
    id = await core.createSynced('production', { A: VALUE }, 'old');
  });

  it('a source that was changed after it was copied is not removed', async () => {
    await stopAt(run(id, 'new'), 'removing');
    kv().put('old', { A: 'newer' });
    const move = await thePending();
    await expect(all(core.client.migrations.resume({ id: move.id }))).rejects.toMatchObject({
      code: 'COPY_DIFFERS',
      message: 'What is at new is not the same as what is at old.',
    });
    expect(kv().read('old')).toEqual({ A: 'newer' });
    await core.client.migrations.keepBoth({ id: move.id });
    expect(await pending()).toEqual([]);
    expect(kv().read('old')).toEqual({ A: 'newer' });
    expect(kv().read('new')).toEqual({ A: VALUE });
    expect((await core.environment('production')).path).toBe('new');
  });

  it('a source that changes between the comparison and the removal is not removed', async () => {
    const gate = vault.faults.gate((request) => {
      // The provider's own look right before it deletes is the third read of the source.
      if (request.method !== 'GET' || request.path !== 'secret/data/old') return false;
      reads += 1;
      return reads === 3;
    });
    let reads = 0;
    const running = all(run(id, 'new'));
    await gate.reached;
    kv().put('old', { A: 'newer' });
    gate.open();
    await expect(running).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(kv().read('old')).toEqual({ A: 'newer' });
    expect(kv().read('new')).toEqual({ A: VALUE });
    expect((await thePending()).stage).toBe('removing');
  });

  it('a copy that is not the same as the source is not removed by undoing', async () => {
    await stopAt(run(id, 'new'), 'switching');
    kv().put('new', { A: 'theirs' });
    expect(await core.client.migrations.undo({ id: (await thePending()).id })).toEqual({
      copy: 'left',
    });
    expect(kv().read('new')).toEqual({ A: 'theirs' });
    expect(kv().read('old')).toEqual({ A: VALUE });
    expect(await core.environment('production')).toMatchObject({ path: 'old' });
  });

  it('what somebody else put at the path before anything was written is not removed by undoing', async () => {
    await stopAt(run(id, 'new'), 'reading');
    kv().put('new', { A: VALUE });
    expect(await core.client.migrations.undo({ id: (await thePending()).id })).toEqual({
      copy: 'absent',
    });
    expect(kv().read('new')).toEqual({ A: VALUE });
  });

  it('what somebody else put at the path before anything was written is not touched', async () => {
    await stopAt(run(id, 'new'), 'reading');
    kv().put('new', { A: VALUE });
    const { id: moveId } = await thePending();
    await expect(all(core.client.migrations.resume({ id: moveId }))).rejects.toMatchObject({
      code: 'ALREADY_EXISTS',
    });
    expect(kv().read('new')).toEqual({ A: VALUE });
    expect(kv().read('old')).toEqual({ A: VALUE });
    expect(await pending()).toEqual([]);
  });

  it('an edit made at the new path before the source was removed is kept', async () => {
    await stopAt(run(id, 'new'), 'removing');
    await core.save(id, { edits: [{ key: 'A', value: 'edited' }], additions: [] });
    const { id: moveId } = await thePending();
    await expect(all(core.client.migrations.resume({ id: moveId }))).rejects.toMatchObject({
      code: 'COPY_DIFFERS',
    });
    expect(await core.client.migrations.undo({ id: moveId })).toEqual({ copy: 'left' });
    expect(kv().read('new')).toEqual({ A: 'edited' });
    expect(kv().read('old')).toEqual({ A: VALUE });
  });

  it('a copy that is gone stops it, and undoing brings the environment back', async () => {
    await stopAt(run(id, 'new'), 'removing');
    kv().remove('new');
    const { id: moveId } = await thePending();
    await expect(all(core.client.migrations.resume({ id: moveId }))).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: 'The copy at new is gone.',
    });
    expect(kv().read('old')).toEqual({ A: VALUE });
    expect(await core.client.migrations.undo({ id: moveId })).toEqual({ copy: 'absent' });
    expect(await core.environment('production')).toMatchObject({ path: 'old', state: 'loaded' });
  });

  it('Pull All makes no environment of either copy', async () => {
    for (const stage of ['verifying', 'removing'] as const) {
      await stopAt(run(id, 'new'), stage);
      await core.restart();
      expect((await core.pullAll()).created).toEqual([]);
      expect((await core.environments()).length).toBe(1);
      await core.client.migrations.undo({ id: (await thePending()).id });
    }
    expect((await core.pullAll()).existing).toEqual(['old']);
  });

  it('a save and a pull wait for the move to end', async () => {
    const base = await core.base(id);
    const gate = vault.faults.gate({ method: 'POST', path: 'secret/data/new' });
    const running = all(run(id, 'new'));
    await gate.reached;
    const changes = { edits: [{ key: 'A', value: 'late' }], additions: [] };
    const saving = core.client.environments.save({ id, base, changes });
    const pulling = core.client.environments.pull({ id });
    gate.open();
    await running;
    await expect(saving).rejects.toMatchObject({ code: 'CONFLICT' });
    expect((await pulling).environment.path).toBe('new');
    expect(kv().read('new')).toEqual({ A: VALUE });
    expect(kv().paths()).toEqual(['new', 'old']);
    expect(kv().read('old')).toBeUndefined();
    expect((await core.environments()).length).toBe(1);
  });

  it('a workspace that is deleted while its secret is moved leaves both copies', async () => {
    const { workspaces, migrations } = core.client;
    await workspaces.create({ name: 'Other' });
    const gate = vault.faults.gate({ method: 'POST', path: 'secret/data/new' });
    const running = all(run(id, 'new')).then(
      () => 'done',
      (error: unknown) => (error instanceof Error ? error.message : ''),
    );
    await gate.reached;
    await workspaces.remove({ id: core.workspaceId });
    gate.open();
    expect(await running).toBe('The workspace “Personal” was deleted while this was running.');
    expect(kv().read('old')).toEqual({ A: VALUE });
    expect(await migrations.pending({ workspaceId: core.workspaceId })).toEqual([]);
  });

  it('an environment that is deleted while it is moved leaves both copies, and says so', async () => {
    await stopAt(run(id, 'new'), 'switching');
    const { id: moveId } = await thePending();
    await core.client.environments.remove({ id, onServer: false });
    expect(await pending()).toEqual([]);
    await expect(core.client.migrations.resume({ id: moveId }).then(all)).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    expect(kv().read('old')).toEqual({ A: VALUE });
    expect(kv().read('new')).toEqual({ A: VALUE });
  });
});

describe('a copy that does not look like what was sent', () => {
  it('stops it, with nothing removed at either end', async () => {
    await core.useVault(vault);
    const id = await core.createSynced('production', { A: VALUE }, 'old');
    const body = { data: { data: { A: 'garbled' }, metadata: { version: 1, created_time: '' } } };
    vault.faults.add({
      match: { method: 'GET', path: 'secret/data/new' },
      skip: 1,
      times: 1,
      effect: { kind: 'answer', status: 200, body },
    });
    await expect(all(run(id, 'new'))).rejects.toMatchObject({ code: 'COPY_DIFFERS' });
    expect(kv().read('old')).toEqual({ A: VALUE });
    const move = await thePending();
    expect(move).toMatchObject({ stage: 'verifying', copy: 'maybe' });
    // It was the answer that was wrong.
    await summaryOf(core.client.migrations.resume({ id: move.id }));
    expect(kv().read('new')).toEqual({ A: VALUE });
  });
});
