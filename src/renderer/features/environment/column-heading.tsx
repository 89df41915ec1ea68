/** The heading of a column: a press sorts, and the edge of the first one is dragged. */
/* oxlint-disable jsx-a11y/prefer-tag-over-role -- see variables-table.tsx */
import { KEY_COLUMN_MAX, KEY_COLUMN_MIN } from '@shared/model/preferences';
import { ArrowDown, ArrowUp } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useStore } from 'zustand';
import { useStores } from '../../app/stores';
import { PaneResizer } from '../../components/pane-resizer';
import type { Sort, SortColumn } from './sort-rows';

interface Props {
  readonly id: SortColumn;
  readonly title: string;
  /** From 0. */
  readonly index: number;
  readonly sort: Sort | undefined;
  readonly onSort: (by: SortColumn) => void;
}

export function ColumnHeading({ id, title, index, sort, onSort }: Props) {
  const isSorted = sort?.by === id;
  const Arrow = sort?.descending === true ? ArrowDown : ArrowUp;
  return (
    <div
      role="columnheader"
      aria-colindex={index + 1}
      aria-sort={!isSorted ? 'none' : sort.descending ? 'descending' : 'ascending'}
      className="relative flex h-7.5 items-center border-b border-line bg-panel px-1 first:pl-3.5"
    >
      <button
        type="button"
        title={`Sort by ${title.toLowerCase()}`}
        onClick={() => onSort(id)}
        className="caps flex h-5.5 cursor-default items-center gap-1 rounded-xs px-1.5 text-text-3 hover:bg-hover hover:text-text"
      >
        {title}
        {isSorted ? <Arrow aria-hidden className="size-3" /> : null}
      </button>
      {id === 'key' ? <KeyColumnResizer /> : null}
    </div>
  );
}

/** Until somebody drags it, the column has its share of the width. */
function KeyColumnResizer() {
  const { preferences } = useStores();
  const place = useRef<HTMLSpanElement>(null);
  const [actual, setActual] = useState(KEY_COLUMN_MIN);
  const width = useStore(preferences, (state) => state.keyColumnWidth);
  const measure = (): number => place.current?.parentElement?.offsetWidth ?? actual;
  useEffect(() => {
    const heading = place.current?.parentElement;
    if (heading === null || heading === undefined) return undefined;
    const resized = new ResizeObserver(() => setActual(heading.offsetWidth));
    resized.observe(heading);
    return () => resized.disconnect();
  }, []);
  const { setKeyColumnWidth } = preferences.getState();
  return (
    <span ref={place} className="contents">
      <PaneResizer
        label="Width of the column of keys"
        width={width === 0 ? actual : Math.min(width, actual)}
        measure={measure}
        min={KEY_COLUMN_MIN}
        max={KEY_COLUMN_MAX}
        standard={0}
        onChange={setKeyColumnWidth}
      />
    </span>
  );
}
