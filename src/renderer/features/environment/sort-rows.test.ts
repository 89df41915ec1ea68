import { expect, it } from 'vitest';
import { addVariables, emptyDraft, rowsOf } from './draft';
import { nextSort, sortRows, type Sort } from './sort-rows';

const draft = addVariables(emptyDraft('base'), [{ key: 'A_NEW', value: 'x' }]);
const rows = rowsOf(
  [
    { key: 'KEY_10', kind: 'text', secret: true },
    { key: 'KEY_9', kind: 'number', secret: false, literal: '20' },
    { key: 'B', kind: 'text', secret: false, literal: '3' },
    { key: 'C', kind: 'text', secret: true },
  ],
  draft,
);
const sorted = (sort: Sort | undefined): string[] => sortRows(rows, sort).map(({ key }) => key);

it('sorts digits as numbers, and keeps new variables last', () => {
  expect(sorted({ by: 'key', descending: false })).toEqual(['B', 'C', 'KEY_9', 'KEY_10', 'A_NEW']);
  expect(sorted({ by: 'key', descending: true })).toEqual(['KEY_10', 'KEY_9', 'C', 'B', 'A_NEW']);
});

it('says nothing of masked values, which keep their order after the others', () => {
  expect(sorted({ by: 'value', descending: false })).toEqual([
    'B',
    'KEY_9',
    'KEY_10',
    'C',
    'A_NEW',
  ]);
  expect(sorted({ by: 'value', descending: true })).toEqual(['KEY_9', 'B', 'KEY_10', 'C', 'A_NEW']);
});

it('goes from up to down to the stored order', () => {
  const up = nextSort(undefined, 'kind');
  const down = nextSort(up, 'kind');
  expect([up, down, nextSort(down, 'kind')]).toEqual([
    { by: 'kind', descending: false },
    { by: 'kind', descending: true },
    undefined,
  ]);
  expect(nextSort(down, 'key')).toEqual({ by: 'key', descending: false });
  expect(sortRows(rows, undefined)).toBe(rows);
});
