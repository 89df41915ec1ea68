import { useEffect, useRef, type RefObject } from 'react';
import type { Route } from './navigation';

/** The environment that is selected in the sidebar; arrow keys lead on to its neighbours. */
const SELECTED = 'nav [role="treeitem"][aria-selected="true"]';

/**
 * If the focused element went away with the page before, focuses the selected environment in the sidebar,
 * else the page. Returns the ref for the page.
 */
export function useFocusOnNewPage(route: Route): RefObject<HTMLElement | null> {
  const main = useRef<HTMLElement>(null);
  const shown = useRef(route);
  useEffect(() => {
    const isFirst = shown.current === route;
    shown.current = route;
    if (isFirst || document.activeElement !== document.body) return undefined;
    // React Aria draws a collection in a second pass. A page that focuses something itself has done so by then.
    const frame = requestAnimationFrame(() => {
      if (document.activeElement !== document.body) return;
      const selected =
        route.screen === 'environment' ? document.querySelector<HTMLElement>(SELECTED) : null;
      (selected ?? main.current)?.focus();
    });
    return () => cancelAnimationFrame(frame);
  }, [route]);
  return main;
}
