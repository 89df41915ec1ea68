/**
 * Writes for stores without a check-and-set, where a conflict is seen only after the write: another version
 * came between the one that was read and the one that was written. Then both are merged by key. For a key
 * that both changed, theirs is put back, and the caller gets `CONFLICT`: nobody is overwritten unnoticed.
 */
import { AppError, isAppError } from '@shared/errors';
import { mergeEntries } from '@shared/model/merge';
import { entriesOf, type SecretDocument, type SecretEntry } from '@core/secrets/document';
import type { Revision } from '@core/secrets/revision';
import { sameContent, sameEntry } from '@core/secrets/same-content';

/**
 * How often others may come in between before the write is given up. Each round overwrites somebody only until
 * the next one, so it is worth going on.
 */
const ROUNDS = 20;

export interface Put {
  readonly revision: Revision;
  /** The version directly before it; `null` if it is the first. */
  readonly previous: Revision | null;
  /** Further versions since the one that was read, if the store does not tell which of them is the last. */
  readonly others?: readonly Revision[];
  /** A version that came after it already. */
  readonly later?: Revision | undefined;
}

export interface DetectingStore {
  put(document: SecretDocument): Promise<Put>;
  /** Throws `NOT_FOUND` if the version is not kept. */
  readVersion(revision: Revision): Promise<SecretDocument>;
}

export interface Settled {
  readonly revision: Revision;
  /** What is there now. */
  readonly document: SecretDocument;
}

/**
 * Writes a document that was made from `expected`; the caller has seen that this is the current version.
 * Throws `CONFLICT` if somebody changed the same variable at the same time: theirs is there then. Throws it
 * too if nobody can tell whether somebody undid a change or had not seen it yet: the change is there then.
 */
export async function writeDetecting(
  store: DetectingStore,
  document: SecretDocument,
  expected: Revision | null,
): Promise<Settled> {
  const sent: SecretDocument[] = [];
  let mine = document;
  let last = expected;
  let clashes = false;
  for (let round = 0; round < ROUNDS; round += 1) {
    const { revision, previous, others = [], later } = await store.put(mine);
    if (previous === last || previous === null) return settled(mine, revision, clashes);
    const merging = mergeWith(store, {
      base: expected,
      before: [...others, previous],
      later,
      mine,
      document,
      sent,
    });
    const merged = await merging.catch((error: unknown) => {
      throw notMerged(error);
    });
    clashes ||= merged.clashes;
    if (sameContent(merged.document, mine)) return settled(mine, revision, clashes);
    sent.push(mine);
    mine = merged.document;
    last = revision;
  }
  throw notMerged(new AppError('CONFLICT'));
}

interface Between {
  readonly base: Revision | null;
  /** The versions before the one that was put, oldest first. */
  readonly before: readonly Revision[];
  readonly later: Revision | undefined;
  readonly mine: SecretDocument;
  /** What the caller wants to write, without anything of others. */
  readonly document: SecretDocument;
  /** What earlier rounds have put. Others may have read it, and built on it. */
  readonly sent: readonly SecretDocument[];
}

/** Always from the version that was read: others may not have seen what an earlier round wrote. */
async function mergeWith(
  store: DetectingStore,
  { base, before, later, mine, document, sent }: Between,
): Promise<Merged> {
  const was = await versionOf(store, base);
  let merged: Merged = { document: mine, clashes: false };
  const mergeOne = async (version: Revision, own: readonly SecretDocument[]): Promise<void> => {
    const theirs = await store.readVersion(version);
    const next = mergeOvertaken({ base: was, theirs, mine: merged.document, document, sent: own });
    merged = { document: next.document, clashes: merged.clashes || next.clashes };
  };
  for (const version of before) await mergeOne(version, sent);
  if (later !== undefined) await mergeOne(later, [...sent, mine]);
  return merged;
}

/** Says that somebody else was overwritten, which the failure alone would not tell. */
export function notMerged(error: unknown): unknown {
  if (!isAppError(error)) return error;
  return new AppError(error.code, {
    message: 'Someone else saved at the same moment, and their changes could not be merged yet.',
    likelyCause: error.message,
    hint: 'Save again, or pull to see what is there. Their version is in the history.',
    details: error.details,
    cause: error,
  });
}

function settled(document: SecretDocument, revision: Revision, clashes: boolean): Settled {
  if (clashes) throw new AppError('CONFLICT');
  return { document, revision };
}

/** `undefined` if the store keeps it no longer. */
async function versionOf(
  store: DetectingStore,
  revision: Revision | null,
): Promise<SecretDocument | undefined> {
  if (revision === null) return undefined;
  try {
    return await store.readVersion(revision);
  } catch (error) {
    if (isAppError(error, 'NOT_FOUND')) return undefined;
    throw error;
  }
}

interface Merged {
  readonly document: SecretDocument;
  readonly clashes: boolean;
}

interface Sides {
  readonly base: SecretDocument | undefined;
  readonly theirs: SecretDocument;
  readonly mine: SecretDocument;
  readonly document: SecretDocument;
  readonly sent: readonly SecretDocument[];
}

/** Merges by key if all three are lists of variables; else theirs counts if it is not the same. */
function mergeOvertaken(sides: Sides): Merged {
  const { base, theirs, mine } = sides;
  if (theirs.shape !== 'map' || mine.shape !== 'map' || (base && base.shape !== 'map')) {
    const isSame = sameContent(theirs, mine) || (base !== undefined && sameContent(theirs, base));
    return isSame ? { document: mine, clashes: false } : { document: theirs, clashes: true };
  }
  const stale = staleKeys(sides);
  const upToDate = new Map(theirs.entries);
  for (const key of stale) {
    const entry = mine.entries.get(key);
    if (entry === undefined) upToDate.delete(key);
    else upToDate.set(key, entry);
  }
  const { entries, open } = mergeEntries<SecretEntry>({
    base: base === undefined ? new Map<string, never>() : entriesOf(base),
    mine: mine.entries,
    theirs: upToDate,
    equal: sameEntry,
  });
  return {
    document: { shape: 'map', entries },
    clashes: open.length > 0 || stale.length > 0,
  };
}

/**
 * The keys for which theirs has what was there before, though we have put something else, or taken it from
 * another version. Either they had not seen that yet, or they undid it: nothing tells.
 */
function staleKeys({ base, theirs, mine, document, sent }: Sides): string[] {
  const all = [theirs, mine, document, ...sent, ...(base ? [base] : [])].map(entriesOf);
  const [their = EMPTY, our = EMPTY, wanted = EMPTY, ...earlier] = all;
  if (base === undefined) earlier.push(EMPTY);
  return [...new Set([...their.keys(), ...our.keys()])].filter((key) => {
    const [theirEntry, ourEntry] = [their.get(key), our.get(key)];
    if (sameIfAny(theirEntry, ourEntry)) return false;
    const mayKnow = sent.length > 0 || !sameIfAny(ourEntry, wanted.get(key));
    return mayKnow && earlier.some((entries) => sameIfAny(entries.get(key), theirEntry));
  });
}

const EMPTY: ReadonlyMap<string, SecretEntry> = new Map();

const sameIfAny = (a: SecretEntry | undefined, b: SecretEntry | undefined): boolean =>
  a === undefined || b === undefined ? a === b : sameEntry(a, b);
