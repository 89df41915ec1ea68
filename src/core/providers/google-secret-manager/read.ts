/** Reading environments. */
import { AppError, isAppError } from '@shared/errors';
import { mapConcurrently } from '@core/network/concurrency';
import { documentFromBytes, documentFromText, type SecretDocument } from '@core/secrets/document';
import { asRevision, type Revision } from '@core/secrets/revision';
import { Secret } from '@core/secrets/secret';
import { snapshotOfEntries, versionsIn, type StoredEntries, type StoredEntry } from '../entries';
import { isFolder } from '@shared/model/layout';
import { once } from '../read-each';
import type { SecretSnapshot } from '../provider';
import type { GoogleConnection } from './connection';
import { groupedByFolder, type ListedSecrets } from './listed-secrets';
import { beginningOf, KEY_ANNOTATION, lastPart } from './names';
import { accessVersion, listSecrets, type Accessed } from './secrets';

export const revisionOf = (connection: GoogleConnection, id: string, number: number): Revision =>
  asRevision(connection.versionOf(id, number));

/** The number in a version, see `GoogleConnection.versionOf`. */
export const numberIn = (version: string): number => Number.parseInt(version, 10);

export const labelOf = (number: number): string => `v${String(number)}`;

/**
 * The newest version. Google may still name an older one for minutes after a write, or none. Throws `NOT_FOUND`,
 * and `SECRET_DELETED` if it is disabled.
 */
export async function readNewest(
  connection: GoogleConnection,
  id: string,
  signal: AbortSignal,
): Promise<Accessed> {
  const [found, failure] = await ifThere(accessVersion(connection.api, id, 'latest', signal));
  const known = connection.newest.get(id) ?? 0;
  if (known > (found?.number ?? 0)) {
    const [newer] = await ifThere(accessVersion(connection.api, id, known, signal));
    if (newer !== undefined) {
      connection.noteContent(id, newer.number, newer.bytes);
      return newer;
    }
    // It was deleted, and perhaps created again.
    connection.forget(id);
  }
  if (found === undefined) throw failure;
  connection.noteNewest(id, found.number);
  connection.noteContent(id, found.number, found.bytes);
  return found;
}

async function ifThere(
  reading: Promise<Accessed>,
): Promise<readonly [found: Accessed | undefined, failure?: unknown]> {
  try {
    return [await reading];
  } catch (error) {
    if (isAppError(error, 'NOT_FOUND')) return [undefined, error];
    throw error;
  }
}

export function documentOf(bytes: Buffer): SecretDocument {
  const text = bytes.toString('utf8');
  return Buffer.from(text, 'utf8').equals(bytes)
    ? documentFromText(text)
    : documentFromBytes(bytes);
}

/** Throws `NOT_FOUND` if there is nothing at the path. */
export async function readPath(
  connection: GoogleConnection,
  path: string,
  signal: AbortSignal,
  listed?: () => Promise<ListedSecrets>,
): Promise<SecretSnapshot> {
  if (isFolder(path)) {
    const { ids } = await findFolder(connection, path, signal, listed);
    return snapshotOfEntries(path, await readFolder(connection, ids, signal));
  }
  return snapshotOf(connection, path, await readNewest(connection, path, signal));
}

const snapshotOf = (
  connection: GoogleConnection,
  path: string,
  { number, bytes }: Accessed,
): SecretSnapshot => ({
  path,
  document: documentOf(bytes),
  revision: revisionOf(connection, path, number),
  version: labelOf(number),
});

export async function readPathVersion(
  connection: GoogleConnection,
  path: string,
  revision: Revision,
  signal: AbortSignal,
): Promise<SecretSnapshot> {
  if (!isFolder(path)) {
    const found = await accessOf(connection, path, revision, signal);
    return snapshotOf(connection, path, found);
  }
  const { ids } = await findFolder(connection, path, signal);
  const entries = new Map<string, StoredEntry>();
  for (const [key, version] of versionsIn(revision)) {
    const id = ids.get(key);
    if (id === undefined) throw new AppError('NOT_FOUND', { details: { path, field: key } });
    const { bytes } = await accessOf(connection, id, version, signal);
    entries.set(key, { value: new Secret(bytes.toString('utf8')), version });
  }
  return snapshotOfEntries(path, entries);
}

/** Throws `NOT_FOUND` for a version of a secret that has been created again since. */
async function accessOf(
  connection: GoogleConnection,
  id: string,
  version: string,
  signal: AbortSignal,
): Promise<Accessed> {
  const number = numberIn(version);
  if (connection.versionOf(id, number) === version) {
    return accessVersion(connection.api, id, number, signal);
  }
  throw new AppError('NOT_FOUND', {
    message: 'This version belongs to a secret of the same id that was deleted.',
    hint: 'Choose another version.',
    details: { path: id },
  });
}

/** The secrets of a folder. */
export interface Folder {
  /** By key. */
  readonly ids: ReadonlyMap<string, string>;
  /** Whether they name their folder. Those that other programs made have only its beginning in their ids. */
  readonly isMarked: boolean;
}

/** Lists all secrets once, when they are first needed. */
export const listOnce = (
  { api }: GoogleConnection,
  signal: AbortSignal,
): (() => Promise<ListedSecrets>) =>
  once(async () => groupedByFolder(await listSecrets(api, signal)));

/**
 * Lists a folder, or finds it in a listing of all secrets. Secrets without a mark belong to the folder only if no
 * secret has its mark: otherwise an environment whose name begins like the folder would become a variable. A listing
 * lags behind, so the variables that were written here meanwhile are added.
 */
export async function findFolder(
  connection: GoogleConnection,
  path: string,
  signal: AbortSignal,
  listed?: () => Promise<ListedSecrets>,
): Promise<Folder> {
  const beginning = beginningOf(path);
  const found =
    (await listed?.()) ??
    groupedByFolder(await listSecrets(connection.api, signal, { named: beginning }));
  const created = connection.created.get(path) ?? new Map<string, string | undefined>();
  const marked = found.byFolder.get(path) ?? [];
  const unmarked = found.unmarked.filter(
    ({ name }) => lastPart(name).startsWith(beginning) && lastPart(name) !== beginning,
  );
  const isMarked = marked.length > 0 || created.size > 0 || unmarked.length === 0;
  const ids = new Map<string, string>();
  for (const { name, annotations } of isMarked ? marked : unmarked) {
    const id = lastPart(name);
    ids.set(annotations?.[KEY_ANNOTATION] ?? id.slice(beginning.length), id);
  }
  for (const [key, id] of created) {
    if (id === undefined) ids.delete(key);
    else ids.set(key, id);
  }
  return { ids, isMarked };
}

/** Throws `SECRET_DELETED` if a variable is disabled. */
export async function readFolder(
  connection: GoogleConnection,
  ids: ReadonlyMap<string, string>,
  signal: AbortSignal,
): Promise<StoredEntries> {
  const entries = new Map<string, StoredEntry>();
  const read = async ([key, id]: readonly [string, string]) => {
    try {
      return { key, id, found: await readNewest(connection, id, signal) };
    } catch (error) {
      // Deleted since it was listed, or never given a value.
      if (isAppError(error, 'NOT_FOUND')) return { key, id, found: undefined };
      throw isAppError(error, 'SECRET_DELETED') ? disabledVariable(key, error) : error;
    }
  };
  for await (const { key, id, found } of mapConcurrently([...ids], connection.limit, read)) {
    if (found === undefined) continue;
    entries.set(key, {
      value: new Secret(found.bytes.toString('utf8')),
      version: connection.versionOf(id, found.number),
    });
  }
  return entries;
}

const disabledVariable = (key: string, cause: AppError): AppError =>
  new AppError('SECRET_DELETED', {
    message: `The newest version of the variable ${key} is disabled.`,
    likelyCause: cause.likelyCause,
    hint: 'Undelete the environment, which enables its variables again.',
    details: { ...cause.details, field: key },
    cause,
  });
