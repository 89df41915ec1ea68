/** A table of any length. Only visible rows are drawn; assistive technology gets the true counts. */
import { memo, useLayoutEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import {
  Cell as AriaCell,
  Column as AriaColumn,
  Row as AriaRow,
  Table as AriaTable,
  TableHeader,
  TableLayout,
  Virtualizer,
  type CellProps,
  type ColumnProps,
  type RowProps,
  type TableProps as AriaTableProps,
} from 'react-aria-components';
import { cx } from '../lib/class-names';
import { scaled, useTextSize } from '../lib/rem';
import { StickyFirstLayout, TallRowsLayout, type TallRows } from './tall-rows-layout';

const ROW = 34;
const HEADING = 30;
/** Of `CellLines`, and the space and border around them. */
const LINE = 24;
const LINES_AROUND = 15;

interface TableProps extends Omit<AriaTableProps, 'className' | 'style'> {
  readonly 'aria-label': string;
  readonly children: ReactNode;
}

/** In a low window, a table keeps three rows, and the page scrolls. An announcement covers the space at the end, and no row. */
const tableClass = 'min-h-33 flex-1 scroll-pb-12 overflow-auto pb-12';

interface TableRoomProps {
  /** Widths, ascending, in pixels at a text size of 16. */
  readonly steps: readonly number[];
  /** Draws the table for the number of steps that are not wider than the space for it. */
  readonly children: (fitting: number) => ReactNode;
}

/** The space for a table. A table that has no room for all of its columns puts some into others, so it never scrolls sideways. */
export function TableRoom({ steps, children }: TableRoomProps) {
  const textSize = useTextSize();
  const frame = useRef<HTMLDivElement>(null);
  const [fitting, setFitting] = useState<number>();
  const widths = steps.join(' ');
  useLayoutEffect(() => {
    const { current } = frame;
    if (current === null) return undefined;
    const least = widths.split(' ').map((px) => scaled(Number(px)));
    const measure = (): void =>
      setFitting(least.filter((width) => width <= current.clientWidth).length);
    measure();
    const resized = new ResizeObserver(measure);
    resized.observe(current);
    return () => resized.disconnect();
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- `scaled` depends on the text size
  }, [widths, textSize]);
  return (
    <div ref={frame} className="flex min-h-33 flex-1 flex-col">
      {fitting === undefined ? null : children(fitting)}
    </div>
  );
}

/** For some hundreds of rows, each as tall as its content. */
export function Table(props: TableProps) {
  useTextSize();
  return (
    <Virtualizer
      layout={TableLayout}
      layoutOptions={{ estimatedRowHeight: scaled(ROW), headingHeight: scaled(HEADING) }}
      shouldObserveItemSize
    >
      <AriaTable {...props} className={tableClass} />
    </Virtualizer>
  );
}

interface LongTableProps extends TableProps {
  readonly tall: TallRows;
  /** Keeps the first column in sight while the others scroll. */
  readonly stickyFirst?: boolean;
  /** How many lines of `CellLines` a row has; without it, a row is one line of text high. */
  readonly lines?: number;
}

/** For thousands of rows of one height, except a few that may be taller. */
export function LongTable({ tall, stickyFirst = false, lines, ...props }: LongTableProps) {
  const textSize = useTextSize();
  const options = useMemo(
    () => ({
      estimatedRowHeight: scaled(lines === undefined ? ROW : LINES_AROUND + lines * LINE),
      headingHeight: scaled(HEADING),
      tall,
    }),
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- `scaled` depends on it
    [tall, lines, textSize],
  );
  return (
    <Virtualizer layout={stickyFirst ? StickyFirstLayout : TallRowsLayout} layoutOptions={options}>
      <SteadyTable {...props} />
    </Virtualizer>
  );
}

/** Memoised, so that a new layout does not render thousands of rows again. */
const SteadyTable = memo(function SteadyTable(props: TableProps) {
  return <AriaTable {...props} className={tableClass} />;
});

export const Column = ({ className, ...props }: ColumnProps & { readonly className?: string }) => (
  <AriaColumn
    {...props}
    className={cx(
      'caps flex h-full items-center border-b border-line bg-panel px-2.5 text-text-3 data-focus-visible:-outline-offset-2',
      className,
    )}
  />
);

/** The columns of a table that has its values below each other, as `CellLines`. */
export const KeyAndValuesHeader = () => (
  <TableHeader>
    <Column id="key" isRowHeader width="1fr" minWidth={scaled(100)} className="pl-5">
      Key
    </Column>
    <Column id="values" width="2fr" minWidth={scaled(150)}>
      Values
    </Column>
  </TableHeader>
);

const rowClass =
  'group/row h-full border-b border-line data-focus-visible:-outline-offset-2 data-hovered:bg-hover data-selected:bg-brass-wash';
const cellClass =
  'flex min-h-8.25 min-w-0 items-start px-2.5 py-1.75 data-focus-visible:-outline-offset-2';

export const Row = <Item extends object>({
  className,
  ...props
}: RowProps<Item> & { readonly className?: string }) => (
  <AriaRow {...props} className={cx(rowClass, className)} />
);

/** React Aria gives each cell a frame as tall as the tallest cell of the row. */
export const Cell = ({ className, ...props }: CellProps & { readonly className?: string }) => (
  <AriaCell {...props} className={cx(cellClass, className)} />
);

/** Several values of a row in one cell, each with its name, in a table that has no room for a column each. */
export const CellLines = ({ children }: { readonly children: ReactNode }) => (
  <dl className="flex min-w-0 flex-1 flex-col">{children}</dl>
);

interface CellLineProps {
  readonly name: ReactNode;
  /** Whether the name is one short word, so that the value gets more of the width. */
  readonly short?: boolean;
  readonly children: ReactNode;
}

export const CellLine = ({ name, short = false, children }: CellLineProps) => (
  <div className="flex min-h-6 min-w-0 items-start gap-3">
    <dt
      className={cx(
        'flex shrink-0 text-xs leading-5 text-text-2',
        short ? 'w-12' : 'w-1/3 max-w-60 min-w-20',
      )}
    >
      {name}
    </dt>
    <dd className="flex min-w-0 flex-1">{children}</dd>
  </div>
);
