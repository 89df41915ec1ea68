/** A table of any length. Only visible rows are drawn; assistive technology gets the true counts. */
import { memo, useMemo, type ReactNode } from 'react';
import {
  Cell as AriaCell,
  Column as AriaColumn,
  Row as AriaRow,
  Table as AriaTable,
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

interface TableProps extends Omit<AriaTableProps, 'className' | 'style'> {
  readonly 'aria-label': string;
  readonly children: ReactNode;
}

/** In a low window, a table keeps three rows, and the page scrolls. */
const tableClass = 'min-h-33 flex-1 overflow-auto';

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
}

/** For thousands of rows of one height, except a few that may be taller. */
export function LongTable({ tall, stickyFirst = false, ...props }: LongTableProps) {
  const textSize = useTextSize();
  const options = useMemo(
    () => ({ estimatedRowHeight: scaled(ROW), headingHeight: scaled(HEADING), tall }),
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- `scaled` depends on it
    [tall, textSize],
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
