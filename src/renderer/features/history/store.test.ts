/** The decisions of the window about the versions of an environment. */
import { ORPCError } from '@orpc/client';
import type { Client } from '@shared/contract/window';
import type { OpenEnvironment } from '@shared/model/open-environment';
import type { EnvironmentHistory, VersionDifference } from '@shared/model/secret-history';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createDrafts, presentDraft } from '../environment/drafts-store';
import {
  createHistory,
  sidesOf,
  summaryOf,
  titleOf,
  type KeptHistory,
  type Version,
} from './store';

const ID = '1b4e28ba-2fa1-41d2-883f-0016d3cca427';
const A = { key: 'A', kind: 'text', secret: true } as const;

const version = (number: number, state: Version['state']): Version => ({
  revision: `r${String(number)}`,
  version: `v${String(number)}`,
  state,
  labels: [],
  isHeld: false,
});

const keptOf = (versions: Version[], secret?: KeptHistory['secret']): KeptHistory => ({
  isKept: true,
  isComplete: true,
  versions,
  secret: secret ?? {
    state: versions.some(({ state }) => state === 'current') ? 'present' : 'deleted',
  },
});

function opened(...versions: Version[]) {
  const list = vi.fn<() => Promise<EnvironmentHistory>>(async () => keptOf(versions));
  const compareVersions = vi.fn<(input: unknown) => Promise<VersionDifference>>(async () => ({
    rows: [{ key: 'A', change: 'changed', before: A, after: A }],
    unchanged: 2,
  }));
  const revealVersion = vi.fn<(input: { revision: string }) => Promise<{ value: string }>>(
    async ({ revision }) => ({ value: `at ${revision}` }),
  );
  const rollBack = vi.fn<(input: unknown) => Promise<Partial<OpenEnvironment>>>(async () => ({
    environment: {
      id: ID,
      name: 'production',
      synced: true,
      path: 'production',
      active: false,
      state: 'loaded',
      revision: 'v9',
    },
  }));
  const versionVariable = vi.fn<(input: unknown) => Promise<unknown>>(async () => ({
    variables: [{ key: 'A', value: 'old', kind: 'text', secret: true }],
    target: { environment: { id: ID, name: 'production' }, variables: [A], base: 'r2' },
  }));
  const client = {
    environments: { history: list, compareVersions, revealVersion, rollBack, versionVariable },
  } as unknown as Client;
  const onRolledBack = vi.fn<() => Promise<void>>(async () => undefined);
  const say = vi.fn<(text: string) => void>();
  const drafts = createDrafts(client, {
    onSaved: async () => undefined,
    onOvertaken: async () => false,
  });
  const store = createHistory(client, {
    hideAfterSeconds: () => 10,
    onRolledBack,
    say,
    drafts,
    mayChange: async () => true,
  });
  return {
    store,
    drafts,
    versionVariable,
    list,
    compareVersions,
    revealVersion,
    rollBack,
    onRolledBack,
    say,
  };
}

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

it('begins with the newest against the one before that can be read', async () => {
  const { store, compareVersions } = opened(
    version(4, 'current'),
    version(3, 'destroyed'),
    version(2, 'past'),
    version(1, 'past'),
  );
  await store.getState().open(ID);
  expect(compareVersions).toHaveBeenNthCalledWith(1, { id: ID, before: 'r2', after: 'r4' });
  await store.getState().select('r1');
  expect(compareVersions).toHaveBeenLastCalledWith({ id: ID, after: 'r1' });
  await store.getState().compareWith('r4');
  expect(compareVersions).toHaveBeenLastCalledWith({ id: ID, before: 'r4', after: 'r1' });
});

it('asks for nothing of a version that cannot be read', async () => {
  const { store, compareVersions } = opened(version(2, 'current'), version(1, 'deleted'));
  await store.getState().open(ID);
  compareVersions.mockClear();
  await store.getState().select('r1');
  expect(compareVersions).not.toHaveBeenCalled();
  const history = keptOf([version(1, 'current')], { state: 'scheduled' });
  const choice = { selected: 'r1', against: undefined, rollingBack: false };
  expect(sidesOf({ ...choice, history })).toBeUndefined();
});

it('reveals both sides for a minute, and forgets them with another comparison', async () => {
  const { store } = opened(version(2, 'current'), version(1, 'past'));
  await store.getState().open(ID);
  await store.getState().reveal('A');
  expect(store.getState().revealed.get('A')).toEqual({ before: 'at r1', after: 'at r2' });
  vi.advanceTimersByTime(10_000);
  expect(store.getState().revealed.size).toBe(0);
  await store.getState().reveal('A');
  await store.getState().select('r1');
  expect(store.getState().revealed.size).toBe(0);
});

it('shows no value that arrives after the values were hidden', async () => {
  const { store, revealVersion } = opened(version(2, 'current'), version(1, 'past'));
  await store.getState().open(ID);
  let answer = (): void => {};
  revealVersion.mockReturnValue(
    new Promise((resolve) => {
      answer = () => resolve({ value: 'late' });
    }),
  );
  const revealing = store.getState().reveal('A');
  store.getState().hideAll();
  answer();
  await revealing;
  expect(store.getState().revealed.size).toBe(0);
});

it('says in one line what each version changed, and names it by its number or its time', async () => {
  const { store } = opened(version(2, 'current'), version(1, 'past'));
  await store.getState().open(ID);
  await vi.waitFor(() => expect(store.getState().summaries.size).toBe(2));
  expect([...store.getState().summaries]).toEqual([
    ['r2', 'Changed A'],
    ['r1', '1 variable'],
  ]);
  const many = ['A', 'B', 'C', 'D'].map((key) => ({ key, change: 'added' }) as const);
  expect(summaryOf({ rows: many, unchanged: 0 }, false)).toBe('Added A, B and 2 more');
  expect(summaryOf({ rows: [], unchanged: 3 }, false)).toBe('No change');
  expect(titleOf(version(3, 'past'))).toBe('v3');
  const createdAt = Date.UTC(2026, 0, 2, 12);
  const random = { ...version(3, 'past'), version: '1a2b3c4d' };
  expect(titleOf(random)).toBe('1a2b3c4d');
  expect(titleOf({ ...random, createdAt })).toMatch(/^2 Jan 2026/);
});

it('restores one variable of a version as an unsaved edit', async () => {
  const { store, drafts, versionVariable, say } = opened(version(2, 'current'), version(1, 'past'));
  await store.getState().open(ID);
  await store.getState().restore('A', version(1, 'past'));
  expect(versionVariable).toHaveBeenCalledExactlyOnceWith({ id: ID, revision: 'r1', key: 'A' });
  expect(presentDraft(drafts, ID)?.edits.get('A')).toMatchObject({ value: 'old' });
  expect(say).toHaveBeenCalledExactlyOnceWith('A of v1 is an unsaved edit of production.');
});

it('shows what rolling back to changes, then writes over what was on show', async () => {
  const { store, compareVersions, rollBack, onRolledBack, say } = opened(
    version(3, 'current'),
    version(2, 'past'),
    version(1, 'past'),
  );
  await store.getState().open(ID);
  await store.getState().select('r1');
  await store.getState().startRollBack();
  expect(compareVersions).toHaveBeenLastCalledWith({ id: ID, before: 'r3', after: 'r1' });
  expect(rollBack).not.toHaveBeenCalled();
  await store.getState().rollBack();
  expect(rollBack).toHaveBeenCalledExactlyOnceWith({
    id: ID,
    revision: 'r1',
    newest: 'r3',
  });
  expect(onRolledBack).toHaveBeenCalledOnce();
  expect(say).toHaveBeenCalledExactlyOnceWith('Rolled back to v1, as v9.');
  expect(store.getState()).toMatchObject({ rollingBack: false, busy: false, selected: 'r3' });
});

it('rolls back without a newest version if the secret is deleted', async () => {
  const { store, rollBack } = opened(version(2, 'deleted'), version(1, 'past'));
  await store.getState().open(ID);
  await store.getState().startRollBack();
  await store.getState().rollBack();
  expect(rollBack).toHaveBeenCalledExactlyOnceWith({
    id: ID,
    revision: 'r1',
    newest: null,
  });
});

it('shows the change again if somebody wrote meanwhile, and the error if nobody did', async () => {
  const { store, list, rollBack, onRolledBack } = opened(version(2, 'current'), version(1, 'past'));
  await store.getState().open(ID);
  await store.getState().select('r1');
  await store.getState().startRollBack();
  const conflict = new ORPCError('CONFLICT', { message: 'Changed.', data: { hint: 'Pull.' } });
  rollBack.mockImplementation(async () => Promise.reject(conflict));
  await store.getState().rollBack();
  expect(store.getState()).toMatchObject({ overtaken: false, fault: { code: 'CONFLICT' } });

  list.mockResolvedValue(keptOf([version(3, 'current'), version(2, 'past'), version(1, 'past')]));
  await store.getState().rollBack();
  expect(store.getState()).toMatchObject({ overtaken: true, rollingBack: true, selected: 'r1' });
  expect(store.getState().fault).toBeUndefined();
  expect(sidesOf(store.getState())?.before?.revision).toBe('r3');
  expect(onRolledBack).not.toHaveBeenCalled();
});
