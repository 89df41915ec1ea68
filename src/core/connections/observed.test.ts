/** The status of a connection, after what its calls came to. */
import { AppError } from '@shared/errors';
import type { ProviderStatus } from '@shared/model/connection';
import { beforeEach, describe, expect, it } from 'vitest';
import type { ReadOutcome, SecretsProvider } from '@core/providers/provider';
import { systemRuntime } from '@core/runtime';
import { documentFromText } from '@core/secrets/document';
import { asRevision } from '@core/secrets/revision';
import type { VaultServer } from '@test/servers/vault/server';
import { failureOf } from '@test/support/failure-of';
import { adding, all, startCore, startTestVault, type TestCore } from '@test/support/core';
import { ChangeSignal } from './change-signal';
import { observed } from './observed';
import { ProviderStatuses } from './provider-statuses';

const ID = 'connection';
const never = new AbortController().signal;

describe('a call', () => {
  let now: number;
  let changed: ChangeSignal;
  let statuses: ProviderStatuses;

  beforeEach(() => {
    now = 0;
    changed = new ChangeSignal();
    statuses = new ProviderStatuses({ ...systemRuntime, now: () => 1000 }, changed);
  });

  const watching = (provider: Partial<SecretsProvider>) =>
    observed(provider as SecretsProvider, ID, statuses, { ...systemRuntime, monotonic: () => now });

  const snapshot = (path: string): ReadOutcome => ({
    path,
    snapshot: { path, document: documentFromText('{}'), revision: asRevision('1') },
  });

  const failure = (path: string, code: ConstructorParameters<typeof AppError>[0]): ReadOutcome => ({
    path,
    error: new AppError(code),
  });

  /** A provider whose `readMany` gives these outcomes, one a second, and then may throw. */
  const reading = (outcomes: readonly ReadOutcome[], thrown?: Error) =>
    watching({
      readMany: async function* () {
        await Promise.resolve();
        for (const outcome of outcomes) {
          now += 1000;
          yield outcome;
        }
        if (thrown !== undefined) throw thrown;
      },
    }).readMany([], { signal: never });

  it('that is answered: the connection is fine, and how long that took', async () => {
    const provider = watching({
      list: async () => {
        await Promise.resolve();
        now = 12;
        return { secrets: [], unlisted: [] };
      },
    });
    await provider.list({ signal: never });
    expect(statuses.get(ID)).toEqual({ state: 'ok', latencyMs: 12, at: 1000 });
  });

  it.each([
    ['TOKEN_INVALID', 'failed'],
    ['SERVER_ERROR', 'failed'],
    ['TLS_UNTRUSTED', 'failed'],
    ['RATE_LIMITED', 'failed'],
    // The server had to let us in to say so.
    ['NOT_FOUND', 'ok'],
    ['SECRET_DELETED', 'ok'],
    ['PERMISSION_DENIED', undefined],
    ['CONFLICT', undefined],
    ['INVALID_INPUT', undefined],
    ['CANCELLED', undefined],
    ['INTERRUPTED', undefined],
    ['OFFLINE', undefined],
  ] as const)('that fails with %s: %s', async (code, state) => {
    const error = new AppError(code);
    const provider = watching({ remove: () => Promise.reject(error) });
    await expect(provider.remove('a', asRevision('1'), { signal: never })).rejects.toBe(error);
    const status = statuses.get(ID);
    expect([status?.state, status?.error?.code]).toEqual([
      state,
      state === 'failed' ? code : undefined,
    ]);
  });

  it('that fails by a mistake of ours is a failure', async () => {
    const provider = watching({ read: () => Promise.reject(new Error('A bug')) });
    await failureOf(provider.read('a', { signal: never }));
    expect(statuses.get(ID)).toMatchObject({ state: 'failed', error: { code: 'INTERNAL' } });
  });

  it('that a provider answers without its server says nothing', async () => {
    const provider = watching({
      glance: () => Promise.resolve({ state: 'unknown', why: 'not-supported' }),
      versions: () => Promise.resolve({ isKept: false }),
    });
    await provider.glance('a', { signal: never });
    await provider.versions('a', { signal: never });
    expect(statuses.get(ID)).toBeUndefined();
  });

  describe('that reads many', () => {
    it('tells once that all is fine, with the time that the first took', async () => {
      const outcomes = ['a', 'b', 'c'].map(snapshot);
      expect(await all(reading(outcomes))).toEqual(outcomes);
      expect(statuses.get(ID)).toMatchObject({ state: 'ok', latencyMs: 1000 });
      expect(changed.count).toBe(1);
    });

    it('does not mind a secret that cannot be read', async () => {
      const failures = [failure('b', 'NOT_FOUND'), failure('c', 'PERMISSION_DENIED')];
      expect(await all(reading([snapshot('a'), ...failures]))).toHaveLength(3);
      expect(statuses.get(ID)).toMatchObject({ state: 'ok' });
      statuses.set(ID, { state: 'failed' });
      await all(reading(failures));
      expect(statuses.get(ID)).toMatchObject({ state: 'failed' });
    });

    it('fails with what ends it', async () => {
      const failures = ['b', 'c'].map((path) => failure(path, 'TOKEN_INVALID'));
      await all(reading([snapshot('a'), ...failures, failure('d', 'NOT_FOUND')]));
      expect(statuses.get(ID)).toMatchObject({ state: 'failed', error: { code: 'TOKEN_INVALID' } });
    });

    it('is fine again when others are read after a failure', async () => {
      await all(reading([failure('a', 'SERVER_ERROR'), snapshot('b')]));
      expect(statuses.get(ID)).toMatchObject({ state: 'ok' });
    });

    it.each([
      ['a failure of the connection', new AppError('SERVER_SEALED'), 'failed'],
      ['a mistake of ours', new Error('A bug'), 'failed'],
      ['an outage', new AppError('OFFLINE'), 'ok'],
      ['Cancel', new AppError('CANCELLED'), 'ok'],
    ] as const)('and throws %s', async (_, thrown, state) => {
      await expect(all(reading([snapshot('a')], thrown))).rejects.toBe(thrown);
      expect(statuses.get(ID)).toMatchObject({ state });
    });

    it('tells what was seen when its reader leaves', async () => {
      const outcomes = reading([failure('a', 'TOKEN_INVALID'), snapshot('b')]);
      for await (const _ of outcomes) break;
      expect(statuses.get(ID)).toMatchObject({ state: 'failed' });
    });
  });
});

describe('a token that expires', () => {
  let core: TestCore;
  let vault: VaultServer;
  let id: string;
  let token: string;

  beforeEach(async () => {
    core = await startCore();
    vault = await startTestVault();
    token = vault.token({ policies: ['root'] });
    await core.useVault({ url: vault.url, rootToken: token });
    id = await core.createSynced('production', { A: '1' });
  });

  const status = (): Promise<ProviderStatus> =>
    core.client.connections.status({ workspaceId: core.workspaceId });

  const draft = async () => ({ id, base: await core.base(id), changes: adding({ B: '2' }) });

  const calls: readonly (readonly [string, () => Promise<unknown>])[] = [
    ['Pull All', () => core.pullAll()],
    ['Pull', () => core.client.environments.pull({ id })],
    ['Save', () => core.save(id, adding({ B: '2' }))],
    ['the history', () => core.client.environments.history({ id })],
    ['Undelete', () => core.client.environments.undelete({ id })],
    ['Delete on the server', () => core.client.environments.remove({ id, onServer: true })],
    [
      'a preview of Vault Sync',
      async () =>
        core.client.environments.previewSync({ id: await core.create('local'), path: 'x' }),
    ],
    [
      'Vault Sync',
      async () =>
        core.client.environments.enableSync({
          id: await core.create('local', { A: '1' }),
          path: 'x',
          resolution: 'push',
        }),
    ],
    [
      'the plan of Migrate',
      () =>
        core.client.migrations.plan({
          environmentId: id,
          provider: 'hashicorp-vault',
          toPath: 'new',
        }),
    ],
    [
      'Migrate',
      async () =>
        all(
          core.client.migrations.run({
            environmentId: id,
            provider: 'hashicorp-vault',
            toPath: 'new',
          }),
        ),
    ],
    [
      'the plan of Push All',
      async () =>
        core.client.transfer.pushPlan({
          workspaceId: core.workspaceId,
          drafts: [await draft()],
        }),
    ],
    [
      'Push All',
      async () =>
        all(
          core.client.transfer.pushAll({
            workspaceId: core.workspaceId,
            ids: [id],
            drafts: [await draft()],
          }),
        ),
    ],
    [
      'a glance',
      () => core.client.environments.glance({ workspaceId: core.workspaceId, ids: [id] }),
    ],
  ];

  it.each(calls)('is the state of the connection after %s', async (_, call) => {
    expect(await status()).toMatchObject({ state: 'ok' });
    vault.revokeToken(token);
    // Some throw it, and some have it among their results.
    await call().catch(() => undefined);
    expect(await status()).toMatchObject({ state: 'failed', error: { code: 'TOKEN_INVALID' } });
  });

  it('is so after a Pull All that it interrupts', async () => {
    const gate = vault.faults.gate({ method: 'GET', path: /^secret\/data\// });
    const running = core.pullAll();
    await gate.reached;
    expect(await status()).toMatchObject({ state: 'ok' });
    vault.revokeToken(token);
    gate.open();
    expect(await running).toMatchObject({ skipped: [{ error: { code: 'TOKEN_INVALID' } }] });
    expect(await status()).toMatchObject({ state: 'failed', error: { code: 'TOKEN_INVALID' } });
  });
});
