/** The focus and the selection of the grid's table, which React Aria gives only to what is inside it. */
import { useContext, useLayoutEffect, useMemo, useRef, type ContextType } from 'react';
import { TableStateContext } from 'react-aria-components';
import type { Field } from './store';

type TableState = NonNullable<ContextType<typeof TableStateContext>>;

interface Wanted {
  readonly rowIds: readonly string[];
  readonly field: Field | undefined;
}

export interface TableFocus {
  /** Goes to the first of the rows, or to a cell of it, and selects them; once they are there. */
  readonly goTo: (rowIds: readonly string[], field?: Field) => void;
  /** Goes to a cell of a row that is there. */
  readonly cell: (rowId: string, cell: number) => void;
  /** Goes to the cell beside the one that has the focus; from the first cell to the row. */
  readonly step: (rowId: string, cell: number, by: 1 | -1) => void;
}

const COLUMNS = { key: 0, value: 1 } as const satisfies Record<Field, number>;

const cellKeys = ({ collection }: TableState, rowId: string) =>
  [...(collection.getChildren?.(rowId) ?? [])].map(({ key }) => key);

function take(state: TableState, { rowIds, field }: Wanted): void {
  const { selectionManager: manager } = state;
  const [first] = rowIds;
  if (first === undefined) return;
  const cell = field === undefined ? undefined : cellKeys(state, first)[COLUMNS[field]];
  manager.setSelectedKeys(rowIds);
  manager.setFocusedKey(cell ?? first);
  manager.setFocused(true);
}

/** `tap` stands somewhere in the table's head. */
export function useTableFocus() {
  const stateRef = useRef<TableState>(undefined);
  const wantedRef = useRef<Wanted>(undefined);
  const focus = useMemo<TableFocus>(
    () => ({
      goTo: (rowIds, field) => {
        const [first] = rowIds;
        const { current } = stateRef;
        if (first === undefined || current === undefined) return;
        if (current.collection.getItem(first) === null) wantedRef.current = { rowIds, field };
        else take(current, { rowIds, field });
      },
      cell: (rowId, cell) => {
        const { current } = stateRef;
        const key = current === undefined ? undefined : cellKeys(current, rowId)[cell];
        if (key !== undefined) current?.selectionManager.setFocusedKey(key);
      },
      step: (rowId, cell, by) => {
        const { current } = stateRef;
        if (current === undefined) return;
        const to = cell + by;
        const key = to < 0 ? rowId : cellKeys(current, rowId)[to];
        if (key !== undefined) current.selectionManager.setFocusedKey(key);
      },
    }),
    [],
  );
  const tap = useMemo(() => <Tap stateRef={stateRef} wantedRef={wantedRef} />, []);
  return { focus, tap };
}

interface TapProps {
  readonly stateRef: { current: TableState | undefined };
  readonly wantedRef: { current: Wanted | undefined };
}

function Tap({ stateRef, wantedRef }: TapProps) {
  const table = useContext(TableStateContext);
  useLayoutEffect(() => {
    stateRef.current = table ?? undefined;
    const { current } = wantedRef;
    const [first] = current?.rowIds ?? [];
    if (table === null || current === undefined || first === undefined) return;
    if (table.collection.getItem(first) === null) return;
    wantedRef.current = undefined;
    take(table, current);
  });
  return null;
}
