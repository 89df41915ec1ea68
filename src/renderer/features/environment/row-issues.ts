import { keyIssue, type KeyIssue } from '@shared/model/key-rules';
import type { Row } from './draft';

/** More changed rows than this are looked at together with all others. */
const FEW = 100;

/**
 * Returns a function that finds the issues of keys, by row id. After an edit of a few rows it looks only at those, and at
 * rows whose keys are alike.
 */
export function rowIssues(): (rows: readonly Row[]) => ReadonlyMap<string, KeyIssue> {
  let last: readonly Row[] = [];
  let alike = new Map<string, readonly Row[]>();
  let issues: ReadonlyMap<string, KeyIssue> = new Map();

  const start = (rows: readonly Row[]): void => {
    alike = groupsOf(rows);
    issues = new Map([...alike.values()].flatMap(issuesIn));
  };

  const update = (rows: readonly Row[], changed: readonly Changed[]): void => {
    const touched = new Set(changed.flatMap(({ from, to }) => [fold(from), fold(to)]));
    const before = [...touched].flatMap((folded) => alike.get(folded) ?? []);
    const members = new Set([...before, ...changed.map(({ to }) => to)]);
    // In the order of all rows, which decides the words of an issue.
    const groups = groupsOf(rows.filter((row) => members.has(row)));
    const found = new Map(issues);
    for (const { id } of before) found.delete(id);
    for (const folded of touched) {
      const group = groups.get(folded);
      if (group === undefined) alike.delete(folded);
      else alike.set(folded, group);
      for (const [id, issue] of issuesIn(group ?? [])) found.set(id, issue);
    }
    issues = found;
  };

  return (rows) => {
    const changed = changesOf(last, rows);
    last = rows;
    if (changed === undefined) start(rows);
    else if (changed.length > 0) update(rows, changed);
    return issues;
  };
}

interface Changed {
  readonly from: Row;
  readonly to: Row;
}

/** The rows that are not the same as before at their place; `undefined` if there are too many, or rows came or went. */
function changesOf(before: readonly Row[], now: readonly Row[]): readonly Changed[] | undefined {
  if (before.length !== now.length) return undefined;
  const changed: Changed[] = [];
  for (const [at, to] of now.entries()) {
    const from = before[at];
    if (from === to) continue;
    if (from === undefined || changed.length === FEW) return undefined;
    changed.push({ from, to });
  }
  return changed;
}

/** Only keys that are equal except for case can conflict: each key is compared with those few, and not with all. */
const fold = ({ key }: Row): string => key.toUpperCase();

function groupsOf(rows: readonly Row[]): Map<string, readonly Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    if (row.change === 'removed') continue;
    const folded = fold(row);
    const others = groups.get(folded);
    if (others === undefined) groups.set(folded, [row]);
    else others.push(row);
  }
  return groups;
}

const issuesIn = (group: readonly Row[]): readonly (readonly [string, KeyIssue])[] =>
  group.flatMap((row) => {
    const issue = issueOf(row, group);
    return issue === undefined ? [] : [[row.id, issue] as const];
  });

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

function issueOf(row: Row, group: readonly Row[]): KeyIssue | undefined {
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
