import { isAppError } from '@shared/errors';
import { untilAborted } from '@core/network/until-aborted';

/**
 * Work that runs once and whose result is kept. All who ask while it runs wait for the same run. They get
 * its failure, which is not kept.
 */
export class Shared<T> {
  #run: Promise<T> | undefined;

  #result: T | undefined;

  constructor(private readonly work: () => Promise<T>) {}

  /** `undefined` until the work has succeeded. */
  get result(): T | undefined {
    return this.#result;
  }

  get(signal: AbortSignal): Promise<T> {
    if (this.#result !== undefined && !signal.aborted) return Promise.resolve(this.#result);
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

/** For work that outlives its first caller; the deadline of each request still ends it. */
export const detached = (): AbortSignal => new AbortController().signal;

/**
 * For an optional probe: `undefined` if something else than Vault answers. A firewall may block some paths
 * of its API.
 */
export async function ifVaultAnswers<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (isAppError(error, 'UNEXPECTED_ANSWER')) return undefined;
    throw error;
  }
}
