/** Documents side by side, key by key: which hold it, and which hold the same. Gives no value away. */
import type { ComparedCell, ComparedRow } from '@shared/model/comparison';
import { WHOLE_SECRET_KEY } from '@shared/model/variable';
import { entriesOrText, type SecretDocument, type SecretEntry } from '@core/secrets/document';
import { sameEntry } from '@core/secrets/same-content';
import type { Secret } from '@core/secrets/secret';

type Entry = SecretEntry | { readonly kind: 'binary'; readonly value: Secret };

export interface ComparedDocument {
  readonly document: SecretDocument;
  readonly isDisabled: (key: string) => boolean;
}

/** `undefined` for a document whose values are not known. */
export function compareDocuments(
  documents: readonly (ComparedDocument | undefined)[],
): ComparedRow[] {
  const sides = documents.map(
    (each) => each && { entries: allEntries(each.document), isDisabled: each.isDisabled },
  );
  const known = sides.flatMap((side) => (side === undefined ? [] : [side.entries]));
  return mergeKeys(known).map((key) => {
    const groups: Entry[] = [];
    const cells = sides.map((side): ComparedCell => {
      if (side === undefined) return { state: 'unknown' };
      const entry = side.entries.get(key);
      if (entry === undefined) return { state: 'missing' };
      return {
        state: 'present',
        kind: entry.kind,
        group: groupOf(entry, groups),
        ...(side.isDisabled(key) && { disabled: true }),
      };
    });
    const isMissing = cells.some(({ state }) => state === 'missing');
    return { key, outcome: isMissing ? 'missing' : outcomeOf(groups), cells };
  });
}

const outcomeOf = (groups: readonly Entry[]): ComparedRow['outcome'] =>
  groups.length > 1 ? 'different' : 'equal';

/** The group of the same value, which is a new one if there is none. */
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
 * All keys, in the order of the first side. A key that another one brings comes after the key that
 * precedes it there, so that what belongs together stays together.
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
