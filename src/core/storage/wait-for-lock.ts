import { isAppError } from '@shared/errors';
import type { Runtime } from '@core/runtime';
import { readHolder, type Holder } from './holder';

/** A command needs a core only briefly, and has ended within this time. */
const WAITS_MS = 5000;

const SHORTEST_PAUSE_MS = 25;
const LONGEST_PAUSE_MS = 75;

export interface WaitOptions {
  readonly dataDirectory: string;
  readonly runtime: Runtime;
  /** Whether this holder is likely to end soon; the holder is `undefined` if it is not known. */
  readonly endsSoon: (holder: Holder | undefined) => boolean;
}

/**
 * Tries again for up to five seconds while another process holds the data directory. `attempt` gets the
 * remaining milliseconds. Throws what the last attempt threw; any error other than `DATA_DIRECTORY_IN_USE` at
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
    // Random, so that two waiting processes do not always try at the same moment.
    const spread = runtime.random() * (LONGEST_PAUSE_MS - SHORTEST_PAUSE_MS);
    await runtime.wait(SHORTEST_PAUSE_MS + spread, never);
  }
}

const never = new AbortController().signal;
