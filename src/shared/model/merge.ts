/**
 * Three-way merge of the entries of an environment, key by key: base, mine and theirs. It is pure, and knows
 * nothing about entries: `equal` says whether two are the same.
 */
export const mergeSides = ['mine', 'theirs'] as const;
export type MergeSide = (typeof mergeSides)[number];

/** What a side did to a key since the base. */
export const sideChanges = ['unchanged', 'added', 'changed', 'removed'] as const;
export type SideChange = (typeof sideChanges)[number];

/** The side whose change counts. `both`: the changes fit together, or are the same. */
export const mergeOutcomes = ['mine', 'theirs', 'both', 'conflict'] as const;
export type MergeOutcome = (typeof mergeOutcomes)[number];

/** A key that at least one side changed. */
export interface MergeRow {
  /** The key in the base, or the key of an added entry. */
  readonly key: string;
  /** The new key in mine. */
  readonly renamed?: string | undefined;
  readonly mine: SideChange;
  readonly theirs: SideChange;
  readonly outcome: MergeOutcome;
}

export interface MergeInput<T> {
  readonly base: ReadonlyMap<string, T>;
  readonly mine: ReadonlyMap<string, T>;
  readonly theirs: ReadonlyMap<string, T>;
  /** New keys of mine, by the key in the base. A rename of theirs shows as a removal and an addition. */
  readonly renames?: ReadonlyMap<string, string>;
  readonly equal: (a: T, b: T) => boolean;
}

export interface Merged<T> {
  readonly entries: Map<string, T>;
  /** The keys of conflicts without a choice; theirs is used for them. */
  readonly open: readonly string[];
}

/** One variable in its three states. It is identified by its key in the base, or the key it was added with. */
interface Item<T> {
  readonly row: MergeRow;
  readonly mine: Placed<T> | undefined;
  readonly theirs: Placed<T> | undefined;
  /** The result, if the outcome is `both`. */
  readonly both: Placed<T> | undefined;
}

interface Placed<T> {
  readonly key: string;
  readonly entry: T;
}

/** The changed keys: those of the base in its order, then the additions of mine, then those of theirs. */
export const mergeRows = <T>(input: MergeInput<T>): MergeRow[] =>
  [...itemsOf(input, followedRenames(input)).values()]
    .map(({ row }) => row)
    .filter(({ mine, theirs, renamed }) => {
      const isTouched = mine !== 'unchanged' || theirs !== 'unchanged';
      return isTouched || renamed !== undefined;
    });

/**
 * Merges both sides. `choices` decides the conflicts, by the keys of their rows. The order is that of the
 * side that changed it, or theirs if both did. An entry of only one side follows its predecessor there.
 */
export function mergeEntries<T>(
  input: MergeInput<T>,
  choices: ReadonlyMap<string, MergeSide> = new Map(),
): Merged<T> {
  const renames = followedRenames(input);
  const items = itemsOf(input, renames);
  const open: string[] = [];
  const results = new Map<string, Placed<T>>();
  for (const [key, item] of items) {
    const { outcome } = item.row;
    const chosen = outcome === 'conflict' ? choices.get(key) : outcome;
    if (chosen === undefined) open.push(key);
    const placed = item[chosen ?? 'theirs'];
    if (placed !== undefined) results.set(key, placed);
  }
  const entries = new Map<string, T>();
  for (const key of mergedOrder(input, renames)) {
    const placed = results.get(key);
    if (placed !== undefined) entries.set(placed.key, placed.entry);
  }
  return { entries, open };
}

/**
 * The renames that can be followed. One onto a key that is taken, or away from one that is used again,
 * is a removal and an addition: then no two variables can come to have one key.
 */
function followedRenames<T>({
  base,
  mine,
  theirs,
  renames = new Map(),
}: MergeInput<T>): ReadonlyMap<string, string> {
  return new Map(
    [...renames].filter(
      ([from, to]) =>
        base.has(from) && mine.has(to) && !mine.has(from) && !base.has(to) && !theirs.has(to),
    ),
  );
}

const placed = <T>(entries: ReadonlyMap<string, T>, key: string): Placed<T> | undefined => {
  const entry = entries.get(key);
  return entry === undefined ? undefined : { key, entry };
};

function itemsOf<T>(
  { base, mine, theirs, equal }: MergeInput<T>,
  renames: ReadonlyMap<string, string>,
): ReadonlyMap<string, Item<T>> {
  const targets = new Set(renames.values());
  const keys = new Set([
    ...base.keys(),
    ...[...mine.keys()].filter((key) => !targets.has(key)),
    ...theirs.keys(),
  ]);
  const items = new Map<string, Item<T>>();
  for (const key of keys) {
    const renamed = renames.get(key);
    const before = base.get(key);
    const ours = placed(mine, renamed ?? key);
    const others = placed(theirs, key);
    const row = {
      key,
      ...(renamed !== undefined && { renamed }),
      mine: changeOf(before, ours?.entry, equal),
      theirs: changeOf(before, others?.entry, equal),
    };
    const { outcome, both } = settle(row, ours, others, equal);
    items.set(key, { row: { ...row, outcome }, mine: ours, theirs: others, both });
  }
  return items;
}

function changeOf<T>(
  before: T | undefined,
  after: T | undefined,
  equal: (a: T, b: T) => boolean,
): SideChange {
  if (before === undefined) return after === undefined ? 'unchanged' : 'added';
  if (after === undefined) return 'removed';
  return equal(before, after) ? 'unchanged' : 'changed';
}

function settle<T>(
  row: Omit<MergeRow, 'outcome'>,
  mine: Placed<T> | undefined,
  theirs: Placed<T> | undefined,
  equal: (a: T, b: T) => boolean,
): { readonly outcome: MergeOutcome; readonly both?: Placed<T> | undefined } {
  if (row.theirs === 'unchanged') return { outcome: 'mine' };
  if (row.mine === 'unchanged' && row.renamed === undefined) return { outcome: 'theirs' };
  if (mine === undefined && theirs === undefined) return { outcome: 'both' };
  if (mine === undefined || theirs === undefined) return { outcome: 'conflict' };
  // A new key of mine combines with a new value of theirs.
  if (row.mine === 'unchanged') {
    return { outcome: 'both', both: { key: mine.key, entry: theirs.entry } };
  }
  // Both made the same change: theirs is written as the server writes it.
  if (equal(mine.entry, theirs.entry)) {
    return { outcome: 'both', both: { key: mine.key, entry: theirs.entry } };
  }
  return { outcome: 'conflict' };
}

/** The items in their final order. */
function mergedOrder<T>(
  { base, mine, theirs }: MergeInput<T>,
  renames: ReadonlyMap<string, string>,
): string[] {
  const names = new Map([...renames].map(([from, to]) => [to, from]));
  const ours = [...mine.keys()].map((key) => names.get(key) ?? key);
  const others = [...theirs.keys()];
  const kept = [...base.keys()].filter((key) => theirs.has(key));
  const reordered = others.filter((key) => base.has(key)).some((key, at) => key !== kept[at]);
  return reordered ? interleaved(others, ours) : interleaved(ours, others);
}

/** The first list, with each item of only the second list after its predecessor there. */
function interleaved(first: readonly string[], second: readonly string[]): string[] {
  const known = new Set(first);
  const leading: string[] = [];
  const behind = new Map<string, string[]>();
  let place = leading;
  for (const key of second) {
    if (known.has(key)) {
      place = behind.get(key) ?? [];
      behind.set(key, place);
    } else place.push(key);
  }
  return [...leading, ...first.flatMap((key) => [key, ...(behind.get(key) ?? [])])];
}
