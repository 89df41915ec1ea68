/**
 * A button that appears under the pointer, or takes the place of another one, must not be pressed by somebody who
 * meant something else. So it does nothing at first, and again whenever the window comes back to the front: the click
 * that brings it there may be on the button.
 */
import { useEffect, useState } from 'react';

/** Longer than a double click, and than it takes to see that something has changed. */
const ARMED_AFTER_MS = 800;

/** Whether the buttons about the thing with this id can be pressed. */
export function useArmed(id: string | undefined): boolean {
  const [armed, setArmed] = useState<string>();
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const start = (): void => {
      clearTimeout(timer);
      setArmed(undefined);
      if (document.visibilityState === 'visible') {
        timer = setTimeout(() => setArmed(id), ARMED_AFTER_MS);
      }
    };
    start();
    window.addEventListener('focus', start);
    document.addEventListener('visibilitychange', start);
    return () => {
      clearTimeout(timer);
      window.removeEventListener('focus', start);
      document.removeEventListener('visibilitychange', start);
    };
  }, [id]);
  return id !== undefined && armed === id;
}
