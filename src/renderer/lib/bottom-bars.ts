/** The bars at the bottom of the page. Announcements are above them. */
import { useEffect, type RefObject } from 'react';
import { createStore, useStore } from 'zustand';

const bars = createStore<ReadonlyMap<Element, number>>(() => new Map());

/** The height of all bars, in pixels. */
export const useBottomBars = (): number =>
  useStore(bars, (heights) => [...heights.values()].reduce((sum, height) => sum + height, 0));

/** Counts the height of this element as a bar for as long as it is in the page. */
export function useBottomBar(bar: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const { current } = bar;
    if (current === null) return undefined;
    // It tells the first height too, without a layout in the middle of a key.
    const resized = new ResizeObserver(() => {
      bars.setState(new Map([...bars.getState(), [current, current.offsetHeight]]), true);
    });
    resized.observe(current);
    return () => {
      resized.disconnect();
      bars.setState(new Map([...bars.getState()].filter(([one]) => one !== current)), true);
    };
  }, [bar]);
}
