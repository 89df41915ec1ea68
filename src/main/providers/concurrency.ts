/**
 * Runs `work` over all items, at most `limit` at a time, and yields results as they come. Stops
 * starting new work when the consumer leaves the loop.
 */
export async function* mapConcurrently<Item, Result>(
  items: Iterable<Item>,
  limit: number,
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<Result, void, undefined> {
  const waiting = items[Symbol.iterator]();
  const running = new Map<number, Promise<{ id: number; result: Result }>>();
  let nextId = 0;

  const startOne = (): boolean => {
    const next = waiting.next();
    if (next.done === true) return false;
    const id = nextId;
    nextId += 1;
    running.set(
      id,
      work(next.value).then((result) => ({ id, result })),
    );
    return true;
  };

  while (running.size < limit && startOne());
  try {
    while (running.size > 0) {
      const { id, result } = await Promise.race(running.values());
      running.delete(id);
      startOne();
      yield result;
    }
  } finally {
    // What still runs is abandoned; its failure has nobody left to hear it.
    for (const abandoned of running.values()) abandoned.catch(() => undefined);
  }
}
