import { defaultMaxListeners, setMaxListeners } from 'node:events';

/** How often each signal was listened to: telling Node that it may be often takes longer than listening once. */
const listening = new WeakMap<AbortSignal, number>();

/**
 * Runs `work` when the signal aborts, or now if it has aborted already. Returns a function that takes the
 * listener away. It costs a fraction of `AbortSignal.any`, which matters where every request needs it.
 */
export function onAbort(signal: AbortSignal, work: () => void): () => void {
  if (signal.aborted) {
    work();
    return () => undefined;
  }
  // Thousands of requests may wait for the same signal, and each takes its listener away again.
  const listeners = (listening.get(signal) ?? 0) + 1;
  listening.set(signal, listeners);
  if (listeners === defaultMaxListeners) setMaxListeners(0, signal);
  signal.addEventListener('abort', work, { once: true });
  return () => {
    signal.removeEventListener('abort', work);
  };
}
