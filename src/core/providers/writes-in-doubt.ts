import { isAppError, isConflict } from '@shared/errors';
import type { Revision } from '@core/secrets/revision';

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
