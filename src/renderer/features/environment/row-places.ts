/** The places of rows in pixels. All have one height, except a few that are taller. */

export interface RowPlaces {
  readonly total: number;
  topOf(this: void, index: number): number;
  /** The index of the row at this height; above or below all rows, the first or the last one. */
  indexAt(this: void, y: number): number;
}

/** `extras`: the additional height of taller rows, by index. */
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

/** Binary search: the first number from 0 to `count` for which `holds` is true; `count` if there is none. */
function firstWhere(count: number, holds: (at: number) => boolean): number {
  let [from, to] = [0, Math.max(0, count)];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (holds(middle)) to = middle;
    else from = middle + 1;
  }
  return from;
}
