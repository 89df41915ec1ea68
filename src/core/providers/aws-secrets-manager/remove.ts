/** Removing one secret, with AWS's recovery window of 30 days. */
import { AppError, isAppError } from '@shared/errors';
import type { RemoveOutcome } from '../provider';
import type { Revision } from '@core/secrets/revision';
import type { SecretsManagerConnection } from './connection';
import { describeIfPermitted, labelledVersion } from './describe';
import { unexpectedAnswer } from '../aws/errors';
import { readVersion } from './read';
import { undeleteSecret } from './undelete';

/**
 * AWS offers no check in the delete itself. The current version is compared before it and, with the
 * permission for DescribeSecret, after it: what somebody slipped in between is restored. Throws
 * `CONFLICT` if another version is current.
 */
export async function removeSecret(
  connection: SecretsManagerConnection,
  path: string,
  expected: Revision,
  signal: AbortSignal,
): Promise<RemoveOutcome> {
  try {
    const current = await readVersion(connection, path, signal);
    if (current.id !== expected) throw new AppError('CONFLICT', { details: { path } });
  } catch (error) {
    if (!isAppError(error, 'SCHEDULED_FOR_DELETION')) throw error;
    const known = await describeIfPermitted(connection, path, signal);
    // Of this very version: the echo of a removal whose answer was lost.
    if (known === undefined || labelledVersion(known, 'AWSCURRENT') !== expected) throw error;
    return { recoverable: true, until: known.deletedAt };
  }
  const until = await scheduleDeletion(connection, path, signal);
  const after = await describeIfPermitted(connection, path, signal);
  const removed = after && labelledVersion(after, 'AWSCURRENT');
  if (removed !== undefined && removed !== expected) {
    await restore(connection, path, signal);
    throw new AppError('CONFLICT', { details: { path } });
  }
  return { recoverable: true, until: until ?? after?.deletedAt };
}

/**
 * The end of the recovery window; `undefined` if the answer that told was lost. Throws
 * `SCHEDULED_FOR_DELETION` where somebody else was first: that one may be taken back by its author, who
 * in turn must not have ours taken back.
 */
async function scheduleDeletion(
  connection: SecretsManagerConnection,
  path: string,
  signal: AbortSignal,
): Promise<Date | undefined> {
  const operation = 'DeleteSecret';
  let attempts = 1;
  try {
    const answer = await connection.call({ operation, path, signal }, async (client, http) => {
      try {
        return await client.deleteSecret({ SecretId: path }, http);
      } catch (error) {
        attempts = attemptsOf(error);
        throw error;
      }
    });
    if (answer.Name === undefined) throw unexpectedAnswer(operation, path);
    return answer.DeletionDate;
  } catch (error) {
    // It was there a moment ago: this is the echo of an attempt whose answer was lost.
    if (isAppError(error, 'SCHEDULED_FOR_DELETION') && attempts > 1) return undefined;
    throw error;
  }
}

/** How often the SDK had sent the call. */
const attemptsOf = (error: unknown): number =>
  (error as { readonly $metadata?: { readonly attempts?: number } }).$metadata?.attempts ?? 1;

async function restore(
  connection: SecretsManagerConnection,
  path: string,
  signal: AbortSignal,
): Promise<void> {
  try {
    await undeleteSecret(connection, path, signal);
  } catch (error) {
    if (!isAppError(error, 'PERMISSION_DENIED')) throw error;
    throw new AppError('CONFLICT', {
      message: 'Someone saved a newer version just before, and it is scheduled for deletion now.',
      hint: 'Ask the administrator of the AWS account to undelete the secret: your credentials may not.',
      details: { path },
    });
  }
}
