/**
 * What the core takes from its machine and a test wants to control: clock, timers, chance, environment
 * variables and the PATH of the login shell. It is passed to the code that uses it, and never imported there.
 * Two exceptions: `openCore` and the factories, whose default is `systemRuntime`, and deadlines, which guard
 * against what happens outside of this process. Keys, ids and nonces come directly from `node:crypto`: nothing
 * may ever replace their randomness.
 */
import { setTimeout as sleep } from 'node:timers/promises';

export interface Runtime {
  /** The current environment variables. Nothing in the core writes to them. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds since 1970, UTC. It jumps if somebody sets the clock. */
  now(): number;
  /** Milliseconds since some moment in the past, for durations: it never jumps. */
  monotonic(): number;
  /** At least 0 and less than 1. For uses such as jitter, never for secrets. */
  random(): number;
  /**
   * Runs `work` once after this many milliseconds; the timer does not keep the process alive. `work` must
   * handle its own failures: only a test waits for its result. Returns a function that cancels the timer.
   */
  after(milliseconds: number, work: () => void | Promise<void>): () => void;
  /**
   * The PATH of this person's login shell, for programs that a setting names; `undefined` if that of `env` is all
   * there is. A host that is not started from a terminal asks the shell for it, once, which may take seconds.
   */
  loginPath(): Promise<string | undefined>;
  /** Resolves after this many milliseconds. Rejects with an `AbortError` as soon as the signal aborts. */
  wait(milliseconds: number, signal: AbortSignal): Promise<void>;
}

export const systemRuntime: Runtime = {
  // Read at each use, so that a variable counts if a host sets it before it opens the core.
  get env() {
    return process.env;
  },
  now: () => Date.now(),
  // Not `performance`: Node loads a module at its first use, which a command would wait for.
  monotonic: () => {
    const [seconds, nanoseconds] = process.hrtime();
    return seconds * 1000 + nanoseconds / 1e6;
  },
  random: () => Math.random(),
  after: (milliseconds, work) => {
    const timer = setTimeout(() => void work(), milliseconds);
    timer.unref();
    return () => {
      clearTimeout(timer);
    };
  },
  loginPath: async () => undefined,
  wait: async (milliseconds, signal) => {
    await sleep(milliseconds, undefined, { signal });
  },
};
