import { isAppError, isConflict } from '@shared/errors';
import type { CallOptions, Revision, Written } from '@core/providers/provider';
import type { SecretDocument } from '@core/secrets/document';
import { sameContent } from '@core/secrets/same-content';
import type { Connection } from '@core/connections/connections';

/**
 * Writes as `SecretsProvider.write`. Where that is refused since the server holds exactly this already,
 * it was a write whose answer was lost: then what is there is the outcome.
 */
export async function writeDocument(
  { provider }: Pick<Connection, 'provider'>,
  path: string,
  document: SecretDocument,
  expected: Revision | null,
  options: CallOptions,
): Promise<Written> {
  try {
    return await provider.write(path, document, expected, options);
  } catch (error) {
    if (!isAppError(error) || !isConflict(error.code)) throw error;
    const found = await provider.read(path, options).catch(() => undefined);
    if (found === undefined || !sameContent(found.document, document)) throw error;
    return { revision: found.revision, version: found.version };
  }
}

/**
 * Takes a name back from what is scheduled for deletion, and writes over what that was. It stays in the
 * history. Throws as `undelete`, `read` and `write` do.
 */
export async function undeleteAndWrite(
  connection: Pick<Connection, 'provider'>,
  path: string,
  document: SecretDocument,
  options: CallOptions,
): Promise<Written> {
  const { provider } = connection;
  await provider.undelete(path, options);
  const { revision } = await provider.read(path, options);
  return writeDocument(connection, path, document, revision, options);
}
