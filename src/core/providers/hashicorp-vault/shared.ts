import { isAppError } from '@shared/errors';
import { untilAborted } from '@core/network/until-aborted';

/**
 * Work that is done once and its result kept; whoever asks while it runs waits for the same run.
 * A failure is told to those who wait, and not kept.
 */
export class Shared<T> {
  #run: Promise<T> | undefined;

  #result: T | undefined;

  constructor(private readonly work: () => Promise<T>) {}

  /** What came of it, once it has. */
  get result(): T | undefined {
    return this.#result;
  }

  get(signal: AbortSignal): Promise<T> {
    if (this.#run === undefined) {
      const run = this.work();
      this.#run = run;
      run.then(
        (result) => {
          this.#result = result;
        },
        () => {
          if (this.#run === run) this.#run = undefined;
        },
      );
    }
    return untilAborted(this.#run, signal);
  }
}

/** For work that outlives whoever asked for it first; the deadline of each request still ends it. */
export const detached = (): AbortSignal => new AbortController().signal;

/**
 * For what is asked for comfort alone: where something else than Vault answers, such as a firewall that
 * knows not every path of its API, there is no answer.
 */
export async function ifVaultAnswers<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (isAppError(error, 'UNEXPECTED_ANSWER')) return undefined;
    throw error;
  }
}
