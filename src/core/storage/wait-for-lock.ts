import { isAppError } from '@shared/errors';
import type { Runtime } from '@core/runtime';
import { readHolder, type Holder } from './holder';

/** A command that only needs a core for a moment has ended by then. */
const WAITS_MS = 5000;

const SHORTEST_PAUSE_MS = 25;
const LONGEST_PAUSE_MS = 75;

export interface WaitOptions {
  readonly dataDirectory: string;
  readonly runtime: Runtime;
  /** Whether this holder is likely to end soon; `undefined` if nobody says who holds the lock. */
  readonly endsSoon: (holder: Holder | undefined) => boolean;
}

/**
 * Tries again while another process holds the data directory, for five seconds. `attempt` gets the
 * milliseconds that are left. Throws what the last attempt threw; anything but `DATA_DIRECTORY_IN_USE` at
 * once.
 */
export async function whileInUse<T>(
  attempt: (left: number) => Promise<T>,
  { dataDirectory, runtime, endsSoon }: WaitOptions,
): Promise<T> {
  const until = runtime.monotonic() + WAITS_MS;
  for (;;) {
    const left = until - runtime.monotonic();
    try {
      return await attempt(left);
    } catch (error) {
      const mayBeFree = isAppError(error, 'DATA_DIRECTORY_IN_USE') && left > 0;
      if (!mayBeFree || !endsSoon(readHolder(dataDirectory))) throw error;
    }
    // Uneven, so that two who wait do not always come at the same moment.
    const spread = runtime.random() * (LONGEST_PAUSE_MS - SHORTEST_PAUSE_MS);
    await runtime.wait(SHORTEST_PAUSE_MS + spread, never);
  }
}

const never = new AbortController().signal;
