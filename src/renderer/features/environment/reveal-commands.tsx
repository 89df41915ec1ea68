/** Revealing by keys: the selected rows, or those on show. */
import { useStores } from '../../app/stores';
import { useCommand } from '../../app/use-command';
import type { Row } from './draft';
import type { GridStore } from './grid-state';
import { selectedRows } from './selected-rows';

interface Props {
  readonly grid: GridStore;
  readonly shown: readonly Row[];
}

export function RevealCommands({ grid, shown }: Props) {
  const { environment } = useStores();
  useCommand('reveal', () => {
    const { selection, focus } = grid.getState();
    const chosen = selectedRows(shown, selection);
    const rows = chosen.length > 0 ? chosen : shown.filter(({ id }) => id === focus?.rowId);
    const { revealed, reveal, revealAll, hide } = environment.getState();
    if (rows.some(({ id }) => revealed.has(id))) for (const { id } of rows) hide(id);
    else if (rows.length > 1) void revealAll(rows);
    else for (const row of rows) void reveal(row);
  });
  return null;
}
