import { useSyncExternalStore } from 'react';

/** The text size of the page in pixels, 16 by default. The browser’s settings change it at any time. */
const textSize = (): number =>
  Number.parseFloat(getComputedStyle(document.documentElement).fontSize);

/**
 * A length in pixels that grows with the text size. Virtualised lists place rows in pixels, and these must
 * fit larger text too.
 */
export const scaled = (px: number): number => (px * textSize()) / 16;

const listeners = new Set<() => void>();
/** No event tells of another text size; an element that is one rem wide gets another width. */
let stopObserving: (() => void) | undefined;

function observe(): () => void {
  const probe = document.createElement('div');
  probe.ariaHidden = 'true';
  probe.style.cssText = 'position: fixed; width: 1rem; height: 0; visibility: hidden';
  document.body.append(probe);
  const observer = new ResizeObserver(() => {
    for (const listener of listeners) listener();
  });
  observer.observe(probe);
  return () => {
    observer.disconnect();
    probe.remove();
  };
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  stopObserving ??= observe();
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    stopObserving?.();
    stopObserving = undefined;
  };
}

/** The text size in pixels. Renders again when it changes, so that what is `scaled` is right. */
export const useTextSize = (): number => useSyncExternalStore(subscribe, textSize);
