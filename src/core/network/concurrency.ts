import { isAppError } from '@shared/errors';

/** How many requests a server takes, learned from those that it throttles. */
export interface RequestLimit {
  /** How many at a time. */
  readonly current: number;
  /** Keep it when a request is sent, and give it to `throttled`. */
  readonly round: number;
  /** Resolves when the next request may be sent. */
  turn(): Promise<void>;
  /** A request that was sent before the limit was cut says nothing about the new limit. */
  throttled(round: number): void;
  passed(): void;
}

/**
 * How many requests at a time a server takes: all that are allowed until it throttles, then half of them,
 * then slowly more again (additive increase, multiplicative decrease, as TCP does it; RFC 5681).
 */
export class AdaptiveLimit implements RequestLimit {
  readonly #most: number;
  #current: number;
  #round = 0;

  /** @param most at a time, 1 or more */
  constructor(most: number) {
    this.#most = most;
    this.#current = most;
  }

  get current(): number {
    return Math.floor(this.#current);
  }

  get round(): number {
    return this.#round;
  }

  async turn(): Promise<void> {}

  throttled(round: number): void {
    if (round !== this.#round) return;
    this.#round += 1;
    this.#current = Math.max(1, this.#current / 2);
  }

  /** Adds one slot per full round. */
  passed(): void {
    this.#current = Math.min(this.#most, this.#current + 1 / this.#current);
  }
}

const wasThrottled = (result: object): boolean =>
  'error' in result && isAppError(result.error, 'RATE_LIMITED');

/**
 * As `mapConcurrently`. An item that was throttled in all its attempts gets one more turn after all
 * others, when the limit has come down to what the server takes.
 */
export async function* mapWithSecondTurn<Item, Result extends object>(
  items: Iterable<Item>,
  limit: RequestLimit,
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
  limit: number | RequestLimit,
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
