import { ORPCError } from '@orpc/client';
import type { Client } from '@shared/contract';
import type { EnvironmentHistory, VersionDifference } from '@shared/contract/environments';
import type { Variable } from '@shared/model/variable';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { REVEALED_FOR_MS, createHistory, type Version } from './store';

const ID = '00000000-0000-4000-8000-000000000001';
const A: Variable = { key: 'A', kind: 'text', secret: true };

const version = (number: number, state: Version['state']): Version => ({
  revision: `r${String(number)}`,
  version: `v${String(number)}`,
  state,
  labels: [],
  isHeld: state === 'current',
});

function history(...versions: Version[]) {
  const isThere = versions.some(({ state }) => state === 'current');
  const kept: EnvironmentHistory = {
    isKept: true,
    isComplete: true,
    versions,
    secret: { state: isThere ? 'present' : 'deleted' },
  };
  const list = vi.fn<() => Promise<EnvironmentHistory>>(async () => kept);
  const compareVersions = vi.fn<(input: unknown) => Promise<VersionDifference>>(async () => ({
    rows: [{ key: 'A', change: 'changed', before: A, after: A }],
    unchanged: 0,
  }));
  const revealVersion = vi.fn<(input: { revision: string }) => Promise<{ value: string }>>(
    async ({ revision }) => ({ value: `at ${revision}` }),
  );
  const restoreVersion = vi.fn<(input: unknown) => Promise<void>>(async () => undefined);
  const client = {
    environments: { history: list, compareVersions, revealVersion, restoreVersion },
  } as unknown as Client;
  const onRestored = vi.fn<(text: string) => Promise<void>>(async () => undefined);
  const store = createHistory(client, { onRestored });
  return { store, list, compareVersions, revealVersion, restoreVersion, onRestored };
}

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

it('begins with what the newest version that can be read changed', async () => {
  const { store, compareVersions } = history(
    version(4, 'deleted'),
    version(3, 'current'),
    version(2, 'destroyed'),
    version(1, 'past'),
  );
  await store.getState().open(ID);
  expect(store.getState()).toMatchObject({ from: 'r1', to: 'r3' });
  expect(compareVersions).toHaveBeenCalledExactlyOnceWith({ id: ID, before: 'r1', after: 'r3' });
});

it('shows only the difference that was asked for last', async () => {
  const { store, compareVersions } = history(version(2, 'current'), version(1, 'past'));
  await store.getState().open(ID);
  let late: (difference: VersionDifference) => void = () => undefined;
  compareVersions.mockImplementationOnce(
    async () =>
      new Promise((resolve) => {
        late = resolve;
      }),
  );
  const first = store.getState().compare('r1', 'r2');
  await store.getState().compare('r2', 'r1');
  late({ rows: [], unchanged: 7 });
  await first;
  expect(store.getState()).toMatchObject({ from: 'r2', to: 'r1', difference: { unchanged: 0 } });
});

it('reveals both sides for a minute, and forgets them with another comparison', async () => {
  const { store } = history(version(2, 'current'), version(1, 'past'));
  await store.getState().open(ID);
  await store.getState().reveal('A');
  expect(store.getState().revealed.get('A')).toEqual({ before: 'at r1', after: 'at r2' });
  vi.advanceTimersByTime(REVEALED_FOR_MS);
  expect(store.getState().revealed.size).toBe(0);
  await store.getState().reveal('A');
  await store.getState().compare('r2', 'r1');
  expect(store.getState().revealed.size).toBe(0);
});

it('restores over what was on show, says so, and says why where it cannot', async () => {
  const past = version(1, 'past');
  const { store, restoreVersion, onRestored, list } = history(version(3, 'current'), past);
  await store.getState().open(ID);
  await store.getState().restore(past);
  expect(restoreVersion).toHaveBeenCalledExactlyOnceWith({
    id: ID,
    revision: 'r1',
    newest: 'r3',
  });
  expect(onRestored).toHaveBeenCalledExactlyOnceWith('v1 restored as a new version.');
  expect(list).toHaveBeenCalledTimes(2);

  restoreVersion.mockRejectedValueOnce(
    new ORPCError('CONFLICT', { message: 'Changed.', data: { hint: 'Pull.' } }),
  );
  await store.getState().restore(past);
  expect(store.getState()).toMatchObject({ restoring: false, fault: { code: 'CONFLICT' } });
  expect(onRestored).toHaveBeenCalledOnce();
});

it('restores over nothing where the secret is deleted', async () => {
  const past = version(1, 'past');
  const { store, restoreVersion } = history(version(2, 'deleted'), past);
  await store.getState().open(ID);
  await store.getState().restore(past);
  expect(restoreVersion).toHaveBeenCalledExactlyOnceWith({
    id: ID,
    revision: 'r1',
    newest: null,
  });
});
