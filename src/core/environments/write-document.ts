import { foundAtPath, isAppError, isConflict, type ErrorCode } from '@shared/errors';
import type { ProviderConnection } from '@core/connections/connections';
import type { CallOptions, Written } from '@core/providers/provider';
import type { SecretDocument } from '@core/secrets/document';
import type { Revision } from '@core/secrets/revision';
import { sameContent } from '@core/secrets/same-content';

type Connected = Pick<ProviderConnection, 'provider'>;

/** Whether a read that failed with it makes certain that the document is not there to be seen. */
const isNotToBeSeen = (code: ErrorCode): boolean =>
  foundAtPath(code) !== undefined || code === 'PERMISSION_DENIED';

/**
 * Writes as `SecretsProvider.write`. If the server refuses the write since it holds this document already,
 * that is an earlier write whose answer was lost: its revision is returned. Throws what reading throws if
 * that cannot be found out: then nobody knows yet whether the write was refused.
 */
export async function writeDocument(
  { provider }: Connected,
  path: string,
  document: SecretDocument,
  expected: Revision | null,
  options: CallOptions,
): Promise<Written> {
  try {
    return await provider.write(path, document, expected, options);
  } catch (error) {
    if (!isAppError(error) || !isConflict(error.code)) throw error;
    const found = await provider.read(path, options).catch((failure: unknown) => {
      if (isAppError(failure) && isNotToBeSeen(failure.code)) return undefined;
      throw failure;
    });
    if (found === undefined || !sameContent(found.document, document)) throw error;
    return { revision: found.revision, version: found.version, notes: found.notes };
  }
}

/**
 * Undeletes what is scheduled for deletion at a path, so that it can be written over; it stays in the
 * history. Returns its revision. Throws as `undelete` and `read` do.
 */
export async function undeletedRevision(
  { provider }: Connected,
  path: string,
  signal: AbortSignal,
): Promise<Revision> {
  await provider.undelete(path, { signal });
  const { revision } = await provider.read(path, { signal });
  return revision;
}
