import { isAppError, isConflict, isOutcomeUnknown } from '@shared/errors';
import type { Revision } from '@core/secrets/revision';
import type { RemoveOutcome } from './provider';

interface Doubt<Try> {
  readonly expected: Revision | null;
  readonly tries: readonly Try[];
}

/**
 * Writes that ended without an answer, by path. When such a write is asked for again from the same base,
 * the provider recognises what it had sent: see `SecretsProvider.write`.
 */
export class WritesInDoubt<Try> {
  readonly #doubts = new Map<string, Doubt<Try>>();

  /**
   * Runs one write. `write` gets the tries of earlier calls from the same base, adds each try before it
   * sends it, and removes a try that the server refused.
   */
  async run<Result>(
    path: string,
    expected: Revision | null,
    write: (tries: Try[]) => Promise<Result>,
  ): Promise<Result> {
    const doubt = this.#doubts.get(path);
    const tries = doubt?.expected === expected ? [...doubt.tries] : [];
    try {
      const result = await write(tries);
      this.#doubts.delete(path);
      return result;
    } catch (error) {
      const isDecided = isAppError(error) && isConflict(error.code);
      if (isDecided || tries.length === 0) this.#doubts.delete(path);
      else this.#doubts.set(path, { expected, tries });
      throw error;
    }
  }
}

/**
 * Removals that ended without an answer, by path. When such a removal is asked for again, a secret that is
 * gone was removed by it, and that is no failure.
 */
export class RemovalsInDoubt {
  readonly #doubts = new Map<string, Revision>();

  async run(
    path: string,
    expected: Revision,
    remove: () => Promise<RemoveOutcome>,
  ): Promise<RemoveOutcome> {
    try {
      const outcome = await remove();
      this.#doubts.delete(path);
      return outcome;
    } catch (error) {
      const isAgain = this.#doubts.get(path) === expected;
      const isUnknown = isAppError(error) && isOutcomeUnknown(error.code);
      if (isUnknown || isAppError(error, 'PARTLY_WRITTEN')) this.#doubts.set(path, expected);
      const recoverable = isAppError(error, 'SCHEDULED_FOR_DELETION');
      if (!isAgain || !(recoverable || isAppError(error, 'NOT_FOUND'))) throw error;
      this.#doubts.delete(path);
      return { recoverable };
    }
  }
}
