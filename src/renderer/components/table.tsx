/** A table of any length. Rows that cannot be seen are not drawn; assistive technology gets true counts. */
import type { ReactNode } from 'react';
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
import { scaled } from '../lib/rem';

const ROW = 34;
const HEADING = 30;

interface TableProps extends Omit<AriaTableProps, 'className' | 'style'> {
  readonly 'aria-label': string;
  readonly children: ReactNode;
}

export const Table = (props: TableProps) => (
  <Virtualizer
    layout={TableLayout}
    layoutOptions={{ estimatedRowHeight: scaled(ROW), headingHeight: scaled(HEADING) }}
    shouldObserveItemSize
  >
    <AriaTable {...props} className="min-h-0 flex-1 overflow-auto outline-none" />
  </Virtualizer>
);

export const Column = ({ className, ...props }: ColumnProps & { readonly className?: string }) => (
  <AriaColumn
    {...props}
    className={cx(
      'caps flex h-full items-center border-b border-line bg-panel px-2 text-text-3 first:pl-5 last:pr-5 data-focus-visible:-outline-offset-2',
      className,
    )}
  />
);

export const Row = <Item extends object>({
  className,
  ...props
}: RowProps<Item> & { readonly className?: string }) => (
  <AriaRow
    {...props}
    className={cx(
      'group/row border-b border-line data-focus-visible:-outline-offset-2 data-hovered:bg-hover',
      className,
    )}
  />
);

/** Cells are as tall as their row; the first and last keep the page's margin. */
export const Cell = ({ className, ...props }: CellProps & { readonly className?: string }) => (
  <AriaCell
    {...props}
    className={cx(
      'flex min-h-8.25 min-w-0 items-start px-2 py-1.75 first:pl-5 last:pr-5 data-focus-visible:-outline-offset-2',
      className,
    )}
  />
);
