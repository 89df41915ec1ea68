/** For tests: a runtime whose time goes on when the test says so. */
import type { Runtime } from '@core/runtime';

/** Has a time, such as a stand-in. Milliseconds since 1970, UTC. */
export interface Time {
  now(): number;
  advance(milliseconds: number): void;
}

/** A time that stands still until it is put forward. */
export function standingTime(start = Date.UTC(2026, 10, 22, 12)): Time {
  let now = start;
  return {
    now: () => now,
    advance: (milliseconds) => {
      now += milliseconds;
    },
  };
}

/** The time of this computer, ahead of it by what it was put forward: for a server that goes by that time. */
export function runningTime(): Time {
  let ahead = 0;
  return {
    now: () => Date.now() + ahead,
    advance: (milliseconds) => {
      ahead += milliseconds;
    },
  };
}

interface Timer {
  readonly at: number;
  readonly work: () => void | Promise<void>;
}

export class FakeRuntime implements Runtime {
  readonly env: Record<string, string | undefined> = {};
  /** How long each wait was, in milliseconds. A wait puts the time forward and is over. */
  readonly waits: number[] = [];
  readonly #timers = new Set<Timer>();
  #advanced = 0;

  constructor(
    private readonly time: Time = standingTime(),
    private readonly chance = 0.5,
  ) {}

  now(): number {
    return this.time.now();
  }

  /** Goes on by itself as well, since two events are never at the same moment. */
  monotonic(): number {
    return performance.now() + this.#advanced;
  }

  random(): number {
    return this.chance;
  }

  after(milliseconds: number, work: Timer['work']): () => void {
    const timer = { at: this.now() + milliseconds, work };
    this.#timers.add(timer);
    return () => {
      this.#timers.delete(timer);
    };
  }

  async loginPath(): Promise<string | undefined> {
    return undefined;
  }

  async wait(milliseconds: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) throw new DOMException('The wait was aborted', 'AbortError');
    this.waits.push(milliseconds);
    await this.advance(milliseconds);
  }

  /** How many timers have not run yet. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Puts the time forward to the next timer. Resolves when its work is done. */
  async next(): Promise<void> {
    if (this.pending === 0) throw new Error('No timer is set');
    await this.advance(Math.min(...[...this.#timers].map(({ at }) => at)) - this.now());
  }

  /** Puts the time forward and resolves when all work that was due is done, and what became due by that. */
  async advance(milliseconds: number): Promise<void> {
    this.time.advance(milliseconds);
    this.#advanced += milliseconds;
    const isDue = ({ at }: Timer): boolean => at <= this.now();
    for (let due = [...this.#timers].filter(isDue); due.length > 0;) {
      for (const timer of due) this.#timers.delete(timer);
      await Promise.all(due.map(async ({ work }) => work()));
      due = [...this.#timers].filter(isDue);
    }
  }
}
