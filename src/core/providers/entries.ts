/**
 * The layout with one secret for each variable, under a folder. The revision of an environment is the list
 * of the versions of its entries. A write is planned first, sends only what has changed, and says which
 * variables it has written if it does not get to the end.
 */
import { AppError, isAppError } from '@shared/errors';
import { platformLimits } from '@shared/model/platform-limits';
import { mapConcurrently } from '@core/network/concurrency';
import type { RequestLimit } from '@core/network/request-limit';
import {
  entriesOf,
  mapDocument,
  textEntry,
  type SecretDocument,
  type SecretEntry,
} from '@core/secrets/document';
import { asRevision, type Revision } from '@core/secrets/revision';
import { Secret } from '@core/secrets/secret';
import { listText } from './check/texts';
import { assertSizes } from './value-sizes';
import type { Notes } from './notes';
import type { History, SecretSnapshot, SecretVersion } from './provider';

export interface StoredEntry {
  readonly value: Secret;
  /** Of this entry alone. */
  readonly version: string;
  readonly modifiedAt?: Date | undefined;
  /** The note that is kept with it, empty for none; absent if the store keeps no notes. */
  readonly note?: string | undefined;
}

export type StoredEntries = ReadonlyMap<string, StoredEntry>;

export interface EntryStore {
  /** All entries of a folder, by key; empty if there is none. */
  read(): Promise<StoredEntries>;
  /**
   * Writes one entry over the version that was read, or creates it. Throws `CONFLICT` if somebody else wrote
   * it at the same time: theirs is there then.
   */
  put(
    key: string,
    value: Secret,
    before: StoredEntry | undefined,
  ): Promise<Omit<StoredEntry, 'value'>>;
  /**
   * Called for an entry that holds what a failed write had sent, over the version `base`; `undefined` if it
   * was new. Throws `CONFLICT` if somebody else's version was in between: theirs is there then.
   */
  settle?(key: string, base: string | undefined, found: StoredEntry): Promise<void>;
  /** Deletes entries, and tells of each that is gone. */
  remove(keys: readonly string[], gone: (key: string) => void): Promise<void>;
}

/** Listed secrets, so that those of a folder are found at once. */
export interface ListedByFolder<Listed> {
  readonly byFolder: ReadonlyMap<string, readonly Listed[]>;
  /** Secrets that do not name their folder. */
  readonly unmarked: readonly Listed[];
}

export function listedByFolder<Listed>(
  secrets: Iterable<Listed>,
  folderOf: (secret: Listed) => string | undefined,
): ListedByFolder<Listed> {
  const byFolder = new Map<string, Listed[]>();
  const unmarked: Listed[] = [];
  for (const secret of secrets) {
    const folder = folderOf(secret);
    if (folder === undefined) unmarked.push(secret);
    else {
      const others = byFolder.get(folder) ?? [];
      others.push(secret);
      byFolder.set(folder, others);
    }
  }
  return { byFolder, unmarked };
}

const KEYS_NAMED = 5;

/**
 * The failure of a removal that stopped halfway; the failure itself if nothing had been removed by then.
 * `advice` is a sentence about what is left.
 */
export function partlyRemoved(
  failure: unknown,
  done: readonly string[],
  all: readonly string[],
  advice: string,
): unknown {
  if (done.length === 0) return failure;
  const why = isAppError(failure) ? failure : new AppError('INTERNAL', { cause: failure });
  const left = all.filter((key) => !done.includes(key));
  return new AppError('PARTLY_WRITTEN', {
    message: `${String(done.length)} of ${String(all.length)} variables were deleted: ${listText(done, KEYS_NAMED)}. Still there: ${listText(left, KEYS_NAMED)}.`,
    likelyCause: why.message,
    hint: `${why.hint} ${advice}`,
    details: why.details,
    cause: failure,
  });
}

/** In place of the version of an entry whose write failed: it may be there. No store has an empty version. */
const IN_DOUBT = '';

/** Versions by key; equal if and only if no entry was written, added or removed in between. */
export const revisionOfEntries = (
  versions: Iterable<readonly [key: string, version: string]>,
): Revision =>
  asRevision(JSON.stringify([...versions].toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))));

/** Throws `NOT_FOUND` if it is the revision of something else. */
export function versionsIn(revision: Revision): Map<string, string> {
  try {
    return new Map(JSON.parse(revision) as [string, string][]);
  } catch (error) {
    throw new AppError('NOT_FOUND', { cause: error });
  }
}

/**
 * Before a folder is removed: throws `CONFLICT` if it holds an entry, or a version of one, that is not in
 * the revision. What is gone already is no conflict: a removal may have ended halfway.
 */
export function assertOnlyOf(
  revision: Revision,
  found: ReadonlyMap<string, string>,
  path: string,
): void {
  const base = versionsIn(revision);
  for (const [key, version] of found) {
    if (base.get(key) !== version) throw new AppError('CONFLICT', { details: { path } });
  }
}

const versionsOf = (entries: StoredEntries): Map<string, string> =>
  new Map([...entries].map(([key, { version }]) => [key, version]));

/** Throws `NOT_FOUND` if there is no entry. */
export function snapshotOfEntries(path: string, entries: StoredEntries): SecretSnapshot {
  if (entries.size === 0) throw new AppError('NOT_FOUND', { details: { path } });
  const notes = notesOfEntries(entries);
  const times = [...entries.values()].map(({ modifiedAt }) => modifiedAt?.getTime() ?? 0);
  return {
    path,
    document: documentOfEntries(entries),
    revision: revisionOfEntries(versionsOf(entries)),
    modifiedAt: new Date(Math.max(...times)),
    ...(notes && { notes }),
  };
}

function notesOfEntries(entries: StoredEntries): Notes | undefined {
  const notes = [...entries].flatMap(([key, { note }]) =>
    note === undefined ? [] : [[key, note] as const],
  );
  return notes.length === 0 ? undefined : new Map(notes.filter(([, note]) => note !== ''));
}

const documentOfEntries = (entries: StoredEntries): SecretDocument => ({
  shape: 'map',
  entries: new Map(
    [...entries]
      .toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      .map(([key, { value }]) => [key, textEntry(value.reveal())]),
  ),
});

/**
 * What is stored for a variable. A store of texts keeps no kinds: a number is read back as the text of it.
 */
export const textOfEntry = ({ value }: SecretEntry): string => value.reveal();

export interface EntriesWrite {
  readonly path: string;
  readonly document: SecretDocument;
  readonly expected: Revision | null;
  /**
   * Versions that an earlier call from the same base has written, by key; empty if the write failed,
   * `undefined` if the entry was removed. New ones are added.
   */
  readonly written: Map<string, string | undefined>;
  readonly limit: Pick<RequestLimit, 'current'>;
  readonly signal: AbortSignal;
}

/** Throws `INVALID_INPUT` if there are none: a folder exists only as the start of their names. */
export function assertHasEntries(document: SecretDocument): void {
  if (entriesOf(document).size > 0) return;
  throw new AppError('INVALID_INPUT', {
    message: 'A folder without variables does not exist at the provider.',
    likelyCause: 'It stores each variable separately, and nothing for the environment as a whole.',
    hint: 'Keep at least one variable, or delete the environment at the provider.',
  });
}

/**
 * Makes a folder hold these variables. Throws `INVALID_INPUT` without variables, `VALUE_OVER_LIMIT` if a changed
 * value is too large, and `CONFLICT` or `ALREADY_EXISTS` if the current version is not `expected`: nothing is written
 * then. Throws `PARTLY_WRITTEN` with the keys if an entry could not be written after others were. Returns what this
 * write left there, without a change of somebody else to another variable during the write.
 */
export async function writeEntries(
  store: EntryStore,
  { path, document, expected, written, limit, signal }: EntriesWrite,
): Promise<SecretSnapshot> {
  assertHasEntries(document);
  const wanted = entriesOf(document);
  const before = await store.read();
  const base = expected === null ? new Map<string, string>() : versionsIn(expected);
  assertUnchanged(before, { wanted, expected, written, base });
  for (const [key, entry] of before) {
    const isInDoubt = written.get(key) === IN_DOUBT && entry.version !== base.get(key);
    if (isInDoubt) await store.settle?.(key, base.get(key), entry);
  }

  const puts = [...wanted].filter(
    ([key, entry]) => before.get(key)?.value.reveal() !== textOfEntry(entry),
  );
  assertSizes(platformLimits, mapDocument(puts));
  const removed = [...before.keys()].filter((key) => !wanted.has(key));
  const now = new Map([...before].filter(([key]) => wanted.has(key)));
  const done: string[] = [];
  const failed = new Map<string, unknown>();
  const putOne = async ([key, entry]: readonly [string, SecretEntry]): Promise<void> => {
    // Once the connection fails, every further entry would fail with it.
    if (failed.size > 0) return;
    const value = new Secret(textOfEntry(entry));
    try {
      const put = await store.put(key, value, before.get(key));
      written.set(key, put.version);
      now.set(key, { ...put, value });
      done.push(key);
    } catch (error) {
      written.set(key, IN_DOUBT);
      failed.set(key, error);
    }
  };
  for await (const _ of mapConcurrently(puts, limit, putOne));
  if (failed.size === 0 && removed.length > 0) {
    try {
      if (signal.aborted) throw new AppError('CANCELLED', { cause: signal.reason });
      // Many stores delete for good, and the writes may have taken a while.
      if (puts.length > 0) assertStill(before, await store.read(), removed);
      await store.remove(removed, (key) => {
        written.set(key, undefined);
        done.push(key);
      });
    } catch (error) {
      failed.set(removed[0] ?? '', error);
    }
  }
  const [failure] = failed.values();
  if (failure !== undefined) throw partly(failure, done, [...puts.map(([key]) => key), ...removed]);
  return snapshotOfEntries(path, now);
}

/** Throws `CONFLICT` if somebody else has written one of these since. */
function assertStill(before: StoredEntries, now: StoredEntries, keys: readonly string[]): void {
  for (const key of keys) {
    const found = now.get(key);
    if (found !== undefined && found.version !== before.get(key)?.version) {
      throw new AppError('CONFLICT');
    }
  }
}

/**
 * Entries that an earlier call had written before it failed count as unchanged, and so does an entry that is
 * gone and was to be removed: nothing is lost, whoever removed it.
 */
function assertUnchanged(
  found: StoredEntries,
  {
    wanted,
    expected,
    written,
    base,
  }: Pick<EntriesWrite, 'expected' | 'written'> & {
    readonly wanted: ReadonlyMap<string, SecretEntry>;
    readonly base: ReadonlyMap<string, string>;
  },
): void {
  const isOwn = (key: string): boolean => {
    const [entry, version, own] = [wanted.get(key), written.get(key), found.get(key)];
    if (own === undefined) return entry === undefined;
    return version === IN_DOUBT
      ? entry !== undefined && own.value.reveal() === textOfEntry(entry)
      : version !== undefined && own.version === version;
  };
  const keys = new Set([...base.keys(), ...found.keys()]);
  const isMoved = [...keys].some((key) => found.get(key)?.version !== base.get(key) && !isOwn(key));
  if (isMoved) throw new AppError(expected === null ? 'ALREADY_EXISTS' : 'CONFLICT');
}

/** The failure itself if nothing had been written by then. */
function partly(failure: unknown, done: readonly string[], all: readonly string[]): unknown {
  if (done.length === 0) return failure;
  const left = all.filter((key) => !done.includes(key));
  const why = isAppError(failure) ? failure : new AppError('INTERNAL', { cause: failure });
  return new AppError('PARTLY_WRITTEN', {
    message: `${String(done.length)} of ${String(all.length)} changes were written: ${listText(done, KEYS_NAMED)}. Not written: ${listText(left, KEYS_NAMED)}.`,
    likelyCause: why.message,
    hint: `${why.hint} Then save again: only what is missing is sent.`,
    remedy: why.remedy,
    details: why.details,
    cause: failure,
  });
}

/** One version of one entry, for the history of its folder. */
export interface EntryChange {
  readonly key: string;
  readonly version: string;
  readonly at: Date | undefined;
  /** Who wrote it, if the store tells. */
  readonly by?: string | undefined;
}

/** Milliseconds. Changes of different entries that are no further apart come from one save. */
const ONE_SAVE = 5000;

/**
 * Puts the versions of a folder together from those of its entries, oldest first. They are not complete: an
 * entry that was deleted is gone from all of them.
 */
export function historyOfEntries(changes: readonly EntryChange[]): History {
  const time = ({ at }: EntryChange): number => at?.getTime() ?? 0;
  const now = new Map<string, string>();
  const inSave = new Set<string>();
  const versions: SecretVersion[] = [];
  for (const [index, change] of changes.entries()) {
    now.set(change.key, change.version);
    inSave.add(change.key);
    const next = changes[index + 1];
    const goesOn =
      next !== undefined &&
      time(next) - time(change) <= ONE_SAVE &&
      next.by === change.by &&
      !inSave.has(next.key);
    if (goesOn) continue;
    inSave.clear();
    versions.push({
      revision: revisionOfEntries(now),
      version: `v${String(versions.length + 1)}`,
      state: next === undefined ? 'current' : 'past',
      labels: [],
      createdAt: change.at,
      ...(change.by !== undefined && { createdBy: change.by }),
    });
  }
  return { isKept: true, isComplete: false, versions: versions.toReversed() };
}
