/**
 * The focused element may go away: a button whose purpose is served, a row that is removed, a whole screen.
 * A browser then forgets the place, and people who use the keyboard start over at the top. Here the focus
 * goes to the nearest element instead.
 */
import { useEffect } from 'react';

const LANDINGS =
  'button:not(:disabled), input:not(:disabled), textarea:not(:disabled), a[href], [tabindex="0"]';

const pathOf = (element: Element): readonly Element[] => {
  const path: Element[] = [];
  for (let at: Element | null = element; at !== null; at = at.parentElement) path.push(at);
  return path;
};

/** Whether an element can no longer have the focus. */
const isGone = (element: Element): boolean => !element.isConnected || element.matches(':disabled');

/** The element to focus within a part of the page: its grid or the row of its tree, else its title, else its first control. */
function landingIn(part: Element): HTMLElement | undefined {
  const grid = part.querySelector<HTMLElement>('[role="grid"], [role="treeitem"][tabindex="0"]');
  const heading = part.querySelector<HTMLElement>('h1');
  if (grid === null && heading !== null) heading.tabIndex = -1;
  return grid ?? heading ?? part.querySelector<HTMLElement>(LANDINGS) ?? undefined;
}

/** Used once in a window. */
export function useKeptFocus(): void {
  useEffect(() => {
    const root = document.querySelector('#root');
    let last: Element | undefined;
    /** The element that had the focus last, and its ancestors; not counting dialogs over the window. */
    let path: readonly Element[] = [];
    let request = 0;
    // People who use a pointer go on where it is; moving the focus would only interrupt them.
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
      // Dialogs and tables restore the focus by themselves, one frame later.
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
