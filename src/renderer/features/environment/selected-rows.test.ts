import type { Variable } from '@shared/model/variable';
import { describe, expect, it } from 'vitest';
import { addVariables, emptyDraft, rowsOf, toChangeSet, type Draft, type Row } from './draft';
import {
  disabling,
  masking,
  removal,
  rowsAround,
  selectedRows,
  type Change,
} from './selected-rows';

const variables: readonly Variable[] = ['A', 'B', 'C'].map((key) => ({
  key,
  kind: 'text',
  secret: true,
}));
const added = addVariables(emptyDraft('r'), [{ key: 'NEW', value: 'n' }]);

const made = (act: (rows: readonly Row[]) => Change | undefined, draft: Draft): Draft =>
  act(rowsOf(variables, draft))?.alter(draft) ?? draft;

describe('the rows a command is about', () => {
  const rows = rowsOf(variables, undefined);
  const ids = new Set(['key A', 'key B', 'key GONE']);
  const [a, , c] = rows;

  it('are the selected ones that match the filter', () => {
    expect(selectedRows(rows, ids).map(({ key }) => key)).toEqual(['A', 'B']);
    expect(selectedRows(rows, 'all')).toHaveLength(3);
  });

  it('are the row alone if it is not selected', () => {
    if (a === undefined || c === undefined) throw new Error('There are no rows.');
    expect(rowsAround(a, rows, ids).map(({ key }) => key)).toEqual(['A', 'B']);
    expect(rowsAround(c, rows, ids).map(({ key }) => key)).toEqual(['C']);
  });
});

describe('a command on many', () => {
  it('removes existing rows and drops added ones, and undoes the removal', () => {
    const removed = made(removal, added);
    expect(toChangeSet(removed)).toEqual({
      edits: ['A', 'B', 'C'].map((key) => ({ key, remove: true })),
      additions: [],
    });
    expect(made(removal, removed)).toMatchObject({ edits: new Map(), additions: [] });
  });

  it('removes the remaining rows before it keeps any again', () => {
    const part = removal(rowsOf(variables.slice(0, 1), undefined))?.alter(added) ?? added;
    expect(made(removal, part).edits.size).toBe(3);
  });

  it('disables and masks all, and then enables and unmasks all', () => {
    const off = made(disabling, added);
    expect(rowsOf(variables, off).map(({ variable }) => variable.disabled)).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect(made(disabling, off).edits.size).toBe(0);
    const plain = made(masking, added);
    expect(rowsOf(variables, plain).every(({ variable }) => !variable.secret)).toBe(true);
    expect(made(masking, plain).edits.size).toBe(0);
  });
});
