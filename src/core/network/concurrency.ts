import { isAppError } from '@shared/errors';

/** Bounds how many pieces of work are under way: `RequestLimit` is one. */
interface Bound {
  readonly current: number;
}

const wasThrottled = (result: object): boolean =>
  'error' in result && isAppError(result.error, 'RATE_LIMITED');

/**
 * As `mapConcurrently`. An item that was throttled in all its attempts gets one more turn after all
 * others, when the limit has come down to what the server takes.
 */
export async function* mapWithSecondTurn<Item, Result extends object>(
  items: Iterable<Item>,
  limit: Bound,
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<Result, void, undefined> {
  const left: Item[] = [];
  const first = async (item: Item) => ({ item, result: await work(item) });
  for await (const { item, result } of mapConcurrently(items, limit, first)) {
    if (wasThrottled(result)) left.push(item);
    else yield result;
  }
  yield* mapConcurrently(left, limit, work);
}

/**
 * Runs `work` over all items, at most the current `limit` at a time, and yields results as they come. A
 * result counts until it is taken. Starts no new work when the consumer leaves the loop.
 */
export async function* mapConcurrently<Item, Result>(
  items: Iterable<Item>,
  limit: number | Bound,
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<Result, void, undefined> {
  const waiting = items[Symbol.iterator]();
  /** Results in the order in which they came. A queue: in a race all of them would take part again each time. */
  const ended: (() => Result)[] = [];
  let started = 0;
  let wake = (): void => undefined;

  const end = (take: () => Result): void => {
    ended.push(take);
    wake();
  };

  const start = (item: Item): void => {
    started += 1;
    work(item).then(
      (result) => {
        end(() => result);
      },
      // If the consumer has left, nobody takes it, and it is handled all the same.
      (error: unknown) => {
        end(() => {
          throw error;
        });
      },
    );
  };

  const startAllowed = (): void => {
    const most = typeof limit === 'number' ? limit : limit.current;
    for (let free = most - started; free > 0; free -= 1) {
      const next = waiting.next();
      if (next.done === true) return;
      start(next.value);
    }
  };

  startAllowed();
  while (started > 0) {
    const take = ended.shift();
    if (take === undefined) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
      continue;
    }
    const result = take();
    started -= 1;
    startAllowed();
    yield result;
  }
}
