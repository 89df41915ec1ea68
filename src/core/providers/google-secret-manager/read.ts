/** Reading environments. */
import { AppError, isAppError } from '@shared/errors';
import { mapConcurrently } from '@core/network/concurrency';
import { documentFromBytes, documentFromText, type SecretDocument } from '@core/secrets/document';
import { asRevision, type Revision } from '@core/secrets/revision';
import { Secret } from '@core/secrets/secret';
import { snapshotOfEntries, versionsIn, type StoredEntries, type StoredEntry } from '../entries';
import { isFolder } from '../layout';
import type { SecretSnapshot } from '../provider';
import type { GoogleConnection } from './connection';
import { beginningOf, FOLDER_ANNOTATION, KEY_ANNOTATION, lastPart } from './names';
import { accessVersion, listSecrets, type Accessed, type GoogleSecret } from './secrets';

/**
 * A version of a secret. The time of creation would tell it from a version of a secret of the same id before,
 * but reading a value does not return it, and Google numbers the versions of a new secret from 1 again.
 */
export const revisionOf = (number: number): Revision => asRevision(String(number));

export const labelOf = (number: number): string => `v${String(number)}`;

/** The newest version. Right after a write, Google may still answer with an older one. */
export async function readNewest(
  connection: GoogleConnection,
  id: string,
  signal: AbortSignal,
): Promise<Accessed> {
  const found = await accessVersion(connection.api, id, 'latest', signal);
  const written = connection.written.get(id);
  if (written === undefined || written <= found.number) return found;
  try {
    return await accessVersion(connection.api, id, written, signal);
  } catch (error) {
    // It was deleted, or the secret with it, and created again.
    if (isAppError(error, 'NOT_FOUND') || isAppError(error, 'SECRET_DELETED')) return found;
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
): Promise<SecretSnapshot> {
  if (isFolder(path)) return snapshotOfEntries(path, await readFolder(connection, path, signal));
  const { number, bytes } = await readNewest(connection, path, signal);
  return snapshotOf(path, { number, bytes });
}

const snapshotOf = (path: string, { number, bytes }: Accessed): SecretSnapshot => ({
  path,
  document: documentOf(bytes),
  revision: revisionOf(number),
  version: labelOf(number),
});

export async function readPathVersion(
  connection: GoogleConnection,
  path: string,
  revision: Revision,
  signal: AbortSignal,
): Promise<SecretSnapshot> {
  if (!isFolder(path)) {
    return snapshotOf(path, await accessVersion(connection.api, path, Number(revision), signal));
  }
  const ids = await idsIn(connection, path, signal);
  const entries = new Map<string, StoredEntry>();
  for (const [key, version] of versionsIn(revision)) {
    const id = ids.get(key);
    if (id === undefined) throw new AppError('NOT_FOUND', { details: { path, field: key } });
    const { bytes } = await accessVersion(connection.api, id, Number(version), signal);
    entries.set(key, { value: new Secret(bytes.toString('utf8')), version });
  }
  return snapshotOfEntries(path, entries);
}

/** The key of a variable, and whether its secret is in this folder. */
export function keyIn(path: string, { name, annotations = {} }: GoogleSecret): string | undefined {
  const folder = annotations[FOLDER_ANNOTATION];
  const id = lastPart(name);
  if (folder !== undefined)
    return folder === path ? (annotations[KEY_ANNOTATION] ?? id) : undefined;
  const beginning = beginningOf(path);
  return id.startsWith(beginning) && id.length > beginning.length
    ? id.slice(beginning.length)
    : undefined;
}

/** Ids by key. A listing lags behind, so what was written here meanwhile is added. */
export async function idsIn(
  connection: GoogleConnection,
  path: string,
  signal: AbortSignal,
): Promise<Map<string, string>> {
  const listed = await listSecrets(connection.api, signal, { named: beginningOf(path) });
  const ids = new Map<string, string>();
  for (const secret of listed) {
    const key = keyIn(path, secret);
    if (key !== undefined) ids.set(key, lastPart(secret.name));
  }
  for (const [key, id] of connection.created.get(path) ?? []) {
    if (id === undefined) ids.delete(key);
    else ids.set(key, id);
  }
  return ids;
}

export async function readFolder(
  connection: GoogleConnection,
  path: string,
  signal: AbortSignal,
): Promise<StoredEntries> {
  const ids = await idsIn(connection, path, signal);
  const entries = new Map<string, StoredEntry>();
  const read = async ([key, id]: readonly [string, string]) => {
    try {
      return { key, found: await readNewest(connection, id, signal) };
    } catch (error) {
      // Deleted since it was listed, or never given a value.
      if (isAppError(error, 'NOT_FOUND')) return { key, found: undefined };
      throw error;
    }
  };
  for await (const { key, found } of mapConcurrently([...ids], connection.limit, read)) {
    if (found === undefined) continue;
    entries.set(key, {
      value: new Secret(found.bytes.toString('utf8')),
      version: String(found.number),
    });
  }
  return entries;
}
