/**
 * Where the keyboard is in the grid and which rows are selected. A store of its own, of which each row
 * watches what is about itself: going on to the next row draws two rows anew and not all in sight.
 */
import { createStore } from 'zustand';

/** The ids of rows, or all that there are. */
export type Selection = 'all' | ReadonlySet<string>;

export interface Spot {
  readonly rowId: string;
  /** Which cell, counted from 0; nothing where it is the row as a whole. */
  readonly cell: number | undefined;
}

/** What going somewhere does to the selection. */
export type Selecting = 'replace' | 'extend' | 'keep';

/** The rows in their order, and where each of them is in it. */
export interface Order {
  readonly ids: readonly string[];
  readonly places: ReadonlyMap<string, number>;
}

interface GridState {
  /** Where the focus is or was last. */
  readonly focus: Spot | undefined;
  /** Where the focus is to go as soon as the row is there. */
  readonly wanted: Spot | undefined;
  readonly selection: Selection;
  /** Where a range begins. */
  readonly anchor: string | undefined;
  /** The focus has come there. */
  focused(this: void, spot: Spot): void;
  /** Goes to a spot, and selects on the way. */
  goTo(this: void, spot: Spot, selecting: Selecting, order: Order): void;
  /** Goes to the first of the rows, or to a cell of it, and selects them; they need not be there yet. */
  take(this: void, rowIds: readonly string[], cell: number | undefined): void;
  select(this: void, rowId: string, selecting: 'replace' | 'extend' | 'toggle', order: Order): void;
  selectAll(this: void): void;
  clear(this: void): void;
}

export const isSelected = ({ selection }: GridState, rowId: string): boolean =>
  selection === 'all' || selection.has(rowId);

const NONE: Selection = new Set();

/** From one row to the other, whichever of them comes first; the one alone, where the other is gone. */
function rangeOf({ ids, places }: Order, from: string, to: string): Selection {
  const start = places.get(from);
  const end = places.get(to);
  if (start === undefined || end === undefined) return new Set([to]);
  return new Set(ids.slice(Math.min(start, end), Math.max(start, end) + 1));
}

export const createGridState = () =>
  createStore<GridState>()((set, get) => {
    const selected = (
      rowId: string,
      selecting: 'replace' | 'extend',
      order: Order,
    ): Pick<GridState, 'selection' | 'anchor'> => {
      if (selecting === 'replace') return { selection: new Set([rowId]), anchor: rowId };
      const { anchor, focus } = get();
      const isThere = anchor !== undefined && order.places.has(anchor);
      const from = isThere ? anchor : (focus?.rowId ?? rowId);
      return { selection: rangeOf(order, from, rowId), anchor: from };
    };
    return {
      focus: undefined,
      wanted: undefined,
      selection: NONE,
      anchor: undefined,
      focused: (spot) => {
        const { focus } = get();
        const isSame = focus?.rowId === spot.rowId && focus.cell === spot.cell;
        set({ wanted: undefined, ...(!isSame && { focus: spot }) });
      },
      goTo: (spot, selecting, order) =>
        set({
          wanted: spot,
          ...(selecting !== 'keep' && selected(spot.rowId, selecting, order)),
        }),
      take: (rowIds, cell) => {
        const [first] = rowIds;
        if (first === undefined) return;
        set({ wanted: { rowId: first, cell }, selection: new Set(rowIds), anchor: first });
      },
      select: (rowId, selecting, order) => {
        if (selecting !== 'toggle') return set(selected(rowId, selecting, order));
        const { selection } = get();
        const others = new Set(selection === 'all' ? order.ids : selection);
        if (!others.delete(rowId)) others.add(rowId);
        set({ selection: others, anchor: rowId });
      },
      selectAll: () => set({ selection: 'all' }),
      clear: () => set({ selection: NONE, anchor: undefined }),
    };
  });

export type GridStore = ReturnType<typeof createGridState>;

/** A key that moves the focus: to which row, counted from 0, and to which of its cells. */
export function destination(
  { key, ctrlKey, metaKey }: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey'>,
  from: { readonly row: number; readonly cell: number | undefined },
  { rows, cells, page }: { readonly rows: number; readonly cells: number; readonly page: number },
): { readonly row: number; readonly cell: number | undefined } | undefined {
  const { row, cell } = from;
  const inRow = cell !== undefined && !ctrlKey && !metaKey;
  const to = (index: number) => ({ row: Math.min(Math.max(index, 0), rows - 1), cell });
  switch (key) {
    case 'ArrowUp':
      return to(row - 1);
    case 'ArrowDown':
      return to(row + 1);
    case 'PageUp':
      return to(row - page);
    case 'PageDown':
      return to(row + page);
    case 'Home':
      return { row: inRow ? row : 0, cell: cell === undefined ? undefined : 0 };
    case 'End':
      return { row: inRow ? row : rows - 1, cell: cell === undefined ? undefined : cells - 1 };
    case 'ArrowLeft':
      if (cell === undefined) return { row, cell: cells - 1 };
      return { row, cell: cell === 0 ? undefined : cell - 1 };
    case 'ArrowRight':
      return { row, cell: cell === undefined ? 0 : Math.min(cell + 1, cells - 1) };
    default:
      return undefined;
  }
}
