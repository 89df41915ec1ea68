/**
 * The focused cell of the grid and the selected rows. Each row subscribes to its part of this store, so
 * that moving to the next row draws two rows again and not all that are in sight.
 */
import { createStore } from 'zustand';

/** The ids of rows, or all rows. */
export type Selection = 'all' | ReadonlySet<string>;

export interface Spot {
  readonly rowId: string;
  /** The index of the cell from 0; `undefined` for the row as a whole. */
  readonly cell: number | undefined;
}

/** The effect of a move on the selection. */
export type Selecting = 'replace' | 'extend' | 'keep';

/** The rows in their order, and the index of each. */
export interface Order {
  readonly ids: readonly string[];
  readonly places: ReadonlyMap<string, number>;
}

/** Returns the same order again while the rows are the same, so that an edit of a value changes nothing about it. */
export function keptOrder(): (rows: readonly { readonly id: string }[]) => Order {
  let last: Order = { ids: [], places: new Map() };
  return (rows) => {
    const { ids } = last;
    if (ids.length !== rows.length || rows.some(({ id }, at) => id !== ids[at])) {
      last = {
        ids: rows.map(({ id }) => id),
        places: new Map(rows.map(({ id }, at) => [id, at])),
      };
    }
    return last;
  };
}

interface GridState {
  /** The place that has the focus or had it last. */
  readonly focus: Spot | undefined;
  /** The place to focus as soon as its row is drawn. */
  readonly wanted: Spot | undefined;
  readonly selection: Selection;
  /** The first row of a range. */
  readonly anchor: string | undefined;
  /** Reports that a place has the focus. */
  focused(this: void, spot: Spot): void;
  /** Moves the focus to a place, and changes the selection. */
  goTo(this: void, spot: Spot, selecting: Selecting, order: Order): void;
  /** Selects rows that may not be drawn yet, and focuses the first one or a cell of it. */
  take(this: void, rowIds: readonly string[], cell: number | undefined): void;
  select(this: void, rowId: string, selecting: 'replace' | 'extend' | 'toggle', order: Order): void;
  selectAll(this: void): void;
  clear(this: void): void;
}

export const isSelected = ({ selection }: GridState, rowId: string): boolean =>
  selection === 'all' || selection.has(rowId);

const NONE: Selection = new Set();

/** The rows between two, in either order; only `to` if `from` is gone. */
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

/** The row (from 0) and the cell that a key moves the focus to; `undefined` for other keys. */
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
