/** Which element draws which row: after a jump, rows that come into sight take the elements of those that leave it. */

interface Drawn {
  readonly rowId: string;
  readonly element: number;
}

/**
 * Returns a function that is called with the ids of the rows to draw, in their order, and with the row that has the
 * focus. It returns a number for the element of each row. A row that stays keeps its element; after a jump, only the one
 * with the focus does. A new row takes the element of a row that is gone, if no row that keeps its element is between
 * the two: the order of elements never changes, since moving one would take the focus from it.
 */
export function rowElements(): (
  rowIds: readonly string[],
  focused: string | undefined,
) => readonly number[] {
  let before: readonly Drawn[] = [];
  let count = 0;
  return (rowIds, focused) => {
    const places = new Map(before.map(({ rowId }, place) => [rowId, place]));
    const staying = rowIds.filter((rowId) => places.has(rowId));
    const isJump = staying.length * 2 < rowIds.length;
    const kept = new Set(isJump ? staying.filter((rowId) => rowId === focused) : staying);
    let next = 0;
    const now = rowIds.map((rowId): Drawn => {
      if (kept.has(rowId)) next = places.get(rowId) ?? next;
      const old = before[next];
      if (old !== undefined && (kept.has(rowId) || !kept.has(old.rowId))) {
        next += 1;
        return { rowId, element: old.element };
      }
      count += 1;
      return { rowId, element: count };
    });
    before = now;
    return now.map(({ element }) => element);
  };
}
