/**
 * The rows of the grid. Only visible rows are drawn. React Aria's table keeps a node for each cell of each
 * row, and draws all visible rows again for every step of the focus: see decision 19.
 */
/* oxlint-disable jsx-a11y/prefer-tag-over-role -- a browser lays out no table whose rows are placed by hand */
import {
  memo,
  startTransition,
  useEffect,
  useLayoutEffect,
  useId,
  useMemo,
  useRef,
  useState,
  type ComponentType,
  type CSSProperties,
  type FocusEvent,
  type KeyboardEvent,
  type MouseEvent,
  type PointerEvent,
} from 'react';
import { flushSync } from 'react-dom';
import { useStore } from 'zustand';
import { useStores } from '../../app/stores';
import { cx } from '../../lib/class-names';
import { scaled, useTextSize } from '../../lib/rem';
import { ColumnHeading } from './column-heading';
import type { Row } from './draft';
import {
  destination,
  isSelected,
  type GridStore,
  type Order,
  type Selecting,
  type Spot,
} from './grid-state';
import { KeyCell } from './key-cell';
import { KindCell } from './kind-chip';
import { rowElements } from './row-elements';
import { rowPlaces, type RowPlaces } from './row-places';
import type { Sort, SortColumn } from './sort-rows';
import { ValueCell } from './value-cell';

const ROW = 34;
const HEADING = 30;
/** The space after the last row, for announcements: `pb-12` below. */
const END = 48;
/** Rows around the visible ones are drawn as many at a time. */
const BLOCK = 4;
/** ms after a jump until they are. */
const SETTLED = 200;

/** Below it, the grid scrolls. In a narrow window with a large text, the columns are as narrow as their buttons allow. */
const leastClass = 'min-w-[29.25rem] @max-[29.25rem]:min-w-[18.875rem]';
/** The first two columns share the width, unless the first one was given its own. */
const columnsClass = cx(
  leastClass,
  'grid grid-cols-[minmax(11.25rem,var(--key-column))_minmax(11.875rem,1.6fr)_6.125rem] @max-[29.25rem]:grid-cols-[minmax(5.75rem,var(--key-column))_minmax(8.25rem,1.6fr)_4.875rem]',
);
const cellClass =
  // As high as a line of text with its padding. A line that is higher than its cell sticks out of one side, and not of
  // the same in each column.
  'flex min-h-8.25 min-w-0 items-start px-2.5 pt-1.75 pb-1.5 focus-visible:-outline-offset-2';

interface Column {
  readonly id: SortColumn;
  readonly title: string;
  readonly role: 'rowheader' | 'gridcell';
  readonly className: string;
  readonly Content: ComponentType<{ readonly row: Row }>;
}

const columns: readonly Column[] = [
  {
    id: 'key',
    title: 'Key',
    role: 'rowheader',
    className: cx(cellClass, 'relative pl-5'),
    Content: KeyCell,
  },
  {
    id: 'value',
    title: 'Value',
    role: 'gridcell',
    className: cx(cellClass, 'relative flex-wrap-reverse items-end gap-x-2 gap-y-1'),
    Content: ValueCell,
  },
  { id: 'kind', title: 'Kind', role: 'gridcell', className: cellClass, Content: KindCell },
];

const ROW_SELECTOR = '[role="row"][data-key]';
export const CELL_SELECTOR = '[role="gridcell"],[role="rowheader"]';

/** The place of an element in the grid; `undefined` outside of its rows. */
export function spotOf(target: EventTarget): Spot | undefined {
  if (!(target instanceof Element)) return undefined;
  const rowId = target.closest<HTMLElement>(ROW_SELECTOR)?.dataset['key'];
  if (rowId === undefined) return undefined;
  const cell = target.closest<HTMLElement>(CELL_SELECTOR);
  return { rowId, cell: cell === null ? undefined : Number(cell.ariaColIndex) - 1 };
}

interface Props {
  readonly grid: GridStore;
  readonly rows: readonly Row[];
  readonly sort: Sort | undefined;
  readonly onSort: (by: SortColumn) => void;
  readonly order: Order;
  /** Rows that are as tall as their content. */
  readonly tall: ReadonlySet<string>;
  /** The text to show if there are no rows. */
  readonly empty: string;
}

export const VariablesTable = memo(function VariablesTable({
  grid,
  rows,
  sort,
  onSort,
  order,
  tall,
  empty,
}: Props) {
  const { preferences } = useStores();
  const keyWidth = useStore(preferences, (state) => state.keyColumnWidth);
  const scroller = useRef<HTMLDivElement>(null);
  const [heights, setHeights] = useState<ReadonlyMap<string, number>>(new Map());
  useTextSize();
  const rowHeight = scaled(ROW);
  const heading = scaled(HEADING);
  const places = useMemo(
    () => rowPlaces(rows.length, rowHeight, extrasOf(order, tall, heights, rowHeight)),
    [rows, order, tall, heights, rowHeight],
  );
  const view = useView(scroller, grid, order, places, heading);
  const [from, to] = useRange(view, places, rows.length, heading, rowHeight);
  // The row with the focus, or that gets it next, stays drawn even out of sight.
  const kept = useStore(grid, ({ focus, wanted }) => {
    const place = placeOf(order, wanted) ?? placeOf(order, focus);
    return place !== undefined && (place < from || place >= to) ? place : undefined;
  });
  const hasStop = useStore(grid, ({ focus }) => placeOf(order, focus) !== undefined);
  const touches = useRef(false);
  const hasFocus = useRef(false);
  useFollowedFocus(grid, order, hasFocus);

  const drawn = Array.from({ length: to - from }, (_, at) => from + at);
  if (kept !== undefined) drawn.splice(kept < from ? 0 : drawn.length, 0, kept);

  const [elementsOf] = useState(rowElements);
  // Not followed: a step of the focus draws two rows again, and not all. If it goes elsewhere next, no row has to keep it.
  const { focus, wanted } = grid.getState();
  const elements = elementsOf(
    drawn.map((index) => order.ids[index] ?? ''),
    wanted === undefined ? focus?.rowId : undefined,
  );

  const onHeight = useMemo(
    () => (id: string, height: number) =>
      setHeights((before) =>
        before.get(id) === height ? before : new Map(before).set(id, height),
      ),
    [],
  );

  /** The place to focus on return to the grid: the last one, else the selection, else the first row. */
  const back = (): Spot | undefined => {
    const { focus, selection } = grid.getState();
    if (focus !== undefined && order.places.has(focus.rowId)) return focus;
    const rowId =
      selection === 'all'
        ? order.ids[0]
        : (order.ids.find((id) => selection.has(id)) ?? order.ids[0]);
    return rowId === undefined ? undefined : { rowId, cell: undefined };
  };

  const enter = (): void => {
    const spot = back();
    if (spot === undefined) return;
    const { selection, goTo } = grid.getState();
    const isEmpty = selection !== 'all' && selection.size === 0;
    goTo(spot, isEmpty ? 'replace' : 'keep', order);
  };

  const onFocus = (event: FocusEvent): void => {
    hasFocus.current = true;
    const spot = spotOf(event.target);
    if (spot !== undefined) grid.getState().focused(spot);
    // A click next to the rows moves nothing.
    else if (event.target === event.currentTarget && event.target.matches(':focus-visible'))
      enter();
  };

  const onKeyDown = (event: KeyboardEvent<HTMLElement>): void => {
    if (event.defaultPrevented || event.altKey || rows.length === 0) return;
    const handled = onGridKey(event);
    if (!handled) return;
    event.preventDefault();
    event.stopPropagation();
  };

  const onGridKey = (event: KeyboardEvent<HTMLElement>): boolean => {
    const { goTo, select, selectAll, clear, selection } = grid.getState();
    const isMod = event.ctrlKey || event.metaKey;
    const spot = spotOf(event.target);
    const row = placeOf(order, spot);
    if (isMod && event.key.toLowerCase() === 'a') {
      selectAll();
      return true;
    }
    if (event.key === 'Escape') {
      if (selection !== 'all' && selection.size === 0) return false;
      clear();
      return true;
    }
    if (isMod && event.key === ' ' && spot !== undefined) {
      select(spot.rowId, 'toggle', order);
      return true;
    }
    const page = Math.floor((event.currentTarget.clientHeight - heading) / rowHeight);
    const size = { rows: rows.length, cells: columns.length, page };
    const to = destination(event, { row: row ?? 0, cell: spot?.cell }, size);
    if (to === undefined) return false;
    if (row === undefined) {
      enter();
      return true;
    }
    const rowId = order.ids[to.row];
    if (rowId === undefined) return false;
    goTo({ rowId, cell: to.cell }, selectingOf(event, to.row === row), order);
    return true;
  };

  const onMouseDown = (event: MouseEvent): void => {
    const spot = spotOf(event.target);
    if (spot === undefined || event.button !== 0 || isOnControl(event.target)) return;
    const isMod = event.ctrlKey || event.metaKey;
    if (event.shiftKey || isMod || event.detail > 1) {
      // The browser would select text.
      event.preventDefault();
      grid.getState().goTo(spot, 'keep', order);
    }
    const selecting = isMod || touches.current ? 'toggle' : event.shiftKey ? 'extend' : 'replace';
    if (event.detail <= 1) grid.getState().select(spot.rowId, selecting, order);
  };

  const onPointerDown = (event: PointerEvent): void => {
    touches.current = event.pointerType === 'touch';
  };

  /** A click by assistive technology, which sends no mouse button. */
  const onClick = (event: MouseEvent): void => {
    const spot = event.detail === 0 ? spotOf(event.target) : undefined;
    if (spot === undefined || isOnControl(event.target)) return;
    grid.getState().select(spot.rowId, 'toggle', order);
  };

  return (
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- onKeyDown handles the keys
    <div
      ref={scroller}
      role="grid"
      aria-label="Variables"
      aria-multiselectable
      aria-rowcount={rows.length + 1}
      aria-colcount={columns.length}
      tabIndex={hasStop ? -1 : 0}
      onFocus={onFocus}
      onBlur={() => {
        hasFocus.current = false;
      }}
      onKeyDown={onKeyDown}
      onPointerDown={onPointerDown}
      onMouseDown={onMouseDown}
      onClick={onClick}
      style={{ '--key-column': keyWidth === 0 ? '1fr' : `${String(keyWidth)}px` } as CSSProperties}
      className="min-h-0 flex-1 scroll-pt-7.5 scroll-pb-12 overflow-auto pb-12"
    >
      <div role="rowgroup" className="sticky top-0 z-1">
        <div role="row" aria-rowindex={1} className={columnsClass}>
          {columns.map(({ id, title }, index) => (
            <ColumnHeading
              key={id}
              id={id}
              title={title}
              index={index}
              sort={sort}
              onSort={onSort}
            />
          ))}
        </div>
      </div>
      <div
        role="rowgroup"
        data-empty={rows.length === 0 || undefined}
        className={cx('relative', leastClass)}
        style={{ height: rows.length === 0 ? 'auto' : places.total }}
      >
        {rows.length === 0 ? (
          <div role="row">
            <div role="gridcell" aria-colspan={columns.length} className="px-5 py-3 text-text-2">
              {empty}
            </div>
          </div>
        ) : null}
        {drawn.map((index, at) => {
          const row = rows[index];
          return row === undefined ? null : (
            <TableRow
              key={elements[at]}
              grid={grid}
              row={row}
              index={index}
              top={places.topOf(index)}
              isTall={tall.has(row.id)}
              onHeight={onHeight}
            />
          );
        })}
      </div>
    </div>
  );
});

const placeOf = ({ places }: Order, spot: Spot | undefined): number | undefined =>
  spot === undefined ? undefined : places.get(spot.rowId);

/** A move within a row keeps the selection; so does an arrow key with Ctrl. */
function selectingOf(event: KeyboardEvent, isSameRow: boolean): Selecting {
  if (event.shiftKey) return 'extend';
  const goesAlone = (event.ctrlKey || event.metaKey) && event.key.startsWith('Arrow');
  return isSameRow || goesAlone ? 'keep' : 'replace';
}

const isOnControl = (target: EventTarget): boolean =>
  target instanceof Element && target.closest('button, input, textarea') !== null;

function extrasOf(
  { places }: Order,
  tall: ReadonlySet<string>,
  heights: ReadonlyMap<string, number>,
  rowHeight: number,
): ReadonlyMap<number, number> {
  const extras = new Map<number, number>();
  for (const id of tall) {
    const index = places.get(id);
    const height = heights.get(id);
    if (index !== undefined && height !== undefined && height > rowHeight) {
      extras.set(index, height - rowHeight);
    }
  }
  return extras;
}

interface View {
  /** The scroll position and the height, in pixels. */
  readonly top: number;
  readonly height: number;
}

/** What is in sight. Scrolls to the place that is to have the focus at once, so that its rows are drawn only once. */
function useView(
  scroller: { readonly current: HTMLElement | null },
  grid: GridStore,
  order: Order,
  places: RowPlaces,
  heading: number,
): View {
  const [view, setView] = useState<View>({ top: 0, height: window.innerHeight });
  const latest = useRef({ order, places });
  useLayoutEffect(() => {
    latest.current = { order, places };
  }, [order, places]);
  useEffect(() => {
    const { current } = scroller;
    if (current === null) return undefined;
    const look = (): void => {
      const { scrollTop: top, clientHeight: height } = current;
      setView((before) =>
        before.top === top && before.height === height ? before : { top, height },
      );
    };
    // Synchronously, before the frame that shows the new scroll position.
    const onScroll = (): void => flushSync(look);
    const resized = new ResizeObserver(look);
    resized.observe(current);
    current.addEventListener('scroll', onScroll, { passive: true });
    const unsubscribe = grid.subscribe(({ wanted }, before) => {
      const place = wanted === before.wanted ? undefined : placeOf(latest.current.order, wanted);
      if (place === undefined) return;
      const { topOf } = latest.current.places;
      const top = topOf(place);
      const least = topOf(place + 1) + heading + scaled(END) - current.clientHeight;
      const { scrollTop } = current;
      const wished = Math.min(top, Math.max(scrollTop, least));
      if (wished === scrollTop) return;
      current.scrollTop = wished;
      look();
    });
    return () => {
      resized.disconnect();
      current.removeEventListener('scroll', onScroll);
      unsubscribe();
    };
  }, [scroller, grid, heading]);
  return view;
}

/**
 * The range of rows to draw: the first index, and the one after the last. Visible rows are drawn at once, and some around
 * them when there is time.
 */
function useRange(
  { top: wished, height }: View,
  places: RowPlaces,
  count: number,
  heading: number,
  rowHeight: number,
): readonly [number, number] {
  // With fewer rows the old scroll position may be too far; the browser corrects it one frame later.
  const top = Math.min(wished, Math.max(0, places.total + heading - height));
  const first = places.indexAt(top);
  const last = Math.max(first, Math.min(count, places.indexAt(top + height) + 1));
  const size = Math.ceil(height / rowHeight) + 3 * BLOCK;
  const begin = (Math.floor(first / BLOCK) - 1) * BLOCK;
  const [around, setAround] = useState(begin);
  const isJump = Math.abs(begin - around) > size / 2;
  useEffect(() => {
    if (begin === around) return undefined;
    // More jumps often follow the first one: rows around each would be drawn for nothing.
    const timer = setTimeout(() => startTransition(() => setAround(begin)), isJump ? SETTLED : 0);
    return () => clearTimeout(timer);
  }, [begin, around, isJump]);
  if (isJump) return [first, last];
  const from = Math.max(0, Math.min(first, Math.max(begin, around)));
  const to = Math.max(last, Math.min(count, Math.min(begin, around) + size));
  return [from, to];
}

/** If the focused row is removed, focuses the row that takes its place. */
function useFollowedFocus(
  grid: GridStore,
  order: Order,
  hasFocus: { readonly current: boolean },
): void {
  const before = useRef(order);
  useLayoutEffect(() => {
    const { focus, goTo, focused } = grid.getState();
    const place = placeOf(before.current, focus);
    before.current = order;
    if (focus === undefined || place === undefined || order.places.has(focus.rowId)) return;
    const rowId = order.ids[Math.min(place, order.ids.length - 1)];
    if (rowId === undefined) return;
    const spot = { rowId, cell: focus.cell };
    // An element that is removed from the page sends no blur event.
    if (hasFocus.current && document.activeElement === document.body) goTo(spot, 'replace', order);
    else focused(spot);
  }, [grid, order, hasFocus]);
}

interface RowProps {
  readonly grid: GridStore;
  readonly row: Row;
  /** From 0. */
  readonly index: number;
  /** In pixels, like the height that `onHeight` gets. */
  readonly top: number;
  readonly isTall: boolean;
  readonly onHeight: (id: string, height: number) => void;
}

const TableRow = memo(function TableRow({ grid, row, index, top, isTall, onHeight }: RowProps) {
  const { id } = row;
  const element = useRef<HTMLDivElement>(null);
  const nameId = useId();
  const isMarked = useStore(grid, (state) => isSelected(state, id));
  const focus = useStore(grid, (state) => (state.focus?.rowId === id ? state.focus : undefined));
  const wanted = useStore(grid, (state) => (state.wanted?.rowId === id ? state.wanted : undefined));

  useLayoutEffect(() => {
    const { current } = element;
    if (wanted === undefined || current === null) return;
    const target = wanted.cell === undefined ? current : current.children[wanted.cell];
    if (!(target instanceof HTMLElement)) return;
    // The view has scrolled to the row already; a cell may be out of sight at a side.
    target.focus({ preventScroll: true });
    target.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    grid.getState().focused(wanted);
  }, [grid, wanted]);

  useLayoutEffect(() => {
    const { current } = element;
    if (!isTall || current === null) return undefined;
    const measure = (): void => onHeight(id, current.getBoundingClientRect().height);
    measure();
    const resized = new ResizeObserver(measure);
    resized.observe(current);
    return () => resized.disconnect();
  }, [isTall, id, onHeight]);

  return (
    <div
      ref={element}
      role="row"
      data-key={id}
      data-selected={isMarked || undefined}
      aria-rowindex={index + 2}
      aria-selected={isMarked}
      aria-labelledby={nameId}
      tabIndex={focus !== undefined && focus.cell === undefined ? 0 : -1}
      style={{ top }}
      className={cx(
        columnsClass,
        'group/row absolute inset-x-0 border-b border-line hover:bg-hover focus-visible:-outline-offset-2 data-selected:bg-brass-wash',
        isTall ? 'contain-content' : 'h-8.5 contain-strict',
      )}
    >
      {columns.map(({ title, role, className, Content }, at) => (
        <div
          key={title}
          role={role}
          id={role === 'rowheader' ? nameId : undefined}
          aria-colindex={at + 1}
          tabIndex={focus?.cell === at ? 0 : -1}
          className={className}
        >
          <Content row={row} />
        </div>
      ))}
    </div>
  );
});
