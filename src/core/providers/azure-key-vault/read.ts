/** Reading environments. */
import { AppError, isAppError } from '@shared/errors';
import { mapConcurrently } from '@core/network/concurrency';
import { documentFromText } from '@core/secrets/document';
import { asRevision, type Revision } from '@core/secrets/revision';
import { Secret } from '@core/secrets/secret';
import { snapshotOfEntries, versionsIn, type StoredEntries, type StoredEntry } from '../entries';
import { isFolder } from '@shared/model/layout';
import { once } from '../read-each';
import type { SecretSnapshot } from '../provider';
import type { KeyVaultConnection } from './connection';
import { groupedByFolder, type ListedSecrets } from './listed-secrets';
import { keyIn, noteIn } from './names';
import { getDeleted, getSecret, listSecrets, type Bundle } from './secrets';

/** How much of a version's id is shown: enough to compare by eye with the portal or a colleague. */
const LABEL_LENGTH = 8;

export const labelOf = (version: string): string => version.slice(0, LABEL_LENGTH);

const snapshotOf = (path: string, { value, version, createdAt }: Bundle): SecretSnapshot => ({
  path,
  document: documentFromText(value),
  revision: asRevision(version),
  version: labelOf(version),
  modifiedAt: createdAt,
});

/** The newest version. Throws `NOT_FOUND`, and `SCHEDULED_FOR_DELETION` if it can be recovered. */
export async function readSecret(
  { api }: KeyVaultConnection,
  name: string,
  signal: AbortSignal,
): Promise<Bundle> {
  try {
    return await getSecret(api, name, signal);
  } catch (error) {
    if (!isAppError(error, 'NOT_FOUND')) throw error;
    const deleted = await getDeleted(api, name, signal).catch((failure: unknown) => {
      if (isAppError(failure, 'PERMISSION_DENIED')) return undefined;
      throw failure;
    });
    if (deleted === undefined) throw error;
    throw new AppError('SCHEDULED_FOR_DELETION', {
      message: 'The secret of this name was deleted, and the vault still keeps it.',
      hint: 'Undelete it and write over it, or choose another name.',
      details: { path: name, until: deleted.until?.getTime() },
    });
  }
}

/** Throws `NOT_FOUND` if there is nothing at the path, `SCHEDULED_FOR_DELETION` if it can be recovered. */
export async function readPath(
  connection: KeyVaultConnection,
  path: string,
  signal: AbortSignal,
  listed?: () => Promise<ListedSecrets>,
): Promise<SecretSnapshot> {
  if (isFolder(path)) {
    const names = await namesIn(connection, path, signal, listed);
    return snapshotOfEntries(path, await readNamed(connection, names, signal));
  }
  return snapshotOf(path, await readSecret(connection, path, signal));
}

export async function readPathVersion(
  connection: KeyVaultConnection,
  path: string,
  revision: Revision,
  signal: AbortSignal,
): Promise<SecretSnapshot> {
  if (!isFolder(path)) {
    return snapshotOf(path, await getSecret(connection.api, path, signal, revision));
  }
  const names = await namesIn(connection, path, signal);
  const entries = new Map<string, StoredEntry>();
  for (const [key, version] of versionsIn(revision)) {
    const name = names.get(key);
    if (name === undefined) throw new AppError('NOT_FOUND', { details: { path, field: key } });
    const found = await getSecret(connection.api, name, signal, version);
    entries.set(key, { value: new Secret(found.value), version, modifiedAt: found.createdAt });
  }
  return snapshotOfEntries(path, entries);
}

/** Lists all secrets once, when they are first needed. A vault can list no part of them. */
export const listOnce = (
  { api }: KeyVaultConnection,
  signal: AbortSignal,
): (() => Promise<ListedSecrets>) =>
  once(async () => groupedByFolder(await listSecrets(api, signal)));

/** The names of a folder's secrets, by key. */
export async function namesIn(
  connection: KeyVaultConnection,
  path: string,
  signal: AbortSignal,
  listed: () => Promise<ListedSecrets> = listOnce(connection, signal),
): Promise<Map<string, string>> {
  const { byFolder, unmarked } = await listed();
  const names = new Map<string, string>();
  for (const item of [...unmarked, ...(byFolder.get(path) ?? [])]) {
    const key = keyIn(path, item);
    if (key !== undefined) names.set(key, item.name);
  }
  return names;
}

/** @param names of secrets, by key */
export async function readNamed(
  connection: KeyVaultConnection,
  names: ReadonlyMap<string, string>,
  signal: AbortSignal,
): Promise<StoredEntries> {
  const entries = new Map<string, StoredEntry>();
  const read = async ([key, name]: readonly [string, string]) => {
    try {
      return { key, found: await getSecret(connection.api, name, signal) };
    } catch (error) {
      // Deleted since it was listed.
      if (isAppError(error, 'NOT_FOUND')) return { key, found: undefined };
      throw error;
    }
  };
  for await (const { key, found } of mapConcurrently([...names], connection.limit, read)) {
    if (found === undefined) continue;
    entries.set(key, {
      value: new Secret(found.value),
      version: found.version,
      modifiedAt: found.createdAt,
      note: noteIn(found),
    });
  }
  return entries;
}
