import { keyIssue, type KeyIssue } from '@shared/model/key-rules';
import type { Row } from './draft';

/**
 * The issues of keys, by row id. Only keys that are equal except for case can conflict, so that each key is
 * compared with those few and not with all.
 */
export function rowIssues(rows: readonly Row[]): ReadonlyMap<string, KeyIssue> {
  const alike = new Map<string, Row[]>();
  for (const row of rows) {
    if (row.change === 'removed') continue;
    const folded = row.key.toUpperCase();
    const others = alike.get(folded);
    if (others === undefined) alike.set(folded, [row]);
    else others.push(row);
  }
  const issues = new Map<string, KeyIssue>();
  for (const group of alike.values()) {
    for (const row of group) {
      const issue = issueOf(row, group);
      if (issue !== undefined) issues.set(row.id, issue);
    }
  }
  return issues;
}

/** Whether an issue is shown in words: of a saved row most are only a mark. */
export const showsWords = ({ change }: Row, { inWords }: KeyIssue): boolean =>
  change !== 'none' || inWords === true;

/**
 * Returns the same map again while the issues are the same, so that an edit that changes no issue draws no
 * row again.
 */
export function keptIssues(): (
  issues: ReadonlyMap<string, KeyIssue>,
) => ReadonlyMap<string, KeyIssue> {
  let last: ReadonlyMap<string, KeyIssue> = new Map();
  return (issues) => {
    const isSame =
      issues.size === last.size &&
      [...issues].every(([rowId, { level, message }]) => {
        const before = last.get(rowId);
        return before?.level === level && before.message === message;
      });
    if (!isSame) last = issues;
    return last;
  };
}

const NO_OTHERS: ReadonlySet<string> = new Set();

/** The issues of keys that no other key is like. Most rows stay the same objects when another one is edited. */
const ofLone = new WeakMap<Row, { readonly issue: KeyIssue | undefined }>();

function issueOf(row: Row, group: readonly Row[]): KeyIssue | undefined {
  if (group.length > 1) return freshIssueOf(row, group);
  const known = ofLone.get(row);
  if (known !== undefined) return known.issue;
  const issue = freshIssueOf(row, group);
  ofLone.set(row, { issue });
  return issue;
}

function freshIssueOf(row: Row, group: readonly Row[]): KeyIssue | undefined {
  // A key that is empty on the server may stay empty.
  if (row.key === '' && row.origin?.key === '') {
    return { level: 'warning', message: 'The key is empty; few tools can use it.' };
  }
  if (group.length === 1) return keyIssue(row.key, NO_OTHERS);
  const others = new Set(group.filter((other) => other !== row).map(({ key }) => key));
  // Of two equal keys, the one that was typed has the issue.
  if (row.change === 'none') others.delete(row.key);
  return keyIssue(row.key, others);
}

/** The issue of a key while it is typed. */
export const issueOfTyped = (key: string, row: Row, rows: readonly Row[]): KeyIssue | undefined => {
  const others = new Set<string>();
  for (const other of rows) {
    if (other.id !== row.id && other.change !== 'removed') others.add(other.key);
  }
  return key === row.key && key === '' ? undefined : keyIssue(key, others);
};
