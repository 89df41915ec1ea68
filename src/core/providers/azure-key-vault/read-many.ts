/** Reading many environments. */
import { isAppError, isAuthenticationFailure, type AppError } from '@shared/errors';
import { mapWithSecondTurn } from '@core/network/concurrency';
import type { ReadOutcome } from '../provider';
import type { KeyVaultConnection } from './connection';
import { readPath } from './read';

/** One outcome for each path, in any order. Throws `CANCELLED` and nothing else. */
export async function* readPaths(
  connection: KeyVaultConnection,
  paths: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<ReadOutcome, void, undefined> {
  let dead: AppError | undefined;
  const readOne = async (path: string): Promise<ReadOutcome> => {
    if (dead !== undefined) return { path, error: dead };
    try {
      return { path, snapshot: await readPath(connection, path, signal) };
    } catch (error) {
      if (!isAppError(error) || error.code === 'CANCELLED') throw error;
      // Every further call would hear the same.
      if (isAuthenticationFailure(error.code)) dead = error;
      return { path, error };
    }
  };
  yield* mapWithSecondTurn(new Set(paths), connection.limit, readOne);
}
