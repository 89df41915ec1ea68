/** Runs a command until it ends, and starts it again with new values if they change. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Child, Ended } from './child';
import { forwardSignals } from './signals';

/** Milliseconds that a child has to end before it is killed, so that it can be started again. */
const TIME_TO_END = 10_000;

export interface Watch<Values> {
  /** Milliseconds between two looks at the values. */
  readonly interval: number;
  /** The values, if they are no longer those that were given; what it throws is passed to `failed`. */
  readonly changed: (given: Values, signal: AbortSignal) => Promise<Values | undefined>;
  readonly restarting: (given: Values, values: Values) => void;
  readonly failed: (error: unknown) => void;
}

/**
 * Starts a child, passes signals on to it, and returns how it ended. With `watch`, a child whose values have
 * changed gets SIGTERM, and after ten seconds SIGKILL, and is started again.
 */
export async function supervise<Values>(
  start: (values: Values) => Child,
  first: Values,
  watch?: Watch<Values>,
): Promise<Ended> {
  let values = first;
  let child: Child | undefined;
  let isAsked = false;
  // Before the child is started: a signal may come as soon as the child says something.
  const stopForwarding = forwardSignals((signal) => {
    isAsked = true;
    child?.kill(signal);
  });
  try {
    child = start(values);
    for (;;) {
      const { ended } = child;
      const next = watch === undefined ? undefined : await nextOf(watch, values, ended);
      // A person who ends the command does not want it again.
      if (watch === undefined || next === undefined || isAsked) return await ended;
      watch.restarting(values, next);
      const last = await end(child);
      if (isAsked) return last;
      values = next;
      child = start(values);
    }
  } finally {
    stopForwarding();
  }
}

/** Asks a child to end, and kills it if it does not. */
async function end(child: Child): Promise<Ended> {
  child.kill('SIGTERM');
  const killing = setTimeout(() => {
    child.kill('SIGKILL');
  }, TIME_TO_END);
  const ended = await child.ended;
  clearTimeout(killing);
  return ended;
}

/** Looks at the values until they have changed; `undefined` if the child ends first. */
async function nextOf<Values>(
  { interval, changed, failed }: Watch<Values>,
  given: Values,
  ended: Promise<Ended>,
): Promise<Values | undefined> {
  const over = new AbortController();
  const { signal } = over;
  void ended.then(() => {
    over.abort();
  });
  while (!signal.aborted) {
    try {
      await sleep(interval, undefined, { signal });
      // Its own signal for each look: what listens to it goes with it.
      const values = await changed(given, AbortSignal.any([signal]));
      if (values !== undefined && !signal.aborted) return values;
    } catch (error) {
      if (!signal.aborted) failed(error);
    }
  }
  return undefined;
}
