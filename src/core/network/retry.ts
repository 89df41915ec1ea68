/** When a request that failed is sent again, and how long is waited before. */
import { setTimeout as sleep } from 'node:timers/promises';

/** Attempts at one request, the first included. */
export const MAX_ATTEMPTS = 3;

/** What the waits grow from, and double with each attempt. */
const BASE_MS = 200;

/** After throttling, which passes more slowly than other faults. */
const THROTTLED_BASE_MS = 1000;

/** Chance and time, so that tests can decide about both. */
export interface Pace {
  /** Milliseconds since 1970, UTC. */
  now(): number;
  /** At least 0, less than 1. */
  random(): number;
  /** Rejects as soon as the signal aborts. */
  wait(milliseconds: number, signal: AbortSignal): Promise<void>;
}

export const systemPace: Pace = {
  now: () => Date.now(),
  random: () => Math.random(),
  wait: async (milliseconds, signal) => {
    await sleep(milliseconds, undefined, { signal });
  },
};

/** Why it makes sense to try again. */
export interface Again {
  readonly isThrottled?: boolean;
  /** The header Retry-After, where the answer had one. */
  readonly retryAfter?: string | undefined;
}

/**
 * What Retry-After asks for, in milliseconds from `now`: seconds, or a date.
 * See https://www.rfc-editor.org/rfc/rfc9110#field.retry-after
 */
export function retryAfterMs(header: string | undefined, now: number): number | undefined {
  const text = header?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  const date = text.endsWith('GMT') ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/**
 * Full jitter: anything up to a bound that doubles. What the server asks for comes on top, so that many
 * who were asked for the same do not come back at the same moment. See
 * https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function waitMs(attempt: number, { isThrottled, retryAfter }: Again, pace: Pace): number {
  const base = isThrottled === true ? THROTTLED_BASE_MS : BASE_MS;
  const jitter = pace.random() * base * 2 ** (attempt - 1);
  return (retryAfterMs(retryAfter, pace.now()) ?? 0) + jitter;
}

export interface Retries<T> {
  readonly attempt: () => Promise<T>;
  /** Whether a result is worth another attempt; `undefined` where it is final. */
  readonly ofResult: (result: T) => Again | undefined;
  readonly ofError: (error: unknown) => Again | undefined;
  readonly signal: AbortSignal;
  /** Milliseconds from now: what would have to wait for longer ends with what it has. */
  readonly withinMs: number;
  readonly pace: Pace;
}

/**
 * The result of the last attempt, or its error. Waiting ends with the signal, and the error is then
 * that of the wait, which is the caller's to explain.
 */
export async function withRetries<T>(retries: Retries<T>): Promise<T> {
  const { attempt, ofResult, ofError, signal, withinMs, pace } = retries;
  const until = pace.now() + withinMs;
  /** Whether there is to be another attempt; it is waited for then. */
  const goesOn = async (attempts: number, again: Again | undefined): Promise<boolean> => {
    if (again === undefined || attempts >= MAX_ATTEMPTS || signal.aborted) return false;
    const wait = waitMs(attempts, again, pace);
    if (pace.now() + wait >= until) return false;
    await pace.wait(wait, signal);
    return true;
  };
  for (let attempts = 1; ; attempts += 1) {
    let result: T;
    try {
      result = await attempt();
    } catch (error) {
      if (await goesOn(attempts, ofError(error))) continue;
      throw error;
    }
    if (!(await goesOn(attempts, ofResult(result)))) return result;
  }
}
