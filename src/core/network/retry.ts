/** When a request that failed is sent again, and how long is waited before. */
import type { Runtime } from '@core/runtime';

/** Attempts at one request, the first included. */
export const MAX_ATTEMPTS = 3;

/** The bound of the first wait, which doubles with each attempt. */
const BASE_MS = 200;

/** After throttling, which passes more slowly than other faults. */
const THROTTLED_BASE_MS = 1000;

/** Why it makes sense to try again. */
export interface Again {
  readonly isThrottled?: boolean;
  /** The header Retry-After, if the answer had one. */
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
export function waitMs(
  attempt: number,
  { isThrottled, retryAfter }: Again,
  runtime: Pick<Runtime, 'now' | 'random'>,
): number {
  const base = isThrottled === true ? THROTTLED_BASE_MS : BASE_MS;
  const jitter = runtime.random() * base * 2 ** (attempt - 1);
  return (retryAfterMs(retryAfter, runtime.now()) ?? 0) + jitter;
}

export interface Retries<T> {
  readonly attempt: () => Promise<T>;
  /** Why a result is worth another attempt; `undefined` if it is final. */
  readonly ofResult: (result: T) => Again | undefined;
  readonly ofError: (error: unknown) => Again | undefined;
  readonly signal: AbortSignal;
  /** Milliseconds from now. An attempt that would begin later is not made. */
  readonly withinMs: number;
  readonly runtime: Runtime;
}

/**
 * Returns the result of the last attempt, or throws its error. If the signal aborts a wait, it throws the
 * error of the wait, which the caller has to explain.
 */
export async function withRetries<T>(retries: Retries<T>): Promise<T> {
  const { attempt, ofResult, ofError, signal, withinMs, runtime } = retries;
  const until = runtime.monotonic() + withinMs;
  /** Whether there is to be another attempt. If so, waits for its time. */
  const goesOn = async (attempts: number, again: Again | undefined): Promise<boolean> => {
    if (again === undefined || attempts >= MAX_ATTEMPTS || signal.aborted) return false;
    const wait = waitMs(attempts, again, runtime);
    if (runtime.monotonic() + wait >= until) return false;
    await runtime.wait(wait, signal);
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
