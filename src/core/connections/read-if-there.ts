import { isAppError } from '@shared/errors';
import type { SecretSnapshot } from '@core/providers/provider';
import type { ConnectedProvider } from './interruptible';

interface Connected {
  readonly provider: ConnectedProvider;
}

/** Whether a path holds no secret: it never did, or the secret was deleted, be it recoverably. */
export const isAbsence = (error: unknown): boolean =>
  isAppError(error, 'NOT_FOUND') || isAppError(error, 'SECRET_DELETED');

/** As `read`. `undefined` if the path holds no secret; a secret that is scheduled for deletion throws. */
export async function readIfThere(
  { provider }: Connected,
  path: string,
  signal: AbortSignal,
): Promise<SecretSnapshot | undefined> {
  try {
    return await provider.read(path, { signal });
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw error;
  }
}

/** As `readIfThere`; a secret that is scheduled for deletion counts as absent. */
export async function readUnlessDeleted(
  connection: Connected,
  path: string,
  signal: AbortSignal,
): Promise<SecretSnapshot | undefined> {
  try {
    return await readIfThere(connection, path, signal);
  } catch (error) {
    if (isAppError(error, 'SCHEDULED_FOR_DELETION')) return undefined;
    throw error;
  }
}
