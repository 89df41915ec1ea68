/**
 * Writing secrets. Google has no check-and-set for values: a new version is added whatever came before. Its
 * number tells: versions are numbered without gaps, so one that does not directly follow the version that
 * was read tells that somebody else wrote in between.
 */
import { createHash } from 'node:crypto';
import { AppError, isAppError, isWriteRefused } from '@shared/errors';
import { mapConcurrently } from '@core/network/concurrency';
import { documentToText, type SecretDocument } from '@core/secrets/document';
import { asRevision, type Revision } from '@core/secrets/revision';
import { Secret } from '@core/secrets/secret';
import {
  assertOnlyOf,
  partlyRemoved,
  versionsIn,
  writeEntries,
  type EntryStore,
  type StoredEntries,
} from '../entries';
import { isFolder } from '@shared/model/layout';
import { platformLimits } from '@shared/model/platform-limits';
import { notMerged, writeDetecting, type Put, type Settled } from '../overtaken';
import type { RemoveOutcome, Written } from '../provider';
import { assertSizes } from '../value-sizes';
import { WritesInDoubt } from '../writes-in-doubt';
import type { GoogleConnection } from './connection';
import { checkNew, checkPath } from './limits';
import { FOLDER_ANNOTATION, idOf, KEY_ANNOTATION } from './names';
import {
  documentOf,
  findFolder,
  labelOf,
  readFolder,
  readNewest,
  readPath,
  numberIn,
  revisionOf,
  type Folder,
} from './read';
import {
  accessVersion,
  addVersion,
  createSecret,
  deleteSecret,
  getSecret,
  type Accessed,
} from './secrets';

/** Tells contents from each other, so that no value has to be kept. */
const printOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('base64');

/** What calls from the same base have sent to one secret. */
type Sent = Set<string>;

interface FolderTry {
  /** As `writeEntries` keeps it. */
  readonly written: Map<string, string>;
  /** By key. */
  readonly sent: Map<string, Sent>;
}

/** One secret that is written. */
interface One {
  readonly id: string;
  readonly sent: Sent;
  readonly readDocument: (bytes: Buffer) => SecretDocument;
  readonly signal: AbortSignal;
}

export class GoogleWriter {
  readonly #connection: GoogleConnection;
  readonly #objects = new WritesInDoubt<Sent>();
  readonly #folders = new WritesInDoubt<FolderTry>();

  constructor(connection: GoogleConnection) {
    this.#connection = connection;
  }

  async write(
    path: string,
    document: SecretDocument,
    expected: Revision | null,
    signal: AbortSignal,
  ): Promise<Written> {
    if (expected === null) checkNew(path, document);
    else checkPath(path, document);
    return isFolder(path)
      ? this.#writeFolder(path, document, expected, signal)
      : this.#writeObject(path, document, expected, signal);
  }

  #writeObject(
    path: string,
    document: SecretDocument,
    expected: Revision | null,
    signal: AbortSignal,
  ): Promise<Written> {
    return this.#objects.run(path, expected, async (tries) => {
      const [sent = new Set<string>()] = tries;
      if (tries.length === 0) tries.push(sent);
      const one: One = { id: path, sent, readDocument: documentOf, signal };
      const found =
        expected === null ? await this.#create(one, {}) : await this.#assertCurrent(one, expected);
      if (expected !== null && found !== undefined) {
        assertSizes(platformLimits, document, documentOf(found.bytes));
      }
      const { revision, document: now } = await this.#put(one, document, expected, found);
      return { revision, document: now, version: labelOf(numberIn(revision)) };
    });
  }

  /** Throws `CONFLICT` unless the newest version is `expected`, or one that an earlier call has written. */
  async #assertCurrent({ id, sent, signal }: One, expected: Revision): Promise<Accessed> {
    const number = numberIn(expected);
    // The caller has seen this version, even if `latest` does not name it yet.
    this.#connection.noteNewest(id, number);
    const found = await readNewest(this.#connection, id, signal);
    const isOwn = found.number > number && sent.has(printOf(found.bytes));
    const isCurrent = revisionOf(this.#connection, id, found.number) === expected;
    if (!isCurrent && !isOwn) throw new AppError('CONFLICT', { details: { path: id } });
    return found;
  }

  #writeFolder(
    path: string,
    document: SecretDocument,
    expected: Revision | null,
    signal: AbortSignal,
  ): Promise<Written> {
    return this.#folders.run(path, expected, async (tries) => {
      const [attempt = { written: new Map(), sent: new Map() }] = tries;
      if (tries.length === 0) tries.push(attempt);
      const base = expected === null ? new Map<string, string>() : versionsIn(expected);
      const { revision, document: now } = await writeEntries(
        await this.#folder(path, base, attempt, signal),
        {
          path,
          document,
          expected,
          written: attempt.written,
          limit: this.#connection.limit,
          signal,
        },
      );
      return { revision, document: now };
    });
  }

  async #folder(
    path: string,
    base: ReadonlyMap<string, string>,
    attempt: FolderTry,
    signal: AbortSignal,
  ): Promise<EntryStore> {
    const folder = await findFolder(this.#connection, path, signal);
    const ids = new Map(folder.ids);
    for (const [key, version] of base) {
      // The caller has seen them, even if Google does not show them yet.
      if (!ids.has(key)) ids.set(key, idOf(path, key));
      const id = ids.get(key);
      if (id !== undefined) this.#connection.noteNewest(id, numberIn(version));
    }
    const oneOf = (key: string, id: string): One => {
      const sent = attempt.sent.get(key) ?? new Set<string>();
      attempt.sent.set(key, sent);
      return { id, sent, readDocument: textDocument, signal };
    };
    return {
      read: async () => {
        const found = await readFolder(this.#connection, ids, signal);
        recogniseOwn(found, base, attempt);
        return found;
      },
      put: async (key, value, before) => {
        const id = ids.get(key) ?? idOf(path, key);
        const one = oneOf(key, id);
        const found =
          before === undefined
            ? await this.#create(one, annotationsOf(path, key, folder), { path, key })
            : undefined;
        const content = { shape: 'text', text: value } as const;
        const was = before === undefined ? null : asRevision(before.version);
        const { revision } = await this.#put(one, content, was, found);
        ids.set(key, id);
        if (before === undefined && folder.isMarked) this.#connection.noteEntry(path, key, id);
        return { version: revision };
      },
      settle: async (key, was, { value, version }) => {
        const found = { number: numberIn(version), bytes: Buffer.from(value.reveal(), 'utf8') };
        const content = { shape: 'text', text: value } as const;
        const one = oneOf(key, ids.get(key) ?? idOf(path, key));
        await this.#put(one, content, was === undefined ? null : asRevision(was), found);
      },
      remove: async (keys, gone) => {
        for (const key of keys) {
          const id = ids.get(key);
          if (id !== undefined) await this.#delete(id, signal);
          ids.delete(key);
          if (folder.isMarked) this.#connection.noteEntry(path, key, undefined);
          gone(key);
        }
      },
    };
  }

  /**
   * Adds a version and sees to what came in between. `found` is the newest version: if an earlier call has
   * written it, it is not sent again.
   */
  #put(
    one: One,
    document: SecretDocument,
    base: Revision | null,
    found: Accessed | undefined,
  ): Promise<Settled> {
    let last = base === null ? 0 : numberIn(base);
    const isAgain = one.sent.size > 0;
    let own = found !== undefined && found.number > last ? found : undefined;
    return writeDetecting(
      {
        put: async (content): Promise<Put> => {
          const bytes = bytesOf(content);
          const number =
            own?.bytes.equals(bytes) === true ? own.number : await this.#add(one, bytes);
          own = undefined;
          const between = await this.#between(one, number, last, isAgain);
          const others = between.map((each) => revisionOf(this.#connection, one.id, each));
          const before = last === 0 ? null : revisionOf(this.#connection, one.id, last);
          const previous = others.pop() ?? before;
          last = number;
          return { revision: revisionOf(this.#connection, one.id, number), previous, others };
        },
        readVersion: async (version) =>
          one.readDocument((await this.#access(one, numberIn(version))).bytes),
      },
      document,
      base,
    );
  }

  async #add({ id, sent, signal }: One, bytes: Buffer): Promise<number> {
    const print = printOf(bytes);
    const isNew = !sent.has(print);
    sent.add(print);
    try {
      const { number } = await addVersion(this.#connection.api, id, bytes, signal);
      this.#connection.noteNewest(id, number);
      this.#connection.noteContent(id, number, bytes);
      return number;
    } catch (error) {
      if (isNew && isAppError(error) && isWriteRefused(error.code)) sent.delete(print);
      throw error;
    }
  }

  /**
   * The number of the version that came directly before this one, if it is not `base`. Neither those that earlier
   * calls of ours have written count, nor those that are disabled or destroyed. Earlier calls may have overwritten
   * somebody: then it is every version since `base`, oldest first.
   */
  async #between(one: One, number: number, base: number, isAgain: boolean): Promise<number[]> {
    const between: number[] = [];
    for (let before = number - 1; before > base; before -= 1) {
      const found = await this.#access(one, before).catch((error: unknown) => {
        if (isAppError(error, 'NOT_FOUND') || isAppError(error, 'SECRET_DELETED')) return undefined;
        throw notMerged(error);
      });
      if (found === undefined || one.sent.has(printOf(found.bytes))) continue;
      between.unshift(before);
      if (!isAgain) break;
    }
    return between;
  }

  #access({ id, signal }: One, number: number): Promise<Accessed> {
    return accessVersion(this.#connection.api, id, number, signal);
  }

  /**
   * Creates a secret without a version. One that is there already and has none counts as created: a write
   * may have ended between the two calls. Returns the newest version if an earlier call has written it.
   * Throws `ALREADY_EXISTS` if it is somebody else's.
   */
  async #create(
    { id, sent, signal }: One,
    annotations: Readonly<Record<string, string>>,
    variable?: { readonly path: string; readonly key: string },
  ): Promise<Accessed | undefined> {
    try {
      await createSecret(this.#connection.api, id, annotations, signal);
      return undefined;
    } catch (error) {
      if (!isAppError(error, 'ALREADY_EXISTS')) throw error;
      if (variable !== undefined) await this.#assertOwn(id, annotations, variable, signal);
      const found = await readNewest(this.#connection, id, signal).catch((failure: unknown) => {
        if (isAppError(failure, 'NOT_FOUND') || isAppError(failure, 'SECRET_DELETED'))
          return undefined;
        throw failure;
      });
      if (found === undefined || sent.has(printOf(found.bytes))) return found;
      throw error;
    }
  }

  /** Throws `ALREADY_EXISTS` if a secret holds an environment, or a variable of another folder. */
  async #assertOwn(
    id: string,
    annotations: Readonly<Record<string, string>>,
    { path, key }: { readonly path: string; readonly key: string },
    signal: AbortSignal,
  ): Promise<void> {
    const { annotations: found = {} } = await getSecret(this.#connection.api, id, signal);
    const names = [FOLDER_ANNOTATION, KEY_ANNOTATION];
    if (names.every((name) => found[name] === annotations[name])) return;
    const other = found[FOLDER_ANNOTATION];
    throw new AppError('ALREADY_EXISTS', {
      message: `The variable ${key} of ${path} would be the secret ${id}, which is there already.`,
      likelyCause:
        other === undefined
          ? 'It is a separate environment, or belongs to another program.'
          : `It belongs to the folder ${other}.`,
      hint: 'Rename the variable, or choose another path.',
      details: { path, field: key },
    });
  }

  /** Deletes for good, with all versions. Throws `CONFLICT` if another version is the newest. */
  async remove(path: string, expected: Revision, signal: AbortSignal): Promise<RemoveOutcome> {
    if (isFolder(path)) await this.#removeFolder(path, expected, signal);
    else {
      const etag = await etagOf(this.#connection, path, signal);
      const { revision } = await readPath(this.#connection, path, signal);
      if (revision !== expected) throw new AppError('CONFLICT', { details: { path } });
      await this.#delete(path, signal, etag);
    }
    return { recoverable: false };
  }

  async #removeFolder(path: string, expected: Revision, signal: AbortSignal): Promise<void> {
    const { ids, isMarked } = await findFolder(this.#connection, path, signal);
    const { revision } = await readPath(this.#connection, path, signal);
    assertOnlyOf(expected, versionsIn(revision), path);
    const gone: string[] = [];
    const removeOne = async ([key, id]: readonly [string, string]): Promise<unknown> => {
      try {
        await this.#delete(id, signal);
        if (isMarked) this.#connection.noteEntry(path, key, undefined);
        gone.push(key);
        return undefined;
      } catch (error) {
        return error;
      }
    };
    let failure: unknown;
    for await (const each of mapConcurrently(ids, this.#connection.limit, removeOne))
      failure ??= each;
    if (failure === undefined) return;
    throw partlyRemoved(failure, gone, [...ids.keys()], 'Then pull, and delete the rest.');
  }

  async #delete(id: string, signal: AbortSignal, etag?: string): Promise<void> {
    try {
      await deleteSecret(this.#connection.api, id, etag, signal);
    } catch (error) {
      if (!isAppError(error, 'NOT_FOUND')) throw error;
    }
    this.#connection.forget(id);
  }
}

const textDocument = (bytes: Buffer): SecretDocument => ({
  shape: 'text',
  text: new Secret(bytes.toString('utf8')),
});

/** A folder that other programs made stays without marks: they would not set them. */
function annotationsOf(path: string, key: string, { isMarked }: Folder): Record<string, string> {
  return { ...(isMarked && { [FOLDER_ANNOTATION]: path }), [KEY_ANNOTATION]: key };
}

/** Adds to `written` what earlier calls have sent whose answers were lost. */
function recogniseOwn(
  found: StoredEntries,
  base: ReadonlyMap<string, string>,
  { written, sent }: FolderTry,
): void {
  for (const [key, { value, version }] of found) {
    const follows = numberIn(version) === numberIn(base.get(key) ?? '0') + 1;
    const isOwn = sent.get(key)?.has(printOf(Buffer.from(value.reveal(), 'utf8'))) === true;
    if (follows && isOwn) written.set(key, version);
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
