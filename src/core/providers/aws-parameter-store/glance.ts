/** What is at a path, without values. */
import { isAppError } from '@shared/errors';
import { asRevision } from '@core/secrets/revision';
import { revisionOfEntries } from '../entries';
import { isFolder } from '@shared/model/layout';
import type { Glance } from '../provider';
import type { ParameterStoreConnection } from './connection';
import { describeAll, isObject, type Description } from './describe';
import { keyIn } from './names';
import { versionOf } from './read';

export async function glanceAt(
  connection: ParameterStoreConnection,
  path: string,
  signal: AbortSignal,
): Promise<Glance> {
  const name = connection.names.nameOf(path);
  try {
    if (isFolder(path)) {
      return ofFolder(name, await describeAll(connection, { folder: name }, signal));
    }
    const [found] = await describeAll(connection, { name }, signal);
    if (found === undefined) return { state: 'absent' };
    const { number, modifiedAt } = found;
    return {
      state: 'present',
      revision: asRevision(versionOf({ number, modifiedAt })),
      version: `v${String(number)}`,
      modifiedAt,
    };
  } catch (error) {
    if (isAppError(error, 'PERMISSION_DENIED')) return { state: 'unknown', why: 'not-permitted' };
    throw error;
  }
}

function ofFolder(folder: string, all: readonly Description[]): Glance {
  const entries = all.flatMap((one) => {
    const key = keyIn(folder, one.name);
    return key === undefined || isObject(one) ? [] : [{ ...one, key }];
  });
  if (entries.length === 0) return { state: 'absent' };
  return {
    state: 'present',
    revision: revisionOfEntries(
      entries.map(({ key, number, modifiedAt }) => [key, versionOf({ number, modifiedAt })]),
    ),
    modifiedAt: new Date(Math.max(...entries.map(({ modifiedAt }) => modifiedAt?.getTime() ?? 0))),
  };
}
