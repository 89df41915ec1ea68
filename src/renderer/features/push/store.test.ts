import type { Client } from '@shared/contract/window';
import type { Draft, PushProgress, PushRow } from '@shared/model/transfer';
import { AppError } from '@shared/errors';
import { expect, it, vi } from 'vitest';
import { createPush } from './store';

const WORKSPACE = '00000000-0000-4000-8000-000000000000';

const row = (id: string, action: PushRow['action']): PushRow => ({
  id,
  name: id,
  path: id,
  action,
  added: [],
  changed: [],
  removed: [],
});
const draft = (id: string, value: string): Draft => ({
  id,
  base: 'base',
  changes: { edits: [], additions: [{ key: 'KEY', value }] },
});
const pushed = (id: string) => ({ id, name: id, path: id });
const refused = new AppError('PERMISSION_DENIED').report();

type Stream = (ids: readonly string[], signal: AbortSignal) => AsyncGenerator<PushProgress>;

function pushing(plan: readonly PushRow[], drafts: Draft[], stream: Stream) {
  const forgotten: string[] = [];
  const asked: (readonly string[])[] = [];
  const client = {
    transfer: {
      pushPlan: async () => plan,
      pushAll: async (input: { ids: string[] }, { signal }: { signal: AbortSignal }) => {
        asked.push(input.ids);
        return stream(input.ids, signal);
      },
    },
  } as unknown as Client;
  const store = createPush(client, WORKSPACE, {
    mayChange: async () => true,
    unsaved: { drafts: () => drafts, pushed: (ids) => void forgotten.push(...ids) },
    onEnded: async () => undefined,
  });
  return { store, forgotten, asked };
}

const summary = (done: readonly string[], failed: readonly string[]): PushProgress => ({
  type: 'summary',
  pushed: done.map(pushed),
  failed: failed.map((id) => ({ ...pushed(id), error: refused })),
  unchanged: [],
  durationMs: 5,
});

it('pushes what the plan would push, and forgets the edits that were pushed', async () => {
  const { store, forgotten, asked } = pushing(
    [row('a', 'create'), row('b', 'update'), row('c', 'none'), row('d', 'refused')],
    [draft('b', '1'), draft('c', '1')],
    async function* () {
      yield { type: 'pushing', done: 1, total: 2, finished: pushed('a') };
      yield summary(['a', 'b'], []);
    },
  );
  await store.getState().makePlan();
  await store.getState().push();
  expect(asked).toEqual([['a', 'b']]);
  expect(forgotten).toEqual(['b']);
  expect(store.getState().end).toEqual({ outcome: 'done', durationMs: 5 });
});

it('keeps the edits of a failed environment, and tries it again alone', async () => {
  let attempts = 0;
  const { store, forgotten, asked } = pushing(
    [row('a', 'update'), row('b', 'update')],
    [draft('a', '1'), draft('b', '1')],
    async function* (ids) {
      attempts += 1;
      yield attempts === 1 ? summary(['a'], ['b']) : summary([...ids], []);
    },
  );
  await store.getState().makePlan();
  await store.getState().push();
  expect(store.getState().results.get('b')).toEqual({ state: 'failed', error: refused });
  expect(forgotten).toEqual(['a']);
  await store.getState().push(['b']);
  expect(asked).toEqual([['a', 'b'], ['b']]);
  expect(forgotten).toEqual(['a', 'b']);
  expect([...store.getState().results.values()].map(({ state }) => state)).toEqual([
    'pushed',
    'pushed',
  ]);
});

it('does not forget an edit that was made while the others were pushed', async () => {
  const drafts = [draft('a', '1')];
  const { store, forgotten } = pushing([row('a', 'update')], drafts, async function* () {
    drafts[0] = draft('a', '2');
    yield summary(['a'], []);
  });
  await store.getState().makePlan();
  await store.getState().push();
  expect(forgotten).toEqual([]);
});

it('knows after a cancel what had been pushed by then', async () => {
  const { store, forgotten } = pushing(
    [row('a', 'update'), row('b', 'update')],
    [draft('a', '1'), draft('b', '1')],
    async function* (_, signal) {
      yield { type: 'pushing', done: 1, total: 2, finished: pushed('a') };
      await new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(new DOMException('', 'AbortError')));
      });
    },
  );
  await store.getState().makePlan();
  const run = store.getState().push();
  await vi.waitFor(() => {
    expect(store.getState().run).toMatchObject({ done: 1, total: 2 });
  });
  store.getState().cancel();
  await run;
  expect(store.getState().end).toEqual({ outcome: 'cancelled' });
  expect([...store.getState().results]).toEqual([['a', { state: 'pushed' }]]);
  expect(forgotten).toEqual(['a']);
});
