/** Enabling versions that were disabled. */
import { AppError, isAppError } from '@shared/errors';
import type { Revision } from '@core/secrets/revision';
import { isFolder } from '@shared/model/layout';
import type { GoogleConnection } from './connection';
import { newestOf } from './glance';
import { findFolder, numberIn } from './read';
import { enableVersion, getVersion, type GoogleVersion } from './secrets';

/** Throws `NOT_FOUND` for what cannot be brought back. */
export async function undeletePath(
  connection: GoogleConnection,
  path: string,
  revision: Revision | undefined,
  signal: AbortSignal,
): Promise<void> {
  if (!isFolder(path)) {
    const version =
      revision === undefined
        ? newestOf(connection, path, signal)
        : getVersion(connection.api, path, numberIn(revision), signal);
    return enable(connection, path, version, signal);
  }
  const { ids } = await findFolder(connection, path, signal);
  if (ids.size === 0) throw gone(path);
  for (const id of ids.values()) {
    // A variable that is gone by now is no part of the folder.
    await enable(connection, id, newestOf(connection, id, signal), signal).catch(
      (error: unknown) => {
        if (!isAppError(error, 'NOT_FOUND')) throw error;
      },
    );
  }
}

async function enable(
  { api }: GoogleConnection,
  id: string,
  reading: Promise<GoogleVersion>,
  signal: AbortSignal,
): Promise<void> {
  const version = await reading.catch((error: unknown) => {
    throw isAppError(error, 'NOT_FOUND') ? gone(id) : error;
  });
  if (version.state === 'DESTROYED') throw gone(id);
  if (version.state === 'DISABLED') await enableVersion(api, version, id, signal);
}

const gone = (path: string): AppError =>
  new AppError('NOT_FOUND', {
    message:
      'Google keeps nothing of a secret that was deleted, or of a version that was destroyed.',
    hint: 'Roll back to an older version from the history if there is one, or write it again.',
    details: { path },
  });
