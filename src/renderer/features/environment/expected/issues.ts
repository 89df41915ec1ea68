/** Variables that are not as the rules of the workspace expect them, with the unsaved edits. */
import { misfitOf, missingOf, type ExpectedVariable } from '@shared/model/expected';
import type { KeyIssue } from '@shared/model/key-rules';
import type { Row } from '../draft';

export type Expected = ReadonlyMap<string, ExpectedVariable>;

/** Whether programs may get another value than a typed text: a reference, or one with `{{NAME}}`. */
const mayDiffer = (text: string, expands: boolean): boolean =>
  text.startsWith('@') || (expands && text.includes('{{'));

function misfitIn(row: Row, rule: ExpectedVariable, expands: boolean): string | undefined {
  const { typed, variable, origin } = row;
  if (variable.disabled === true && rule.optional !== true) {
    return 'It is disabled: programs that expect it do not get it.';
  }
  if (typed !== undefined) return mayDiffer(typed, expands) ? undefined : misfitOf(rule, typed);
  // Only the core knows the value, and it knows the key that is saved.
  return origin?.key === row.key ? variable.misfit : undefined;
}

/** Warnings by row id. They are in words for saved rows too. */
export function expectedIssues(
  rows: readonly Row[],
  expected: Expected,
  expands: boolean,
): ReadonlyMap<string, KeyIssue> {
  const issues = new Map<string, KeyIssue>();
  if (expected.size === 0) return issues;
  for (const row of rows) {
    const rule = expected.get(row.key);
    if (rule === undefined || row.change === 'removed') continue;
    const message = misfitIn(row, rule, expands);
    if (message !== undefined) issues.set(row.id, { level: 'warning', message, inWords: true });
  }
  return issues;
}

/** The variables that are expected, and would not be there after saving. */
export function missingIn(rows: readonly Row[], expected: Expected): readonly ExpectedVariable[] {
  if (expected.size === 0) return [];
  const keys = new Set(rows.flatMap(({ key, change }) => (change === 'removed' ? [] : [key])));
  return missingOf(expected, (key) => keys.has(key));
}
