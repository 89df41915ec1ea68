/** Where rows stand: one below the other, all of one height but for a few that are taller. Pixels. */

export interface RowPlaces {
  readonly total: number;
  topOf(this: void, index: number): number;
  /** The row at this height; the first or the last one beyond them. */
  indexAt(this: void, y: number): number;
}

/** `extras`: how much taller than the others a row is, by its index. */
export function rowPlaces(
  count: number,
  height: number,
  extras: ReadonlyMap<number, number>,
): RowPlaces {
  const indices = [...extras.keys()].toSorted((a, b) => a - b);
  const sums: number[] = [0];
  for (const index of indices) sums.push((sums.at(-1) ?? 0) + (extras.get(index) ?? 0));

  const topOf = (index: number): number => {
    const before = firstWhere(indices.length, (at) => (indices[at] ?? 0) >= index);
    return index * height + (sums[before] ?? 0);
  };
  return {
    total: topOf(count),
    topOf,
    indexAt: (y) =>
      Math.max(
        0,
        firstWhere(count - 1, (index) => topOf(index + 1) > y),
      ),
  };
}

/** The first of 0 to `count` for which it holds, as it does for all after it; `count` where for none. */
function firstWhere(count: number, holds: (at: number) => boolean): number {
  let [from, to] = [0, Math.max(0, count)];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (holds(middle)) to = middle;
    else from = middle + 1;
  }
  return from;
}
