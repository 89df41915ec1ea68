import type { Client } from '@shared/contract/window';
import type { Addition } from '@shared/model/change-set';
import type { ComparedCell, ComparedRow, Comparison } from '@shared/model/comparison';
import type { Variable } from '@shared/model/variable';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { rowsOf } from '../environment/draft';
import { createDrafts } from '../environment/drafts-store';
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

const draftsOf = (client: Client) =>
  createDrafts(client, { onSaved: async () => undefined, onOvertaken: async () => false });

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

it('leaves out groups of rows, and keys without the text', () => {
  const rows = [
    row('SAME', 'equal', 'aa'),
    row('OTHER', 'different', 'ab'),
    row('GONE', 'missing', 'a-'),
  ];
  const keys = (
    ...filter: Parameters<typeof filterRows> extends [unknown, ...infer Rest] ? Rest : never
  ) => filterRows(rows, ...filter).map(({ key }) => key);
  expect(keys(new Set(), '')).toEqual(['SAME', 'OTHER', 'GONE']);
  expect(keys(new Set(['equal']), '')).toEqual(['OTHER', 'GONE']);
  expect(keys(new Set(['equal', 'different']), '')).toEqual(['GONE']);
  expect(keys(new Set(['first']), '')).toEqual(['SAME', 'OTHER']);
  expect(keys(new Set(), ' oth ')).toEqual(['OTHER']);
});

describe('revealing', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const comparison: Comparison = {
    environments: [
      { id: 'one', name: 'one', loaded: true },
      { id: 'two', name: 'two', loaded: true },
      { id: 'three', name: 'three', loaded: true },
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
      hideAfterSeconds: () => 10,
      mayChange: async () => true,
      drafts: draftsOf(client),
      onCopied: () => undefined,
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
    vi.advanceTimersByTime(10_000);
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
    hideAfterSeconds: () => 10,
    mayChange: async () => true,
    drafts: draftsOf(client),
    onCopied: () => undefined,
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

describe('copying', () => {
  const target = {
    environment: { id: 'two', name: 'two' },
    shape: 'map',
    variables: [{ key: 'PORT', kind: 'text', secret: false, literal: '5432', disabled: true }],
    base: 'r1',
  };

  function copying(variable: Addition) {
    const client = {
      compare: { copyVariables: async () => ({ variables: [variable], target }) },
    } as unknown as Client;
    const drafts = draftsOf(client);
    const said: string[] = [];
    const compare = createCompare(client, {
      hideAfterSeconds: () => 10,
      mayChange: async () => true,
      drafts,
      onCopied: (...words) => void said.push(words.join(' to ')),
      onPulled: async () => undefined,
    });
    const row = () =>
      rowsOf(target.variables as Variable[], drafts.getState().histories.get('two')?.present).find(
        ({ key }) => key === variable.key,
      );
    return { compare, drafts, said, row };
  }

  it('adds the variable as an unsaved edit, with its kind and marks, and can be undone', async () => {
    const { compare, drafts, said, row } = copying({
      key: 'LIMIT',
      value: '10',
      kind: 'number',
      secret: false,
      disabled: true,
    });
    await compare.getState().copy('LIMIT', 'one', 'two');
    expect(said).toEqual(['LIMIT to two']);
    expect(row()).toMatchObject({
      change: 'added',
      variable: { kind: 'number', secret: false, disabled: true, literal: '10' },
    });
    drafts.getState().undo('two');
    expect(row()).toBeUndefined();
  });

  it('changes the kind of a variable that reads the same, and keeps its marks', async () => {
    const { compare, drafts, row } = copying({ key: 'PORT', value: '5432', kind: 'number' });
    await compare.getState().copy('PORT', 'one', 'two');
    expect(row()).toMatchObject({
      change: 'changed',
      variable: { kind: 'number', secret: false, disabled: true },
    });
    expect(drafts.getState().histories.get('two')?.present.edits.get('PORT')).toEqual({
      key: 'PORT',
      value: '5432',
      kind: 'number',
      secret: false,
    });
  });

  it('is refused while the other environment is being saved', async () => {
    const { compare, drafts, row } = copying({ key: 'LIMIT', value: '10' });
    drafts.setState({ saving: new Set(['two']) });
    await compare.getState().copy('LIMIT', 'one', 'two');
    expect(compare.getState().fault).toMatchObject({ message: 'two is being saved.' });
    expect(row()).toBeUndefined();
  });
});
