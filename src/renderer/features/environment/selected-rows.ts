/** The rows that a command of the grid applies to, and what it does to several at once. */
import { isWholeSecret, markRows, removeRows, restoreRows, type Draft, type Row } from './draft';
import type { Selection } from './grid-state';

export function selectedRows(shown: readonly Row[], selection: Selection): readonly Row[] {
  if (selection === 'all') return shown;
  return selection.size === 0 ? [] : shown.filter(({ id }) => selection.has(id));
}

/** The selected rows if the row is one of them, else the row alone. */
export function rowsAround(row: Row, shown: readonly Row[], selection: Selection): readonly Row[] {
  const isSelected = selection === 'all' || selection.has(row.id);
  return isSelected ? selectedRows(shown, selection) : [row];
}

export interface Change {
  readonly alter: (draft: Draft) => Draft;
  /** Whether only marks change: nobody owns those. */
  readonly isMark?: true;
  /** The announcement for several rows, such as `removed`. */
  readonly said: string;
}

const change = (
  rows: readonly Row[],
  alter: (draft: Draft, rows: readonly Row[]) => Draft,
  said: string,
): Change | undefined =>
  rows.length === 0 ? undefined : { alter: (draft) => alter(draft, rows), said };

/** Removes the rows; if all are removed already, keeps them. */
export function removal(rows: readonly Row[]): Change | undefined {
  const removable = rows.filter((row) => !isWholeSecret(row));
  const present = removable.filter((row) => row.change !== 'removed');
  return present.length === 0
    ? change(removable, restoreRows, 'kept')
    : change(present, removeRows, 'removed');
}

const marking = (...parts: Parameters<typeof change>): Change | undefined => {
  const changed = change(...parts);
  return changed && { ...changed, isMark: true };
};

/** Disables the rows; if all are disabled already, enables them. */
export function disabling(rows: readonly Row[]): Change | undefined {
  const able = rows.filter((row) => row.change !== 'removed' && !isWholeSecret(row));
  const enabled = able.filter(({ variable }) => variable.disabled !== true);
  return enabled.length === 0
    ? marking(able, (draft, some) => markRows(draft, some, { disabled: false }), 'enabled')
    : marking(enabled, (draft, some) => markRows(draft, some, { disabled: true }), 'disabled');
}

/** Marks the rows as plain; if all are plain already, marks them as secret. */
export function masking(rows: readonly Row[]): Change | undefined {
  const able = rows.filter((row) => row.change !== 'removed');
  const secret = able.filter(({ variable }) => variable.secret);
  return secret.length === 0
    ? marking(able, (draft, some) => markRows(draft, some, { secret: true }), 'marked as secret')
    : marking(secret, (draft, some) => markRows(draft, some, { secret: false }), 'marked as plain');
}
