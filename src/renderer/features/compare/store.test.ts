import type { Client } from '@shared/contract/window';
import type { ComparedCell, ComparedRow, Comparison } from '@shared/model/comparison';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { REVEALED_FOR_MS } from '../../lib/hide-timers';
import { cellWord, createCompare, filterRows } from './store';

const cells: Record<string, ComparedCell> = {
  '?': { state: 'unknown' },
  '-': { state: 'missing' },
  a: { state: 'present', kind: 'text', group: 0 },
  b: { state: 'present', kind: 'text', group: 1 },
};
const row = (key: string, outcome: ComparedRow['outcome'], marks: string): ComparedRow => ({
  key,
  outcome,
  cells: Array.from(marks, (mark) => cells[mark] ?? { state: 'unknown' }),
});

describe('cellWord', () => {
  it.each([
    ['aa', 'equal'],
    ['ab', 'different'],
    ['a-', 'only here'],
    ['aa-', 'equal'],
    ['a?', 'only here'],
    ['-a', 'missing'],
    ['?a', 'not loaded'],
  ])('says of the first of %s: %s', (marks, word) => {
    expect(cellWord(row('KEY', 'equal', marks), 0)).toBe(word);
  });
});

it('filters by outcome and by key', () => {
  const rows = [
    row('SAME', 'equal', 'aa'),
    row('OTHER', 'different', 'ab'),
    row('GONE', 'missing', 'a-'),
  ];
  const keys = (
    ...filter: Parameters<typeof filterRows> extends [unknown, ...infer Rest] ? Rest : never
  ) => filterRows(rows, ...filter).map(({ key }) => key);
  expect(keys('all', '')).toEqual(['SAME', 'OTHER', 'GONE']);
  expect(keys('different', '')).toEqual(['OTHER', 'GONE']);
  expect(keys('missing', '')).toEqual(['GONE']);
  expect(keys('all', ' oth ')).toEqual(['OTHER']);
});

describe('revealing', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const comparison: Comparison = {
    environments: [
      { id: 'one', name: 'one', loaded: true, base: '1' },
      { id: 'two', name: 'two', loaded: true, base: '2' },
      { id: 'three', name: 'three', loaded: true, base: '3' },
    ],
    rows: [row('KEY', 'missing', 'ab-')],
  };

  function opened(reveal: (input: { id: string }) => Promise<{ value: string }>) {
    const asked: string[] = [];
    const client = {
      compare: { environments: async () => comparison },
      environments: {
        reveal: (input: { id: string }) => {
          asked.push(input.id);
          return reveal(input);
        },
      },
    } as unknown as Client;
    const store = createCompare(client, {
      mayReplace: async () => true,
      onCopied: async () => undefined,
      onPulled: async () => undefined,
    });
    return { store, asked };
  }

  it('asks those that have the key, and hides after a while', async () => {
    const { store, asked } = opened(async ({ id }) => ({ value: `value of ${id}` }));
    await store.getState().choose(['one', 'two', 'three']);
    await store.getState().reveal('KEY');
    expect(asked).toEqual(['one', 'two']);
    expect(store.getState().revealed.get('KEY')?.get('two')).toEqual({ value: 'value of two' });
    vi.advanceTimersByTime(REVEALED_FOR_MS);
    expect(store.getState().revealed.size).toBe(0);
  });

  it('shows no value whose answer comes after all were hidden', async () => {
    const answers: ((answer: { value: string }) => void)[] = [];
    const { store } = opened(() => new Promise((resolve) => void answers.push(resolve)));
    await store.getState().choose(['one', 'two', 'three']);
    const revealing = store.getState().reveal('KEY');
    store.getState().close();
    for (const answer of answers) answer({ value: 'sk-late' });
    await revealing;
    expect(store.getState().revealed.size).toBe(0);
  });
});

it('compares again after the memory was emptied, even while an answer is on its way', async () => {
  const answers: ((comparison: Comparison) => void)[] = [];
  const client = {
    compare: {
      environments: () =>
        new Promise<Comparison>((resolve) => {
          answers.push(resolve);
        }),
    },
  } as unknown as Client;
  const compare = createCompare(client, {
    mayReplace: async () => true,
    onCopied: async () => undefined,
    onPulled: async () => undefined,
  });
  const before: Comparison = { environments: [], rows: [row('OLD', 'equal', 'aa')] };
  const after: Comparison = { environments: [], rows: [] };
  const chosen = compare.getState().choose(['one', 'two']);
  const again = compare.getState().startOver();
  answers[0]?.(before);
  answers[1]?.(after);
  await Promise.all([chosen, again]);
  expect(compare.getState()).toMatchObject({ comparison: after, loading: false });

  compare.getState().close();
  await compare.getState().startOver();
  expect(answers).toHaveLength(2);
});
