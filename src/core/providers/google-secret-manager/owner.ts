/** The mark of a declared set-up, as a label. Labels belong to the secret and not to a version of it. */
import { AppError, isAppError } from '@shared/errors';
import { mapConcurrently } from '@core/network/concurrency';
import { isFolder } from '@shared/model/layout';
import { OWNER_MARK, ownershipOf, type Ownership } from '../provider';
import type { GoogleConnection } from './connection';
import { beginningOf, lastPart } from './names';
import { findFolder } from './read';
import { getSecret, listSecrets, setLabels } from './secrets';

/** Calls at a time for the secrets of a folder. */
const AT_ONCE = 8;

const notPermitted: Ownership = { state: 'unknown', why: 'not-permitted' };

/** Throws what any call may throw, `PERMISSION_DENIED` apart. The role Secret Accessor may not see labels. */
export async function ownerAt(
  connection: GoogleConnection,
  path: string,
  signal: AbortSignal,
): Promise<Ownership> {
  try {
    const { api } = connection;
    const [first, ...others] = await idsAt(connection, path, signal);
    if (first === undefined) return { state: 'unowned' };
    const { labels = {} } = await getSecret(api, first, signal);
    if (labels[OWNER_MARK] || others.length === 0) return ownershipOf(labels[OWNER_MARK]);
    // Somebody may have added the first one. A listing lags behind, but takes one call for all.
    const ids = new Set(others);
    const listed = await listSecrets(api, signal, { named: beginningOf(path) });
    const marked = listed.find(
      ({ name, labels: its = {} }) => its[OWNER_MARK] && ids.has(lastPart(name)),
    );
    return ownershipOf(marked?.labels?.[OWNER_MARK]);
  } catch (error) {
    if (isAppError(error, 'NOT_FOUND') || isAppError(error, 'NAME_NOT_ALLOWED')) {
      return { state: 'unowned' };
    }
    if (isAppError(error, 'PERMISSION_DENIED')) return notPermitted;
    throw error;
  }
}

/** Throws `NOT_FOUND` … */
export async function setOwnerAt(
  connection: GoogleConnection,
  path: string,
  owner: string | null,
  signal: AbortSignal,
): Promise<Ownership> {
  const { api } = connection;
  const mark = async (id: string): Promise<void> => {
    const { labels = {}, etag } = await getSecret(api, id, signal);
    const { [OWNER_MARK]: before = null, ...others } = labels;
    if (before === owner) return;
    const after = owner === null ? others : { ...others, [OWNER_MARK]: owner };
    await setLabels(api, id, after, etag, signal);
  };
  try {
    const ids = await idsAt(connection, path, signal);
    if (ids.length === 0 && owner !== null) throw new AppError('NOT_FOUND', { details: { path } });
    for await (const _ of mapConcurrently(ids, AT_ONCE, mark));
    return ownershipOf(owner ?? undefined);
  } catch (error) {
    if (isAppError(error, 'PERMISSION_DENIED')) return notPermitted;
    throw error;
  }
}

const idsAt = async (
  connection: GoogleConnection,
  path: string,
  signal: AbortSignal,
): Promise<string[]> =>
  isFolder(path) ? [...(await findFolder(connection, path, signal)).ids.values()] : [path];
