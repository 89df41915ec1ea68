import type { ComparedRow } from './comparison';

/**
 * How a row counts. Of two environments, `first` and `second` say which one alone has the variable, and `missing` that
 * both lack what is expected; of more, `missing` says that at least one lacks it.
 */
export const rowGroups = ['different', 'first', 'second', 'missing', 'equal'] as const;
export type RowGroup = (typeof rowGroups)[number];

export function rowGroup({ outcome, cells }: Pick<ComparedRow, 'outcome' | 'cells'>): RowGroup {
  if (outcome !== 'missing' || cells.length !== 2) return outcome;
  if (cells[0]?.state === 'present') return 'first';
  return cells[1]?.state === 'present' ? 'second' : 'missing';
}

/** How many rows are in each group. */
export function countGroups(rows: readonly ComparedRow[]): Record<RowGroup, number> {
  const counts = { different: 0, first: 0, second: 0, missing: 0, equal: 0 };
  for (const row of rows) counts[rowGroup(row)] += 1;
  return counts;
}
