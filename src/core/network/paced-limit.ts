import type { Runtime } from '@core/runtime';
import type { RequestLimit } from './concurrency';

/** Of the known rate: two clocks are never quite the same, and each refusal costs a wait. */
const START = 0.95;

/** A refusal cuts the rate to this much of it, but not below a tenth of what it started with. */
const CUT = 0.8;

/** How much of the known rate is added in each second without a refusal. */
const GROWTH = 0.025;

/**
 * For a server that takes a known number of requests each second, unless its owner has asked for more. Sends
 * as fast as it can until the first refusal, then at the known rate; each further refusal cuts the rate, and
 * it grows again while there is none.
 */
export class PacedLimit implements RequestLimit {
  readonly current: number;
  readonly #known: number;
  readonly #runtime: Pick<Runtime, 'monotonic' | 'wait'>;
  #rate: number | undefined;
  /** When the next request may be sent, by the runtime's monotonic time. */
  #next = 0;
  #round = 0;

  constructor({
    atOnce,
    perSecond,
    runtime,
  }: {
    readonly atOnce: number;
    readonly perSecond: number;
    readonly runtime: Pick<Runtime, 'monotonic' | 'wait'>;
  }) {
    this.current = atOnce;
    this.#known = perSecond;
    this.#runtime = runtime;
  }

  get round(): number {
    return this.#round;
  }

  async turn(): Promise<void> {
    if (this.#rate === undefined) return;
    const now = this.#runtime.monotonic();
    const at = Math.max(now, this.#next);
    this.#next = at + 1000 / this.#rate;
    if (at > now) await this.#runtime.wait(at - now, new AbortController().signal);
  }

  throttled(round: number): void {
    if (round !== this.#round) return;
    this.#round += 1;
    this.#rate =
      this.#rate === undefined ? this.#known * START : Math.max(this.#known / 10, this.#rate * CUT);
    this.#next = Math.max(this.#next, this.#runtime.monotonic() + 1000 / this.#rate);
  }

  passed(): void {
    if (this.#rate !== undefined) this.#rate += (this.#known * GROWTH) / this.#rate;
  }
}
