import { useEffect } from 'react';
import { useStores } from './stores';

const SAYS_AT_MOST_EVERY_MS = 15_000;

const signs = ['pointerdown', 'pointermove', 'keydown', 'wheel'] as const;

/** Tells the core that somebody is at this window. The desktop app sees the whole computer instead. */
export function useActivity(): void {
  const { client, info, preferences } = useStores();
  useEffect(() => {
    if (info.host !== 'browser') return undefined;
    let saidAt = -Infinity;
    const say = (): void => {
      const now = performance.now();
      if (now - saidAt < SAYS_AT_MOST_EVERY_MS) return;
      if (preferences.getState().lockAfterMinutes === 0) return;
      saidAt = now;
      // If it does not arrive, the next one will.
      client.security.active().catch(() => undefined);
    };
    for (const sign of signs) window.addEventListener(sign, say, { passive: true });
    return () => {
      for (const sign of signs) window.removeEventListener(sign, say);
    };
  }, [client, info, preferences]);
}
