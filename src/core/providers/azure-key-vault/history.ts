/** The versions of an environment. A folder has no versions: they are put together from those of its secrets. */
import { AppError, isAppError } from '@shared/errors';
import { mapConcurrently } from '@core/network/concurrency';
import { asRevision } from '@core/secrets/revision';
import { historyOfEntries } from '../entries';
import { isFolder } from '@shared/model/layout';
import type { History, SecretVersion } from '../provider';
import type { KeyVaultConnection } from './connection';
import { labelOf, namesIn } from './read';
import { getSecret, listVersions, type Item } from './secrets';

const at = ({ createdAt }: Item): number => createdAt?.getTime() ?? 0;

export async function versionsOf(
  connection: KeyVaultConnection,
  path: string,
  signal: AbortSignal,
): Promise<History> {
  if (isFolder(path)) return folderHistory(connection, path, signal);
  const found = await listVersions(connection.api, path, signal);
  if (found.length === 0) throw new AppError('NOT_FOUND', { details: { path } });
  const current = await currentOf(connection, path, found, signal);
  return {
    isKept: true,
    isComplete: true,
    versions: found
      .toSorted(
        (a, b) => at(b) - at(a) || Number(b.version === current) - Number(a.version === current),
      )
      .map((item): SecretVersion => ({
        revision: asRevision(item.version),
        version: labelOf(item.version),
        state: item.version === current ? 'current' : 'past',
        labels: item.isEnabled ? [] : ['disabled'],
        createdAt: item.createdAt,
      })),
  };
}

/** Times are whole seconds, and only reading tells which of two of one second is the newest. */
async function currentOf(
  { api }: KeyVaultConnection,
  name: string,
  versions: readonly Item[],
  signal: AbortSignal,
): Promise<string> {
  try {
    return (await getSecret(api, name, signal)).version;
  } catch (error) {
    // Disabled, so that nobody can read it.
    if (!isAppError(error, 'REQUEST_REFUSED')) throw error;
    return versions.toSorted((a, b) => at(b) - at(a))[0]?.version ?? '';
  }
}

/** Not complete: what was deleted from the folder is gone from all of its versions. */
async function folderHistory(
  connection: KeyVaultConnection,
  path: string,
  signal: AbortSignal,
): Promise<History> {
  const names = [...(await namesIn(connection, path, signal))];
  if (names.length === 0) throw new AppError('NOT_FOUND', { details: { path } });
  const changes: { readonly key: string; readonly item: Item }[] = [];
  const read = async ([key, name]: readonly [string, string]) =>
    (await listVersions(connection.api, name, signal))
      .filter(({ isEnabled }) => isEnabled)
      .map((item) => ({ key, item }));
  for await (const found of mapConcurrently(names, connection.limit, read)) changes.push(...found);
  changes.sort((a, b) => at(a.item) - at(b.item));

  return historyOfEntries(
    changes.map(({ key, item }) => ({ key, version: item.version, at: item.createdAt })),
  );
}
