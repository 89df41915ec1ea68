/**
 * Writing secrets. A vault has no check-and-set, and the ids of versions tell no order: a write adds a version
 * whatever came before. So the versions are listed before and after a write. One that is new and not ours
 * tells that somebody else wrote in between.
 */
import { AppError, isAppError, isOutcomeUnknown } from '@shared/errors';
import {
  documentFromText,
  documentToText,
  entriesOf,
  type SecretDocument,
} from '@core/secrets/document';
import { asRevision, type Revision } from '@core/secrets/revision';
import { Secret } from '@core/secrets/secret';
import {
  assertOnlyOf,
  partlyRemoved,
  snapshotOfEntries,
  versionsIn,
  writeEntries,
  type EntryStore,
  type StoredEntries,
  type StoredEntry,
} from '../entries';
import { isFolder } from '@shared/model/layout';
import { notMerged, writeDetecting, type Put } from '../overtaken';
import type { RemoveOutcome, Written } from '../provider';
import { WritesInDoubt } from '../writes-in-doubt';
import type { KeyVaultConnection } from './connection';
import { managed } from './errors';
import { checkNew, checkPath, sameName, tagsFor } from './limits';
import { nameOf, noteIn } from './names';
import { labelOf, namesIn, readNamed, readSecret } from './read';
import {
  deleteSecret,
  getDeleted,
  getSecret,
  listVersions,
  setSecret,
  type Bundle,
  type Item,
} from './secrets';
import { undelete, whenFree } from './undelete';

const CONTENT_TYPE = 'application/json';

/** A write that got no answer: what it sent, and the versions that were there before it. */
interface Sent {
  readonly text: Secret;
  readonly known: readonly Item[];
}

interface FolderTry {
  /** As `writeEntries` keeps it. */
  readonly written: Map<string, string | undefined>;
  /** By key: the versions that were there before the first try. */
  readonly known: Map<string, readonly Item[]>;
}

/** The secret that is written. A write would drop the tags and dates that it does not name. */
interface Target {
  readonly name: string;
  readonly before: Bundle | undefined;
  readonly contentType: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
  /** Whether `before` had been deleted: a write of the same value is a change then. */
  readonly isRecovered?: boolean;
  /** The versions that were there before `before` was read. */
  readonly known: readonly Item[];
  readonly signal: AbortSignal;
  /** New tries are added before they are sent, and removed if they are refused. */
  readonly tries?: Sent[];
  /** The try that has taken effect: its version is the newest. */
  readonly landed?: Sent | undefined;
}

export class KeyVaultWriter {
  readonly #connection: KeyVaultConnection;
  readonly #objects = new WritesInDoubt<Sent>();
  readonly #folders = new WritesInDoubt<FolderTry>();

  constructor(connection: KeyVaultConnection) {
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
    name: string,
    document: SecretDocument,
    expected: Revision | null,
    signal: AbortSignal,
  ): Promise<Written> {
    return this.#objects.run(name, expected, async (tries) => {
      // Before the look at the newest: what comes after the list is seen by one or the other.
      const known = expected === null ? [] : await this.#versions(name, signal);
      const before = await this.#find(name, signal);
      if (before?.isManaged === true) throw refusal();
      const isMoved = (before?.version ?? null) !== expected;
      const landed = isMoved
        ? tries.findLast(({ text }) => text.reveal() === before?.value)
        : undefined;
      if (isMoved && landed === undefined) {
        throw new AppError(expected === null ? 'ALREADY_EXISTS' : 'CONFLICT', {
          details: { path: name },
        });
      }
      const { revision, document: now } = await this.#detecting(
        {
          name,
          before,
          contentType: before === undefined ? CONTENT_TYPE : before.contentType,
          tags: before?.tags ?? {},
          // Later tries have seen what the first one may have overwritten.
          known: isMoved ? (tries[0]?.known ?? known) : known,
          signal,
          tries,
          landed,
        },
        document,
        expected,
        documentFromText,
      );
      return { revision, document: now, version: labelOf(revision) };
    });
  }

  #writeFolder(
    path: string,
    document: SecretDocument,
    expected: Revision | null,
    signal: AbortSignal,
  ): Promise<Written> {
    return this.#folders.run(path, expected, async (tries) => {
      const [attempt = { written: new Map(), known: new Map() }] = tries;
      if (tries.length === 0) tries.push(attempt);
      const { written } = attempt;
      const { limit } = this.#connection;
      const {
        revision,
        document: now,
        notes,
      } = await writeEntries(this.#folder(path, document, attempt, signal), {
        path,
        document,
        expected,
        written,
        limit,
        signal,
      });
      return { revision, document: now, notes };
    });
  }

  #folder(
    path: string,
    document: SecretDocument,
    { known: knownOf }: FolderTry,
    signal: AbortSignal,
  ): EntryStore {
    const wanted = entriesOf(document);
    let names = new Map<string, string>();
    let entries: StoredEntries = new Map();
    /** Another key whose secret has the name that this key would get. */
    const occupantOf = (key: string): string | undefined => {
      if (names.has(key)) return undefined;
      const name = nameOf(path, key).toLowerCase();
      return [...names].find(([, taken]) => taken.toLowerCase() === name)?.[0];
    };
    return {
      read: async () => {
        names = await namesIn(this.#connection, path, signal);
        for (const key of wanted.keys()) {
          const other = occupantOf(key);
          if (other !== undefined && wanted.has(other)) throw sameName(path, other, key);
        }
        entries = await readNamed(this.#connection, names, signal);
        return entries;
      },
      put: async (key, value, known) => {
        const renamed = occupantOf(key);
        const name = names.get(renamed ?? key) ?? nameOf(path, key);
        const before = renamed === undefined ? known : entries.get(renamed);
        const target = { path, key, name, knownOf };
        const put = await this.#putEntry(target, value, before, signal);
        // Its secret has another key now, and must not be deleted with the old one.
        if (renamed !== undefined) names.delete(renamed);
        return put;
      },
      settle: async (key, base, found) => {
        const known = knownOf.get(key);
        const name = names.get(key);
        const before = name === undefined ? undefined : await this.#find(name, signal);
        if (known === undefined || name === undefined || before?.version !== found.version) return;
        const landed: Sent = { text: found.value, known };
        const { contentType, tags } = before;
        await this.#detecting(
          { name, before, contentType, tags, known, signal, tries: [landed], landed },
          asText(found.value.reveal()),
          base === undefined ? null : asRevision(base),
          asText,
        );
      },
      remove: async (keys, onRemoved) => {
        for (const key of keys) {
          const name = names.get(key);
          const version = entries.get(key)?.version;
          if (name !== undefined && version !== undefined)
            await this.#delete(name, version, signal);
          onRemoved(key);
        }
      },
    };
  }

  async #putEntry(
    {
      path,
      key,
      name,
      knownOf,
    }: {
      readonly path: string;
      readonly key: string;
      readonly name: string;
      readonly knownOf: FolderTry['known'];
    },
    value: Secret,
    known: StoredEntry | undefined,
    signal: AbortSignal,
  ): Promise<Pick<StoredEntry, 'version' | 'note'>> {
    const {
      known: versions,
      before,
      isRecovered,
    } = await this.#findOrRecover(name, known === undefined, signal);
    if (before?.isManaged === true) throw refusal();
    if (!isRecovered && before?.version !== known?.version) {
      throw new AppError('CONFLICT', { details: { path: name } });
    }
    if (!knownOf.has(key)) knownOf.set(key, versions);
    const target = {
      name,
      before,
      contentType: before?.contentType,
      tags: tagsFor(path, key, before),
      isRecovered,
      known: versions,
      signal,
    };
    const base = before === undefined ? null : asRevision(before.version);
    const { revision } = await this.#detecting(target, asText(value.reveal()), base, asText);
    return { version: revision, note: noteIn(target) };
  }

  async #detecting(
    target: Target,
    document: SecretDocument,
    expected: Revision | null,
    parse: (text: string) => SecretDocument,
  ): Promise<{ readonly revision: Revision; readonly document: SecretDocument }> {
    const { api } = this.#connection;
    const { name, isRecovered = false, signal } = target;
    let { landed, known } = target;
    let base = expected;
    return writeDetecting(
      {
        put: async (content) => {
          const put = await this.#put({ ...target, landed }, content, known, base);
          landed = undefined;
          known = put.versions;
          base = put.revision;
          return put;
        },
        readVersion: async (version) => {
          if (isRecovered && version === expected) throw new AppError('NOT_FOUND');
          return parse((await getSecret(api, name, signal, version)).value);
        },
      },
      document,
      expected,
    );
  }

  /** `known` are the versions that were there before, and `base` is the newest of them. */
  async #put(
    target: Target,
    document: SecretDocument,
    known: readonly Item[],
    base: Revision | null,
  ): Promise<Put & { readonly versions: Item[] }> {
    const { name, before, landed, signal } = target;
    const text = textOf(document);
    const version =
      landed?.text.reveal() === text && before !== undefined
        ? before.version
        : await this.#send(target, { text: new Secret(text), known });
    const versions = await listVersions(this.#connection.api, name, signal);
    const seen = new Set([...known.map((item) => item.version), version]);
    const strangers = await this.#notOurs(
      target,
      versions.filter((item) => !seen.has(item.version)),
    );
    const later = strangers.length === 0 ? undefined : await this.#later(name, version, signal);
    const earlier = strangers.filter((stranger) => stranger !== later);
    return {
      revision: asRevision(version),
      previous: earlier.at(-1) ?? base,
      others: earlier.slice(0, -1),
      later,
      versions,
    };
  }

  /** Those that no try of ours has made, oldest first. */
  async #notOurs(
    { name, signal, tries = [] }: Target,
    versions: readonly Item[],
  ): Promise<Revision[]> {
    const others: Item[] = [];
    for (const item of versions) {
      const { value } = await getSecret(this.#connection.api, name, signal, item.version).catch(
        (error: unknown) => {
          throw notMerged(error);
        },
      );
      if (!tries.some(({ text }) => text.reveal() === value)) others.push(item);
    }
    const at = ({ createdAt }: Item): number => createdAt?.getTime() ?? 0;
    // Times are whole seconds, so the order of some is unknown.
    return others.toSorted((a, b) => at(a) - at(b)).map((item) => asRevision(item.version));
  }

  /** The newest version, if that is not ours: then it came after ours. */
  async #later(name: string, version: string, signal: AbortSignal): Promise<Revision | undefined> {
    const newest = await getSecret(this.#connection.api, name, signal);
    return newest.version === version ? undefined : asRevision(newest.version);
  }

  /** Returns the id of the new version. */
  async #send(
    { name, before, contentType, tags, signal, tries = [] }: Target,
    sent: Sent,
  ): Promise<string> {
    tries.push(sent);
    try {
      const { version } = await whenFree(this.#connection, signal, () =>
        setSecret(
          this.#connection.api,
          name,
          { value: sent.text.reveal(), contentType, tags, attributes: before?.attributes },
          signal,
        ),
      );
      return version;
    } catch (error) {
      if (isAppError(error) && !isOutcomeUnknown(error.code)) tries.splice(tries.indexOf(sent), 1);
      throw error;
    }
  }

  /** `undefined` if there is no such secret. Throws `SCHEDULED_FOR_DELETION`. */
  async #find(name: string, signal: AbortSignal): Promise<Bundle | undefined> {
    try {
      return await readSecret(this.#connection, name, signal);
    } catch (error) {
      if (isAppError(error, 'NOT_FOUND')) return undefined;
      throw error;
    }
  }

  #versions(name: string, signal: AbortSignal): Promise<Item[]> {
    return listVersions(this.#connection.api, name, signal);
  }

  /** A variable that was removed and added again has a deleted secret, whose name is taken. */
  async #findOrRecover(
    name: string,
    isNew: boolean,
    signal: AbortSignal,
  ): Promise<{
    readonly known: readonly Item[];
    readonly before: Bundle | undefined;
    readonly isRecovered: boolean;
  }> {
    try {
      const known = isNew ? [] : await this.#versions(name, signal);
      return { known, before: await this.#find(name, signal), isRecovered: false };
    } catch (error) {
      if (!isAppError(error, 'SCHEDULED_FOR_DELETION')) throw error;
      // It was there when the write was planned: somebody has removed it since.
      if (!isNew) throw new AppError('CONFLICT', { details: { path: name }, cause: error });
      const deleted = await getDeleted(this.#connection.api, name, signal);
      await undelete(this.#connection, name, signal);
      const known = await this.#versions(name, signal);
      const before = await this.#find(name, signal);
      // Somebody else recovered it too, and has written it since.
      if (before?.version !== deleted?.version) {
        throw new AppError('CONFLICT', { details: { path: name }, cause: error });
      }
      return { known, before, isRecovered: true };
    }
  }

  /** A soft delete, unless the vault has that switched off. Throws `CONFLICT`. */
  async remove(path: string, expected: Revision, signal: AbortSignal): Promise<RemoveOutcome> {
    return isFolder(path)
      ? this.#removeFolder(path, expected, signal)
      : this.#removeObject(path, expected, signal);
  }

  async #removeObject(
    path: string,
    expected: Revision,
    signal: AbortSignal,
  ): Promise<RemoveOutcome> {
    const before = await readSecret(this.#connection, path, signal);
    if (before.isManaged) throw refusal();
    if (before.version !== expected) throw new AppError('CONFLICT', { details: { path } });
    return this.#delete(path, expected, signal);
  }

  /** Throws `CONFLICT` if another version than this was the newest: the secret is there again then. */
  async #delete(name: string, expected: string, signal: AbortSignal): Promise<RemoveOutcome> {
    const { version, recoverable, until } = await deleteSecret(this.#connection.api, name, signal);
    if (version !== '' && version !== expected) {
      // Somebody wrote between the look and the deletion.
      if (recoverable) await undelete(this.#connection, name, signal);
      throw new AppError('CONFLICT', { details: { path: name } });
    }
    return recoverable ? { recoverable, until } : { recoverable: false };
  }

  async #removeFolder(
    path: string,
    expected: Revision,
    signal: AbortSignal,
  ): Promise<RemoveOutcome> {
    const names = await namesIn(this.#connection, path, signal);
    const entries = await readNamed(this.#connection, names, signal);
    const { revision } = snapshotOfEntries(path, entries);
    assertOnlyOf(expected, versionsIn(revision), path);
    let outcome: RemoveOutcome = { recoverable: false };
    const done: string[] = [];
    for (const [key, name] of names) {
      try {
        const removed = await this.#delete(name, entries.get(key)?.version ?? '', signal);
        if (removed.recoverable) outcome = removed;
        done.push(key);
      } catch (error) {
        const advice = 'Then pull, and delete what is left, or undelete it.';
        throw partlyRemoved(error, done, [...names.keys()], advice);
      }
    }
    return outcome;
  }
}

const asText = (text: string): SecretDocument => ({ shape: 'text', text: new Secret(text) });

const refusal = (): AppError => {
  const [code, options] = managed();
  return new AppError(code, options);
};

function textOf(document: SecretDocument): string {
  if (document.shape === 'binary') throw new AppError('BINARY_VALUE');
  return documentToText(document);
}
