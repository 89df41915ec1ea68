import { useSyncExternalStore } from 'react';

const EVERY_MS = 20_000;

const listeners = new Set<() => void>();
let now = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    now = Date.now();
    for (const tell of listeners) tell();
  }, EVERY_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** While nobody listens, no timer moves the time on. */
function current(): number {
  if (timer === undefined && Date.now() - now >= EVERY_MS) now = Date.now();
  return now;
}

/**
 * The time, in milliseconds since 1970; it moves on every 20 seconds. It is one time for the whole window, so that two
 * places never say two times for one thing.
 */
export const useNow = (): number => useSyncExternalStore(subscribe, current);
