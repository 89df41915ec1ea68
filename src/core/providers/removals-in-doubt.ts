import { isAppError, isOutcomeUnknown } from '@shared/errors';
import type { Revision } from '@core/secrets/revision';
import type { RemoveOutcome } from './provider';

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
