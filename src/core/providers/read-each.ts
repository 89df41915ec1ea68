/** Reading many environments of a store that has no call for many. */
import { isAppError, isAuthenticationFailure, type AppError } from '@shared/errors';
import { mapWithSecondTurn } from '@core/network/concurrency';
import type { RequestLimit } from '@core/network/request-limit';
import type { ReadOutcome, SecretSnapshot } from './provider';

/** One outcome for each path, in any order. Throws `CANCELLED` and nothing else. */
export async function* readEach(
  paths: readonly string[],
  limit: Pick<RequestLimit, 'current'>,
  read: (path: string) => Promise<SecretSnapshot>,
): AsyncGenerator<ReadOutcome, void, undefined> {
  let dead: AppError | undefined;
  const readOne = async (path: string): Promise<ReadOutcome> => {
    if (dead !== undefined) return { path, error: dead };
    try {
      return { path, snapshot: await read(path) };
    } catch (error) {
      if (!isAppError(error) || error.code === 'CANCELLED') throw error;
      // Every further call would hear the same.
      if (isAuthenticationFailure(error.code)) dead = error;
      return { path, error };
    }
  };
  yield* mapWithSecondTurn(new Set(paths), limit, readOne);
}

/**
 * Runs `work` when it is first needed, and gives its result to all. Work that was throttled is tried again for
 * whoever needs it next.
 */
export function once<T>(work: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () =>
    (result ??= work().catch((error: unknown) => {
      if (isAppError(error, 'RATE_LIMITED')) result = undefined;
      throw error;
    }));
}
