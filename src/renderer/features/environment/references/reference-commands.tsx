/** The commands about references, for the variable that has the focus or had it last. */
import { useStore } from 'zustand';
import { useStores } from '@renderer/app/stores';
import { useCommand } from '@renderer/app/use-command';
import { isWholeSecret, type Row } from '../draft';
import type { GridStore } from '../grid-state';
import { useReferenceOf } from './use-reference-of';

interface Props {
  readonly id: string;
  readonly grid: GridStore;
  readonly rows: readonly Row[];
}

export function ReferenceCommands({ id, grid, rows }: Props) {
  const { references } = useStores();
  const focused = useStore(grid, ({ focus }) => focus?.rowId);
  const row = rows.find((one) => one.id === focused);
  const reference = useReferenceOf(row);
  const { ask, go } = references.getState();
  useCommand(
    'where-used',
    row === undefined || isWholeSecret(row) || row.key === ''
      ? undefined
      : () => void ask(id, row.key),
  );
  useCommand(
    'go-to-reference',
    reference && (() => go({ id: reference.environmentId, key: reference.key })),
  );
  return null;
}
