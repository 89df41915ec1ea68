/** Bringing back what is scheduled for deletion. */
import type { Connection } from './connection';

/** AWS restores what was not scheduled without complaint. Throws `NOT_FOUND`, `PERMISSION_DENIED` … */
export async function recoverSecret(
  connection: Connection,
  path: string,
  signal: AbortSignal,
): Promise<void> {
  await connection.call({ operation: 'RestoreSecret', path, signal }, (client, http) =>
    client.restoreSecret({ SecretId: path }, http),
  );
}
