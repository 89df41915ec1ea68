/**
 * What the core takes from the machine it runs on and a test wants to decide itself: clock, timers, chance
 * and environment variables. It is passed in, never imported by what uses it, except in `openCore` and the
 * factories, which default to `systemRuntime`. Keys, ids and nonces come from `node:crypto` directly:
 * nothing may ever replace their randomness.
 */
import { setTimeout as sleep } from 'node:timers/promises';

export interface Runtime {
  /** Environment variables as they are now. Nothing in the core writes to them. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds since 1970, UTC. It jumps when somebody sets the clock. */
  now(): number;
  /** Milliseconds since some moment in the past, for durations: it never jumps. */
  monotonic(): number;
  /** At least 0, less than 1. For jitter and the like, never for secrets. */
  random(): number;
  /**
   * Runs `work` once after this many milliseconds; the timer does not keep the process alive. `work`
   * handles its own failures: nobody waits for what it returns, except a test. Returns a function that
   * cancels it.
   */
  after(milliseconds: number, work: () => void | Promise<void>): () => void;
  /** Resolves after this many milliseconds. Rejects with an `AbortError` as soon as the signal aborts. */
  wait(milliseconds: number, signal: AbortSignal): Promise<void>;
}

export const systemRuntime: Runtime = {
  // Read at each use, so that what a host sets before it opens the core counts.
  get env() {
    return process.env;
  },
  now: () => Date.now(),
  monotonic: () => performance.now(),
  random: () => Math.random(),
  after: (milliseconds, work) => {
    const timer = setTimeout(() => void work(), milliseconds);
    timer.unref();
    return () => {
      clearTimeout(timer);
    };
  },
  wait: async (milliseconds, signal) => {
    await sleep(milliseconds, undefined, { signal });
  },
};
