/** What is at a path, without values. */
import { isAppError } from '@shared/errors';
import type { Glance } from '../provider';
import { isFolder } from '@shared/model/layout';
import type { GoogleConnection } from './connection';
import { labelOf, revisionOf } from './read';
import { dateOf, getVersion, numberOf, type GoogleVersion } from './secrets';

/**
 * A folder is not looked at: that would take a call for each variable. The role Secret Accessor may not see
 * versions, only their values.
 */
export async function glanceAt(
  connection: GoogleConnection,
  path: string,
  signal: AbortSignal,
): Promise<Glance> {
  if (isFolder(path)) return { state: 'unknown', why: 'not-supported' };
  try {
    const newest = await newestOf(connection, path, signal);
    const number = numberOf(newest.name);
    if (newest.state === 'DESTROYED') return { state: 'deleted', recoverable: false };
    if (newest.state === 'DISABLED') return { state: 'deleted', recoverable: true };
    return {
      state: 'present',
      revision: revisionOf(connection, path, number),
      version: labelOf(number),
      modifiedAt: dateOf(newest.createTime),
    };
  } catch (error) {
    // An id that Google does not allow is not there either.
    if (isAppError(error, 'NOT_FOUND') || isAppError(error, 'NAME_NOT_ALLOWED')) {
      return { state: 'absent' };
    }
    if (isAppError(error, 'PERMISSION_DENIED')) return { state: 'unknown', why: 'not-permitted' };
    throw error;
  }
}

/** Google may still name an older version right after a write. */
export async function newestOf(
  { api, newest }: GoogleConnection,
  id: string,
  signal: AbortSignal,
): Promise<GoogleVersion> {
  const found = await getVersion(api, id, 'latest', signal).catch((error: unknown) => {
    if (isAppError(error, 'NOT_FOUND') && newest.has(id)) return undefined;
    throw error;
  });
  const known = newest.get(id) ?? 0;
  if (found !== undefined && numberOf(found.name) >= known) return found;
  return getVersion(api, id, known, signal).catch((error: unknown) => {
    // It was deleted and created again.
    if (isAppError(error, 'NOT_FOUND') && found !== undefined) return found;
    throw error;
  });
}
