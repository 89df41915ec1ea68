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

/** Marks the rows as secret, or as plain. */
export function markingSecret(rows: readonly Row[], secret: boolean): Change | undefined {
  const others = rows.filter(
    ({ change, variable }) =>
      change !== 'removed' && variable.kind !== 'binary' && variable.secret !== secret,
  );
  return marking(
    others,
    (draft, some) => markRows(draft, some, { secret }),
    `marked as ${secret ? 'secret' : 'plain'}`,
  );
}

/** Disables the rows, or enables them. */
export function markingDisabled(rows: readonly Row[], disabled: boolean): Change | undefined {
  const others = rows.filter(
    (row) =>
      row.change !== 'removed' &&
      !isWholeSecret(row) &&
      (row.variable.disabled === true) !== disabled,
  );
  return marking(
    others,
    (draft, some) => markRows(draft, some, { disabled }),
    disabled ? 'disabled' : 'enabled',
  );
}

/** Gives the row a note; an empty one removes it. */
export const noteChange = (row: Row, note: string): Change | undefined =>
  marking([row], (draft, some) => markRows(draft, some, { note }), 'noted');

/** Marks the rows as plain; if all are plain already, marks them as secret. */
export const masking = (rows: readonly Row[]): Change | undefined =>
  markingSecret(rows, false) ?? markingSecret(rows, true);

/** Disables the rows; if all are disabled already, enables them. */
export const disabling = (rows: readonly Row[]): Change | undefined =>
  markingDisabled(rows, true) ?? markingDisabled(rows, false);

/** What a press on the kind of a row does; `undefined` if it does nothing. */
export function chipAction(row: Row): 'keep' | 'enable' | 'plain' | 'secret' | undefined {
  const { variable, change } = row;
  if (change === 'removed') return isWholeSecret(row) ? undefined : 'keep';
  if (variable.disabled === true) return 'enable';
  if (variable.kind === 'binary') return undefined;
  return variable.secret ? 'plain' : 'secret';
}

/** The change that a press on the kind of a row makes. */
export function chipChange(row: Row): Change | undefined {
  switch (chipAction(row)) {
    case 'keep':
      return removal([row]);
    case 'enable':
      return disabling([row]);
    case 'plain':
    case 'secret':
      return masking([row]);
    case undefined:
      return undefined;
  }
}
