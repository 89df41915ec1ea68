import type { Client } from '@shared/contract/window';
import type { PullProgress, PullSummary } from '@shared/model/transfer';
import type { ProviderId } from '@shared/providers/descriptor';
import { expect, it, vi } from 'vitest';
import { createPull, type PullRun } from './store';

const WORKSPACE = '00000000-0000-4000-8000-000000000000';

const summary = (created: string[]): PullSummary => ({
  type: 'summary',
  provider: 'hashicorp-vault',
  created,
  existing: ['staging'],
  skipped: [],
  deleted: [],
  missing: [],
  durationMs: 12,
});

type Stream = (signal: AbortSignal) => AsyncGenerator<PullProgress>;

const clientOf = (stream: Stream): Client => {
  const call = async (_: unknown, { signal }: { signal: AbortSignal }) => stream(signal);
  return { transfer: { pullAll: call, autoSync: call } } as unknown as Client;
};

function following(stream: Stream) {
  const ended: PullRun['phase'][] = [];
  const inUse: { provider: ProviderId } = { provider: 'hashicorp-vault' };
  const pull = createPull(clientOf(stream), WORKSPACE, {
    providerInUse: () => inUse.provider,
    onEnded: async (run) => void ended.push(run.phase),
    onUndeleted: async () => {},
  });
  const seen: PullRun[] = [];
  pull.subscribe(({ run }) => seen.push(run));
  return { pull, seen, ended, inUse };
}

it('goes from listing to reading to the summary', async () => {
  const { pull, seen, ended } = following(async function* () {
    yield { type: 'listing', provider: 'hashicorp-vault', found: 2 };
    yield { type: 'reading', done: 1, total: 2 };
    yield summary(['production']);
  });
  await pull.getState().pullAll();
  expect(seen.map((run) => (run.phase === 'running' ? run.progress?.type : run.phase))).toEqual([
    undefined,
    'listing',
    'reading',
    'done',
  ]);
  expect(ended).toEqual(['done']);
});

it('shows nothing if Auto Sync is off or changed nothing', async () => {
  const off = following(async function* () {});
  await off.pull.getState().autoSync();
  expect(off.seen.every(({ phase }) => phase === 'idle')).toBe(true);
  expect(off.ended).toEqual([]);

  const unchanged = following(async function* () {
    yield summary([]);
  });
  await unchanged.pull.getState().autoSync();
  expect(unchanged.pull.getState().run.phase).toBe('idle');
  expect(unchanged.ended).toEqual(['done']);
});

it('starts Pull All after an Auto Sync that shows nothing', async () => {
  let turnOff = (): void => {};
  const isOff = new Promise<void>((resolve) => {
    turnOff = resolve;
  });
  const calls: string[] = [];
  const client = {
    transfer: {
      autoSync: async () => {
        calls.push('auto-sync');
        await isOff;
        return [];
      },
      pullAll: async () => {
        calls.push('pull-all');
        return [summary(['production'])];
      },
    },
  } as unknown as Client;
  const pull = createPull(client, WORKSPACE, {
    providerInUse: () => 'hashicorp-vault',
    onEnded: async () => {},
    onUndeleted: async () => {},
  });
  const syncing = pull.getState().autoSync();
  const pulling = pull.getState().pullAll();
  expect(calls).toEqual(['auto-sync']);
  turnOff();
  await Promise.all([syncing, pulling]);
  expect(calls).toEqual(['auto-sync', 'pull-all']);
  expect(pull.getState().run.phase).toBe('done');
});

it('ends as cancelled, with its progress, when it is cancelled', async () => {
  const { pull } = following(async function* (signal) {
    yield { type: 'reading', done: 7, total: 10 };
    await new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(new DOMException('', 'AbortError')));
    });
  });
  const run = pull.getState().pullAll();
  await vi.waitFor(() => {
    expect(pull.getState().run).toMatchObject({ progress: { done: 7 } });
  });
  pull.getState().cancel();
  await run;
  expect(pull.getState().run).toEqual({
    phase: 'cancelled',
    cause: 'pull-all',
    provider: 'hashicorp-vault',
    done: 7,
  });
});

it('runs once at a time', async () => {
  let started = 0;
  const { pull } = following(async function* () {
    started += 1;
    yield summary([]);
  });
  await Promise.all([pull.getState().pullAll(), pull.getState().pullAll()]);
  expect(started).toBe(1);
});

it('shows no result of a provider that is no longer in use', async () => {
  const { pull, ended, inUse } = following(async function* () {
    yield { type: 'listing', provider: 'hashicorp-vault', found: 1 };
    inUse.provider = 'local-vault';
    yield summary(['production']);
  });
  await pull.getState().pullAll();
  expect(ended).toEqual(['done']);
  expect(pull.getState().run).toEqual({ phase: 'idle' });
});

it('names the provider that the core pulls from, if the window did not know it yet', async () => {
  const { pull, inUse } = following(async function* () {
    yield { type: 'listing', provider: 'aws-secrets-manager', found: 1 };
    inUse.provider = 'aws-secrets-manager';
    throw new Error('broken');
  });
  await pull.getState().pullAll();
  expect(pull.getState().run).toMatchObject({ phase: 'failed', provider: 'aws-secrets-manager' });
});

it('drops a failure, with a code only if it is that', async () => {
  const { pull } = following(async function* () {
    yield { type: 'reading', done: 0, total: 1 };
    throw new Error('broken');
  });
  await pull.getState().pullAll();
  pull.getState().dismissFailure('OFFLINE');
  expect(pull.getState().run.phase).toBe('failed');
  pull.getState().dismissFailure();
  expect(pull.getState().run.phase).toBe('idle');
});
