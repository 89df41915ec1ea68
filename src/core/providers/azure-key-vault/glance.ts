/** What is at a path, without values. */
import { isAppError } from '@shared/errors';
import { asRevision } from '@core/secrets/revision';
import type { Glance } from '../provider';
import { isFolder } from '@shared/model/layout';
import type { KeyVaultConnection } from './connection';
import { labelOf } from './read';
import { getDeleted, listVersions, type Item } from './secrets';

/** The newest of versions without values; `undefined` if two were created in the same second. */
export function newestOf(versions: readonly Item[]): Item | undefined {
  const at = ({ createdAt }: Item): number => createdAt?.getTime() ?? 0;
  const [first, second] = versions.toSorted((a, b) => at(b) - at(a));
  return first !== undefined && second !== undefined && at(first) === at(second)
    ? undefined
    : first;
}

/** A folder is not looked at: that would take a call for each variable. */
export async function glanceAt(
  connection: KeyVaultConnection,
  path: string,
  signal: AbortSignal,
): Promise<Glance> {
  if (isFolder(path)) return { state: 'unknown', why: 'not-supported' };
  const { api } = connection;
  try {
    const versions = await listVersions(api, path, signal);
    // A secret that does not exist has no versions, and neither has one that was deleted.
    if (versions.length === 0) {
      const deleted = await getDeleted(api, path, signal);
      return deleted === undefined
        ? { state: 'absent' }
        : { state: 'scheduled-for-deletion', until: deleted.until };
    }
    const newest = newestOf(versions);
    if (newest === undefined) return { state: 'unknown', why: 'not-supported' };
    return {
      state: 'present',
      revision: asRevision(newest.version),
      version: labelOf(newest.version),
      modifiedAt: newest.createdAt,
    };
  } catch (error) {
    // A name that Azure does not allow is not there either.
    if (isAppError(error, 'NOT_FOUND') || isAppError(error, 'NAME_NOT_ALLOWED')) {
      return { state: 'absent' };
    }
    if (isAppError(error, 'PERMISSION_DENIED')) return { state: 'unknown', why: 'not-permitted' };
    throw error;
  }
}
