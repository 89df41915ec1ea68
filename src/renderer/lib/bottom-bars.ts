/** The bars at the bottom of the page. Announcements are above them: see `--bars` in styles.css. */
import { useLayoutEffect, type RefObject } from 'react';

const heights = new Map<Element, number>();

function tell(): void {
  let sum = 0;
  for (const height of heights.values()) sum += height;
  document.documentElement.style.setProperty('--bars', `${String(sum)}px`);
}

/** Counts the height of this element as a bar for as long as it is in the page. */
export function useBottomBar(bar: RefObject<HTMLElement | null>): void {
  useLayoutEffect(() => {
    const { current } = bar;
    if (current === null) return undefined;
    const measure = (): void => {
      heights.set(current, current.offsetHeight);
      tell();
    };
    measure();
    const resized = new ResizeObserver(measure);
    resized.observe(current);
    return () => {
      resized.disconnect();
      heights.delete(current);
      tell();
    };
  }, [bar]);
}
