/** The issues of keys, and when they count as unchanged. */
import { expect, it } from 'vitest';
import type { Variable } from '@shared/model/variable';
import { editVariable, emptyDraft, rowsOf, type Draft } from './draft';
import { keptIssues, rowIssues } from './row-issues';

const variables = ['HOST', 'host', 'odd key', 'PORT'].map((key): Variable => ({
  key,
  kind: 'text',
  secret: false,
  literal: 'v',
}));
const [HOST, , , PORT] = variables as [Variable, Variable, Variable, Variable];
const issuesOf = (draft: Draft) => rowIssues(rowsOf(variables, draft));
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
