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

/** How often others may come in between before the write is given up. */
const ROUNDS = 5;

export interface Put {
  readonly revision: Revision;
  /** The version directly before it; `null` if it is the first. */
  readonly previous: Revision | null;
  /** Further versions since the one that was read, if the store does not tell which of them is the last. */
  readonly others?: readonly Revision[];
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
 * Throws `CONFLICT` if somebody changed the same variable at the same time: theirs is there then.
 */
export async function writeDetecting(
  store: DetectingStore,
  document: SecretDocument,
  expected: Revision | null,
): Promise<Settled> {
  let mine = document;
  let last = expected;
  let clashes = false;
  for (let round = 0; round < ROUNDS; round += 1) {
    const { revision, previous, others = [] } = await store.put(mine);
    if (previous === last || previous === null) return settled(mine, revision, clashes);
    // Always from the version that was read: others may not have seen what an earlier round wrote.
    const between = { base: expected, versions: [...others, previous], mine };
    const merged = await mergeWith(store, between).catch((error: unknown) => {
      throw notMerged(error);
    });
    clashes ||= merged.clashes;
    if (sameContent(merged.document, mine)) return settled(mine, revision, clashes);
    mine = merged.document;
    last = revision;
  }
  throw new AppError('CONFLICT');
}

async function mergeWith(
  store: DetectingStore,
  {
    base,
    versions,
    mine,
  }: {
    readonly base: Revision | null;
    readonly versions: readonly Revision[];
    readonly mine: SecretDocument;
  },
): Promise<Merged> {
  const was = await versionOf(store, base);
  let merged: Merged = { document: mine, clashes: false };
  for (const version of versions) {
    const theirs = await store.readVersion(version);
    const { document, clashes } = mergeOvertaken(was, theirs, merged.document);
    merged = { document, clashes: merged.clashes || clashes };
  }
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

/** Merges by key if all three are lists of variables; else theirs counts if it is not the same. */
function mergeOvertaken(
  base: SecretDocument | undefined,
  theirs: SecretDocument,
  mine: SecretDocument,
): Merged {
  const canMerge =
    theirs.shape === 'map' && mine.shape === 'map' && (base === undefined || base.shape === 'map');
  if (!canMerge) {
    const isSame = sameContent(theirs, mine) || (base !== undefined && sameContent(theirs, base));
    return isSame ? { document: mine, clashes: false } : { document: theirs, clashes: true };
  }
  const { entries, open } = mergeEntries<SecretEntry>({
    base: base === undefined ? new Map<string, never>() : entriesOf(base),
    mine: mine.entries,
    theirs: theirs.entries,
    equal: sameEntry,
  });
  return { document: { shape: 'map', entries }, clashes: open.length > 0 };
}
