/**
 * What has the focus may go: a button with what it was for, a row that is removed, a screen. A browser then
 * forgets where one was, and whoever works by keys starts over at the top. Here the focus goes to what
 * is nearest to the place.
 */
import { useEffect } from 'react';

const LANDINGS =
  'button:not(:disabled), input:not(:disabled), textarea:not(:disabled), a[href], [tabindex="0"]';

const pathOf = (element: Element): readonly Element[] => {
  const path: Element[] = [];
  for (let at: Element | null = element; at !== null; at = at.parentElement) path.push(at);
  return path;
};

/** Takes no focus any more. */
const isGone = (element: Element): boolean => !element.isConnected || element.matches(':disabled');

/** Where to go within a part of the page: its grid, else its title, else the first thing to use. */
function landingIn(part: Element): HTMLElement | undefined {
  const grid = part.querySelector<HTMLElement>('[role="grid"]');
  const heading = part.querySelector<HTMLElement>('h1');
  if (grid === null && heading !== null) heading.tabIndex = -1;
  return grid ?? heading ?? part.querySelector<HTMLElement>(LANDINGS) ?? undefined;
}

/** Once a window. */
export function useKeptFocus(): void {
  useEffect(() => {
    const root = document.querySelector('#root');
    let last: Element | undefined;
    /** What had the focus last in the window itself, not in what lies over it, and what that stood in. */
    let path: readonly Element[] = [];
    let request = 0;
    // Who points at things goes on wherever the pointer is, and is not to be interrupted.
    let byKeys = false;

    const isLost = (): boolean =>
      byKeys && document.activeElement === document.body && last !== undefined && isGone(last);

    const settle = (): void => {
      if (!isLost()) return;
      const [inside, ...outside] = path;
      if (inside instanceof HTMLElement && !isGone(inside)) return inside.focus();
      for (const part of outside) {
        if (!part.isConnected || part === root) continue;
        const landing = landingIn(part);
        if (landing !== undefined) return landing.focus();
      }
    };

    const onFocusIn = ({ target }: FocusEvent): void => {
      if (!(target instanceof Element)) return;
      last = target;
      if (root?.contains(target) === true) path = pathOf(target);
    };
    const observer = new MutationObserver(() => {
      if (!isLost()) return;
      cancelAnimationFrame(request);
      // Dialogs and tables give the focus back by themselves, in the frame after.
      request = requestAnimationFrame(() => {
        request = requestAnimationFrame(settle);
      });
    });

    const onInput = ({ type }: Event): void => {
      byKeys = type === 'keydown';
    };

    document.addEventListener('focusin', onFocusIn);
    document.addEventListener('keydown', onInput, true);
    document.addEventListener('pointerdown', onInput, true);
    observer.observe(document.body, {
      childList: true,
      subtree: true,
      attributes: true,
      attributeFilter: ['disabled'],
    });
    return () => {
      document.removeEventListener('focusin', onFocusIn);
      document.removeEventListener('keydown', onInput, true);
      document.removeEventListener('pointerdown', onInput, true);
      observer.disconnect();
      cancelAnimationFrame(request);
    };
  }, []);
}
