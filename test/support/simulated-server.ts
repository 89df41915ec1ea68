/** For tests: servers in a simulated time, so that minutes of requests take moments and always go the same way. */
import { setImmediate as turn } from 'node:timers/promises';

interface Event {
  readonly at: number;
  readonly happen: () => void;
}

/** A time that goes from one event to the next, once nothing more can happen before. */
export class SimulatedTime {
  #now = 0;
  readonly #events: Event[] = [];

  readonly monotonic = (): number => this.#now;

  readonly wait = (milliseconds: number): Promise<void> =>
    new Promise((resolve) => {
      this.after(milliseconds, resolve);
    });

  after(milliseconds: number, happen: () => void): void {
    const at = this.#now + milliseconds;
    const later = this.#events.findLastIndex((event) => event.at <= at);
    this.#events.splice(later + 1, 0, { at, happen });
  }

  /** Runs work to its end, and returns the milliseconds that it took. */
  async run(work: Promise<unknown>): Promise<number> {
    const startedAt = this.#now;
    let isOver = false;
    const over = (): void => {
      isOver = true;
    };
    work.then(over, over);
    for (;;) {
      await turn();
      if (isOver) break;
      const next = this.#events.shift();
      if (next === undefined) throw new Error('The work waits for something that never happens');
      this.#now = next.at;
      next.happen();
    }
    await work;
    return this.#now - startedAt;
  }
}

/** Numbers that look like chance and are the same in each run: https://en.wikipedia.org/wiki/Xorshift */
export function chanceFrom(seed: number): () => number {
  let state = seed | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

export interface ServerShape {
  /** Requests that it works on at a time. */
  readonly workers: number;
  /** Milliseconds of work for a request. */
  readonly work: number;
  /** Milliseconds of the way there and back. */
  readonly way: number;
  /** Share by which the work of a request may differ. */
  readonly noise: number;
  /** How much longer all work takes for each request beyond the workers, as a share for as many again. */
  readonly thrash?: number;
  /** Requests that it takes each second; it refuses the others at once. */
  readonly perSecond?: number;
  /** Requests that it takes at once after a pause. Default: one second's. */
  readonly burst?: number;
  /** Whether it counts by the second: all of them at its beginning, instead of one after the other. */
  readonly bySecond?: boolean;
  /** Refuses whatever comes while it has this many. */
  readonly most?: number;
}

export class SimulatedServer {
  shape: ServerShape;
  refused = 0;
  taken = 0;
  /** The most requests that were on their way or inside together. */
  peak = 0;
  #sent = 0;
  #inside = 0;
  #free: number;
  readonly #queue: (() => void)[] = [];
  #tokens: number;
  #filledAt = 0;

  constructor(
    private readonly time: SimulatedTime,
    shape: ServerShape,
    private readonly chance: () => number,
  ) {
    this.shape = shape;
    this.#free = shape.workers;
    this.#tokens = shape.burst ?? shape.perSecond ?? 0;
  }

  /** Resolves with whether the request was taken. */
  async request(): Promise<boolean> {
    const { time } = this;
    this.#sent += 1;
    this.peak = Math.max(this.peak, this.#sent);
    await time.wait(this.shape.way / 2);
    const isTaken = this.#takes();
    if (isTaken) await this.#serve();
    else this.refused += 1;
    await time.wait(this.shape.way / 2);
    this.#sent -= 1;
    return isTaken;
  }

  #takes(): boolean {
    const { perSecond, burst = perSecond ?? 0, bySecond = false, most = Infinity } = this.shape;
    if (this.#inside >= most) return false;
    if (perSecond === undefined) return true;
    const now = this.time.monotonic();
    if (bySecond) {
      if (Math.floor(now / 1000) > Math.floor(this.#filledAt / 1000)) this.#tokens = perSecond;
    } else {
      this.#tokens = Math.min(burst, this.#tokens + ((now - this.#filledAt) / 1000) * perSecond);
    }
    this.#filledAt = now;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }

  async #serve(): Promise<void> {
    this.taken += 1;
    this.#inside += 1;
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#queue.push(resolve));
    const { work, workers, noise, thrash = 0 } = this.shape;
    const beyond = Math.max(0, this.#inside - workers) / workers;
    const differs = 1 + noise * (2 * this.chance() - 1);
    await this.time.wait(work * (1 + thrash * beyond) * differs);
    this.#inside -= 1;
    const next = this.#queue.shift();
    if (next === undefined) this.#free += 1;
    else next();
  }
}
