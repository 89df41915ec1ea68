/**
 * Compares documents key by key: which of them have a key, and which have the same value. Returns no values.
 */
import type { ComparedCell, ComparedRow } from '@shared/model/comparison';
import { WHOLE_SECRET_KEY } from '@shared/model/variable';
import { entriesOrText, type SecretDocument, type SecretEntry } from '@core/secrets/document';
import { sameEntry } from '@core/secrets/same-content';
import type { Secret } from '@core/secrets/secret';

type Entry = SecretEntry | { readonly kind: 'binary'; readonly value: Secret };

export interface ComparedDocument {
  readonly document: SecretDocument;
  readonly isDisabled: (key: string) => boolean;
  /** Keys of variables that it should have. */
  readonly needed: ReadonlySet<string>;
  /** By key, why a value is not as expected. */
  readonly misfits: ReadonlyMap<string, string>;
}

/** `undefined` for a document whose values are not known. */
export function compareDocuments(
  documents: readonly (ComparedDocument | undefined)[],
): ComparedRow[] {
  const sides = documents.map((each) => each && { ...each, entries: allEntries(each.document) });
  const known = sides.flatMap((side) => (side === undefined ? [] : [side.entries]));
  const needed = sides.flatMap((side) => (side === undefined ? [] : [...side.needed]));
  // A variable that all of them lack comes last.
  return [...new Set([...mergeKeys(known), ...needed])].map((key) => {
    const groups: Entry[] = [];
    const cells = sides.map((side): ComparedCell => {
      if (side === undefined) return { state: 'unknown' };
      const entry = side.entries.get(key);
      if (entry === undefined) {
        return { state: 'missing', ...(side.needed.has(key) && { expected: true }) };
      }
      const misfit = side.misfits.get(key);
      return {
        state: 'present',
        kind: entry.kind,
        group: groupOf(entry, groups),
        ...(side.isDisabled(key) && { disabled: true }),
        ...(misfit !== undefined && { misfit }),
      };
    });
    const isMissing = cells.some(({ state }) => state === 'missing');
    return { key, outcome: isMissing ? 'missing' : outcomeOf(groups), cells };
  });
}

const outcomeOf = (groups: readonly Entry[]): ComparedRow['outcome'] =>
  groups.length > 1 ? 'different' : 'equal';

/** The group with the same value; a new group if there is none. */
function groupOf(entry: Entry, groups: Entry[]): number {
  const index = groups.findIndex((each) => isSame(each, entry));
  return index === -1 ? groups.push(entry) - 1 : index;
}

const isSame = (a: Entry, b: Entry): boolean =>
  a.kind === 'binary' || b.kind === 'binary'
    ? a.kind === b.kind && a.value.equals(b.value)
    : sameEntry(a, b);

const allEntries = (document: SecretDocument): ReadonlyMap<string, Entry> =>
  document.shape === 'binary'
    ? new Map([[WHOLE_SECRET_KEY, { kind: 'binary', value: document.base64 }]])
    : entriesOrText(document);

/**
 * All keys, in the order of the first side. A key that only another side has follows its predecessor there,
 * so that related keys stay together.
 */
function mergeKeys(sides: readonly ReadonlyMap<string, unknown>[]): string[] {
  const following = new Map<string | null, string | null>([[null, null]]);
  for (const side of sides) {
    let previous: string | null = null;
    for (const key of side.keys()) {
      if (!following.has(key)) {
        following.set(key, following.get(previous) ?? null);
        following.set(previous, key);
      }
      previous = key;
    }
  }
  const keys: string[] = [];
  let key = following.get(null) ?? null;
  while (key !== null) {
    keys.push(key);
    key = following.get(key) ?? null;
  }
  return keys;
}
