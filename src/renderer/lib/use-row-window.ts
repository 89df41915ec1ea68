import { useCallback, useEffect, useLayoutEffect, useRef, useState, type RefObject } from 'react';
import { scaled, useTextSize } from './rem';

/** Rows above and below the window that are drawn too, so that scrolling shows no gap. */
const BEYOND = 5;

interface RowWindow {
  /** For the element that scrolls. */
  readonly frame: RefObject<HTMLDivElement | null>;
  /** The height of one row in pixels. */
  readonly rowHeight: number;
  /** The indexes of the rows to draw; `end` is not drawn. */
  readonly start: number;
  readonly end: number;
  /** The number of rows that a page up or down moves. */
  readonly page: number;
  readonly onScroll: () => void;
  /** Scrolls as little as possible so that a row is in view. */
  readonly bringIntoView: (index: number) => void;
}

/** Draws only the rows in view, which all have the same height. `px` is that height at a text size of 16. */
export function useRowWindow(count: number, px: number): RowWindow {
  const frame = useRef<HTMLDivElement>(null);
  const [{ rowHeight, height }, setSize] = useState({ rowHeight: px, height: 0 });
  const [first, setFirst] = useState(0);
  const textSize = useTextSize();

  const onScroll = useCallback(() => {
    if (frame.current !== null) setFirst(Math.floor(frame.current.scrollTop / rowHeight));
  }, [rowHeight]);

  const measure = useCallback(() => {
    if (frame.current === null) return;
    const next = { rowHeight: scaled(px), height: frame.current.clientHeight };
    setSize((before) =>
      before.rowHeight === next.rowHeight && before.height === next.height ? before : next,
    );
  }, [px]);
  useLayoutEffect(measure, [measure, textSize]);
  useEffect(() => {
    if (frame.current === null) return undefined;
    const observer = new ResizeObserver(measure);
    observer.observe(frame.current);
    return () => observer.disconnect();
  }, [measure]);

  const bringIntoView = useCallback(
    (index: number) => {
      const element = frame.current;
      if (element === null) return;
      const top = index * rowHeight;
      const { scrollTop, clientHeight } = element;
      if (top < scrollTop) element.scrollTop = top;
      else if (top + rowHeight > scrollTop + clientHeight) {
        element.scrollTop = top + rowHeight - clientHeight;
      }
    },
    [rowHeight],
  );

  const inView = Math.ceil(height / rowHeight);
  // Fewer rows than before may be left of a longer list.
  const from = Math.min(first, Math.max(0, count - inView));
  return {
    frame,
    rowHeight,
    start: Math.max(0, from - BEYOND),
    end: Math.min(count, from + inView + BEYOND),
    page: Math.max(1, inView - 1),
    onScroll,
    bringIntoView,
  };
}
