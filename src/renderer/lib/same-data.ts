/** Data that came twice from the core, and what has not changed of it. */

/** Whether two values of a contract hold the same: numbers, texts, lists and objects without methods. */
export function isSameData(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [inA, inB] = [Object.entries(a), new Map<string, unknown>(Object.entries(b))];
  return (
    inA.length === inB.size &&
    inA.every(([key, value]) => inB.has(key) && isSameData(value, inB.get(key)))
  );
}

/**
 * The newer list, with the same object as before for each item that has not changed, and the same list if none has:
 * what is derived from them is not made again.
 */
export function keepSame<Item extends { readonly id: string }>(
  before: readonly Item[],
  after: readonly Item[],
): readonly Item[] {
  const byId = new Map(before.map((item) => [item.id, item]));
  const list = after.map((item) => {
    const old = byId.get(item.id);
    return old !== undefined && isSameData(old, item) ? old : item;
  });
  return list.length === before.length && list.every((item, at) => item === before[at])
    ? before
    : list;
}
