/** Bringing back what is scheduled for deletion. */
import type { SecretsManagerConnection } from './connection';
import { unexpectedAnswer } from '../aws/errors';

/** AWS restores what was not scheduled without complaint. Throws `NOT_FOUND`, `PERMISSION_DENIED` … */
export async function undeleteSecret(
  connection: SecretsManagerConnection,
  path: string,
  signal: AbortSignal,
): Promise<void> {
  const operation = 'RestoreSecret';
  const answer = await connection.call({ operation, path, signal }, (client, http) =>
    client.restoreSecret({ SecretId: path }, http),
  );
  if (answer.Name === undefined) throw unexpectedAnswer(operation, path);
}
