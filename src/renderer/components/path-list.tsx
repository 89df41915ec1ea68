import type { ReactNode } from 'react';
import { GridList, GridListItem, ListLayout, Virtualizer } from 'react-aria-components';
import { scaled } from '../lib/rem';

interface Props {
  readonly label: string;
  readonly paths: readonly string[];
  /** A button for one of the paths. */
  readonly actionFor?: (path: string) => ReactNode;
}

const ROW = 24;
const ROWS_SHOWN = 8;

/** A list of any number of paths. It scrolls, and only visible rows are drawn. */
export function PathList({ label, paths, actionFor }: Props) {
  const row = scaled(ROW);
  return (
    <Virtualizer layout={ListLayout} layoutOptions={{ rowSize: row }}>
      <GridList
        aria-label={label}
        items={paths.map((path) => ({ id: path }))}
        selectionMode="none"
        className="overflow-auto rounded-sm border border-line bg-panel"
        style={{ height: Math.min(paths.length, ROWS_SHOWN) * row + 2 }}
      >
        {({ id }) => (
          <GridListItem
            id={id}
            textValue={id}
            className="flex h-full items-center gap-2 px-2 font-mono text-xs data-focus-visible:-outline-offset-2"
          >
            <span className="min-w-0 flex-1 truncate select-text" title={id}>
              {id}
            </span>
            {actionFor?.(id)}
          </GridListItem>
        )}
      </GridList>
    </Virtualizer>
  );
}
