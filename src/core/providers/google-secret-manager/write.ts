/**
 * Writing secrets. Google has no check-and-set for values: a new version is added whatever came before. Its
 * number tells: versions are numbered without gaps, so one that does not directly follow the version that
 * was read tells that somebody else wrote in between.
 */
import { AppError, isAppError } from '@shared/errors';
import { documentToText, type SecretDocument } from '@core/secrets/document';
import type { Revision } from '@core/secrets/revision';
import { Secret } from '@core/secrets/secret';
import { writeEntries, type EntryStore, type StoredEntry } from '../entries';
import { isFolder } from '../layout';
import { writeDetecting, type Put } from '../overtaken';
import type { RemoveOutcome, Written } from '../provider';
import { WritesInDoubt } from '../writes-in-doubt';
import type { GoogleConnection } from './connection';
import { checkPath } from './limits';
import { FOLDER_ANNOTATION, idOf, KEY_ANNOTATION } from './names';
import { documentOf, idsIn, labelOf, readFolder, readNewest, readPath, revisionOf } from './read';
import { accessVersion, addVersion, createSecret, deleteSecret, getSecret } from './secrets';

export class GoogleWriter {
  readonly #connection: GoogleConnection;
  readonly #inDoubt = new WritesInDoubt<Map<string, string>>();

  constructor(connection: GoogleConnection) {
    this.#connection = connection;
  }

  async write(
    path: string,
    document: SecretDocument,
    expected: Revision | null,
    signal: AbortSignal,
  ): Promise<Written> {
    checkPath(path, document);
    return isFolder(path)
      ? this.#writeFolder(path, document, expected, signal)
      : this.#writeObject(path, document, expected, signal);
  }

  async #writeObject(
    path: string,
    document: SecretDocument,
    expected: Revision | null,
    signal: AbortSignal,
  ): Promise<Written> {
    if (expected === null) await this.#create(path, {}, signal);
    else {
      const { number } = await readNewest(this.#connection, path, signal);
      if (revisionOf(number) !== expected) throw new AppError('CONFLICT', { details: { path } });
    }
    const { revision, document: now } = await writeDetecting(
      {
        put: (content) => this.#put(path, bytesOf(content), signal),
        readVersion: async (version) =>
          documentOf(
            (await accessVersion(this.#connection.api, path, Number(version), signal)).bytes,
          ),
      },
      document,
      expected,
    );
    return { revision, document: now, version: labelOf(Number(revision)) };
  }

  #writeFolder(
    path: string,
    document: SecretDocument,
    expected: Revision | null,
    signal: AbortSignal,
  ): Promise<Written> {
    return this.#inDoubt.run(path, expected, async (tries) => {
      const [written = new Map<string, string>()] = tries;
      if (tries.length === 0) tries.push(written);
      const { revision, document: now } = await writeEntries(await this.#folder(path, signal), {
        path,
        document,
        expected,
        written,
        limit: this.#connection.limit,
        signal,
      });
      return { revision, document: now };
    });
  }

  async #folder(path: string, signal: AbortSignal): Promise<EntryStore> {
    const ids = await idsIn(this.#connection, path, signal);
    return {
      read: () => readFolder(this.#connection, path, signal),
      put: async (key, value, before) => {
        const id = ids.get(key) ?? idOf(path, key);
        return { version: await this.#putEntry({ path, key, id }, value, before, signal) };
      },
      remove: async (keys, onRemoved) => {
        for (const key of keys) {
          const id = ids.get(key);
          if (id === undefined) continue;
          await deleteSecret(this.#connection.api, id, undefined, signal);
          this.#connection.forget(id);
          this.#connection.noteEntry(path, key, undefined);
          onRemoved(key);
        }
      },
    };
  }

  async #putEntry(
    { path, key, id }: { readonly path: string; readonly key: string; readonly id: string },
    value: Secret,
    before: StoredEntry | undefined,
    signal: AbortSignal,
  ): Promise<string> {
    if (before === undefined) {
      await this.#create(id, { [FOLDER_ANNOTATION]: path, [KEY_ANNOTATION]: key }, signal);
    }
    const { revision } = await writeDetecting(
      {
        put: (content) => this.#put(id, bytesOf(content), signal),
        readVersion: async (version) => ({
          shape: 'text',
          text: new Secret(
            (await accessVersion(this.#connection.api, id, Number(version), signal)).bytes.toString(
              'utf8',
            ),
          ),
        }),
      },
      { shape: 'text', text: value },
      before === undefined ? null : revisionOf(Number(before.version)),
    );
    this.#connection.noteEntry(path, key, id);
    return revision;
  }

  async #put(id: string, bytes: Buffer, signal: AbortSignal): Promise<Put> {
    const { number } = await addVersion(this.#connection.api, id, bytes, signal);
    this.#connection.noteWritten(id, number);
    return {
      revision: revisionOf(number),
      previous: number === 1 ? null : revisionOf(number - 1),
    };
  }

  /**
   * Creates a secret without a version. One that is there already and has none counts as created: a write
   * may have ended between the two calls. Throws `ALREADY_EXISTS` if it has one.
   */
  async #create(
    id: string,
    annotations: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<void> {
    try {
      await createSecret(this.#connection.api, id, annotations, signal);
    } catch (error) {
      if (!isAppError(error, 'ALREADY_EXISTS')) throw error;
      const found = await readNewest(this.#connection, id, signal).catch((failure: unknown) => {
        if (isAppError(failure, 'NOT_FOUND')) return undefined;
        throw failure;
      });
      if (found !== undefined) throw error;
    }
  }

  /** Deletes for good, with all versions. Throws `CONFLICT` if another version is the newest. */
  async remove(path: string, expected: Revision, signal: AbortSignal): Promise<RemoveOutcome> {
    const { api } = this.#connection;
    const ids = isFolder(path) ? [...(await idsIn(this.#connection, path, signal))] : [];
    const secret = isFolder(path) ? undefined : await etagOf(this.#connection, path, signal);
    const { revision } = await readPath(this.#connection, path, signal);
    if (revision !== expected) throw new AppError('CONFLICT', { details: { path } });
    if (!isFolder(path)) {
      await deleteSecret(api, path, secret, signal);
      this.#connection.forget(path);
      return { recoverable: false };
    }
    for (const [key, id] of ids) {
      await deleteSecret(api, id, undefined, signal);
      this.#connection.forget(id);
      this.#connection.noteEntry(path, key, undefined);
    }
    return { recoverable: false };
  }
}

/** `undefined` if the credentials may not see the secret without its value. */
async function etagOf(
  { api }: GoogleConnection,
  id: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    return (await getSecret(api, id, signal)).etag;
  } catch (error) {
    if (isAppError(error, 'PERMISSION_DENIED')) return undefined;
    throw error;
  }
}

function bytesOf(document: SecretDocument): Buffer {
  return document.shape === 'binary'
    ? Buffer.from(document.base64.reveal(), 'base64')
    : Buffer.from(documentToText(document), 'utf8');
}
