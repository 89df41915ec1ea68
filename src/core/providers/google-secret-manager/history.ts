/** The versions of an environment. A folder has no versions: they are put together from those of its secrets. */
import { AppError } from '@shared/errors';
import { mapConcurrently } from '@core/network/concurrency';
import { historyOfEntries } from '../entries';
import { isFolder } from '@shared/model/layout';
import type { History, SecretVersion } from '../provider';
import type { GoogleConnection } from './connection';
import { findFolder, labelOf, revisionOf } from './read';
import { dateOf, listVersions, numberOf, type GoogleVersion } from './secrets';

/** A disabled version can be enabled again; a destroyed one is gone. */
function stateOf({ state }: GoogleVersion, isNewest: boolean): SecretVersion['state'] {
  if (state === 'DESTROYED') return 'destroyed';
  if (state === 'DISABLED') return 'deleted';
  return isNewest ? 'current' : 'past';
}

export async function versionsOf(
  connection: GoogleConnection,
  path: string,
  signal: AbortSignal,
): Promise<History> {
  if (isFolder(path)) return folderHistory(connection, path, signal);
  const versions = await listVersions(connection.api, path, signal);
  return {
    isKept: true,
    isComplete: true,
    versions: versions.map((version, index): SecretVersion => ({
      revision: revisionOf(connection, path, numberOf(version.name)),
      version: labelOf(numberOf(version.name)),
      state: stateOf(version, index === 0),
      labels: version.state === 'DISABLED' ? ['disabled'] : [],
      createdAt: dateOf(version.createTime),
      deletedAt: dateOf(version.destroyTime),
    })),
  };
}

/** Not complete: what was deleted from the folder is gone from all of its versions. */
async function folderHistory(
  connection: GoogleConnection,
  path: string,
  signal: AbortSignal,
): Promise<History> {
  const ids = [...(await findFolder(connection, path, signal)).ids];
  if (ids.length === 0) throw new AppError('NOT_FOUND', { details: { path } });
  const changes: {
    readonly key: string;
    readonly id: string;
    readonly number: number;
    readonly at: number;
  }[] = [];
  const read = async ([key, id]: readonly [string, string]) =>
    (await listVersions(connection.api, id, signal))
      .filter(({ state }) => state === 'ENABLED')
      .map(({ name, createTime }) => ({
        key,
        id,
        number: numberOf(name),
        at: dateOf(createTime)?.getTime() ?? 0,
      }));
  for await (const found of mapConcurrently(ids, connection.limit, read)) changes.push(...found);
  changes.sort((a, b) => a.at - b.at || a.number - b.number);

  return historyOfEntries(
    changes.map(({ key, id, number, at }) => ({
      key,
      version: connection.versionOf(id, number),
      at: new Date(at),
    })),
  );
}
