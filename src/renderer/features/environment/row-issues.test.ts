/** The issues of keys, and when they count as unchanged. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Variable } from '@shared/model/variable';
import { editVariable, emptyDraft, removeRows, rowsOf, type Draft, type Row } from './draft';
import { keptIssues, rowIssues } from './row-issues';

const variables = ['HOST', 'host', 'odd key', 'PORT'].map((key): Variable => ({
  key,
  kind: 'text',
  secret: false,
  literal: 'v',
}));
const [HOST, , , PORT] = variables as [Variable, Variable, Variable, Variable];
const issuesOf = (draft: Draft) => rowIssues()(rowsOf(variables, draft));
const empty = emptyDraft('base');

it('finds keys that differ only in case, and keys that a shell cannot export', () => {
  expect([...issuesOf(empty).keys()]).toEqual(['key HOST', 'key host', 'key odd key']);
});

it('stays the same object exactly while the issues are the same', () => {
  const kept = keptIssues();
  const first = kept(issuesOf(empty));
  expect(kept(issuesOf(editVariable(empty, PORT, { value: '1' })))).toBe(first);
  const fixed = kept(issuesOf(editVariable(empty, HOST, { rename: 'SERVER' })));
  expect([...fixed.keys()]).toEqual(['key odd key']);
  const equal = kept(issuesOf(editVariable(empty, PORT, { rename: 'HOST' })));
  expect(equal.get('key PORT')?.level).toBe('error');
  expect(kept(issuesOf(empty))).toEqual(first);
});

it('finds after each edit what it would find if it looked at all keys', () => {
  const names = ['HOST', 'host', 'Host', 'odd key', 'PORT', ''];
  const step = fc.record({
    at: fc.nat(variables.length - 1),
    edit: fc.oneof(
      fc.constantFrom(...names).map((rename) => ({ rename })),
      fc.constant({ value: '1' }),
      fc.constant(undefined),
    ),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      const issuesLater = rowIssues();
      let draft = empty;
      for (const { at, edit } of steps) {
        const variable = variables[at] as Variable;
        const row = rowsOf(variables, draft)[at] as Row;
        draft = edit === undefined ? removeRows(draft, [row]) : editVariable(draft, variable, edit);
        const found = issuesLater(rowsOf(variables, draft));
        expect(new Map(found)).toEqual(new Map(issuesOf(draft)));
      }
    }),
  );
});
