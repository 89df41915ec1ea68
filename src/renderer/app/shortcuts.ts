import { useEffect } from 'react';

const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent);

/** A shortcut as it stands on the keys of this system: `⌘,` or `Ctrl ,`. */
export const shortcutLabel = (key: string): string => (isMac ? `⌘${key}` : `Ctrl ${key}`);

/** Calls back on Ctrl (Command on a Mac) with a key, wherever the focus is. */
export function useShortcut(key: string, act: () => void): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      const modifier = isMac ? event.metaKey : event.ctrlKey;
      if (!modifier || event.altKey || event.shiftKey || event.key !== key) return;
      event.preventDefault();
      act();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [key, act]);
}
