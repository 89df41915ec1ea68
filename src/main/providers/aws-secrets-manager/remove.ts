/** Removing one secret, with AWS's recovery window of 30 days. */
import { AppError, isAppError } from '@shared/errors';
import type { RemoveOutcome, Revision } from '../provider';
import type { Connection } from './connection';
import { readVersion } from './read';

/** Throws `CONFLICT` where another version is current by now. AWS offers no check in the delete itself. */
export async function removeSecret(
  connection: Connection,
  path: string,
  expected: Revision,
  signal: AbortSignal,
): Promise<RemoveOutcome> {
  const current = await readVersion(connection, path, signal);
  if (current.id !== expected) throw new AppError('CONFLICT', { details: { path } });
  try {
    const { DeletionDate: until } = await connection.call(
      { operation: 'DeleteSecret', path, signal },
      (client, http) => client.deleteSecret({ SecretId: path }, http),
    );
    return { recoverable: true, until };
  } catch (error) {
    // It was there a moment ago: this is the echo of a delete whose answer was lost.
    if (isAppError(error, 'SCHEDULED_FOR_DELETION')) return { recoverable: true };
    throw error;
  }
}
