import { isAbsent, isAppError } from '@shared/errors';
import type { SecretSnapshot } from '@core/providers/provider';
import type { ConnectedProvider } from './interruptible';

interface Connected {
  readonly provider: ConnectedProvider;
}

/** As `read`. `undefined` if the path holds no secret; a secret that is scheduled for deletion throws. */
export async function readIfThere(
  { provider }: Connected,
  path: string,
  signal: AbortSignal,
): Promise<SecretSnapshot | undefined> {
  try {
    return await provider.read(path, { signal });
  } catch (error) {
    if (isAppError(error) && isAbsent(error.code)) return undefined;
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
