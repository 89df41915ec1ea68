type Work = () => void;

/** What runs when each signal aborts. */
const waiting = new WeakMap<AbortSignal, Set<Work>>();

function runAll(works: Set<Work>): void {
  for (const work of works) {
    works.delete(work);
    work();
  }
}

/**
 * Runs `work` when the signal aborts, or now if it has aborted already. Returns a function that takes it back. All
 * who wait share one listener of the signal: a listener each costs more than all the rest of a deadline, and
 * `AbortSignal.any` a multiple of that. Thousands of requests may wait for the same signal.
 */
export function onAbort(signal: AbortSignal, work: Work): () => void {
  if (signal.aborted) {
    work();
    return () => undefined;
  }
  let works = waiting.get(signal);
  if (works === undefined) {
    const all = new Set<Work>();
    signal.addEventListener('abort', () => runAll(all), { once: true });
    waiting.set(signal, all);
    works = all;
  }
  const all = works.add(work);
  return () => {
    all.delete(work);
  };
}

/** An `AbortController` on whose signal `onAbort` needs no listener. */
export class Abort {
  readonly #controller = new AbortController();
  readonly #works = new Set<Work>();

  constructor() {
    waiting.set(this.signal, this.#works);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  abort(reason?: unknown): void {
    this.#controller.abort(reason);
    runAll(this.#works);
  }
}
