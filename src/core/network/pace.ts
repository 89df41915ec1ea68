/** Of the rate that the server takes: two clocks are never quite the same, and each refusal costs a wait. */
const SHARE = 0.95;

/** The rate that the server takes is counted in parts of the last second: ten, and the one that has just begun. */
const PART_MS = 100;
const PARTS = 11;

/**
 * The rate doubles within this time without a refusal, and hardly changes in the first half of it. It is shorter if the
 * rate was halved, and not measured.
 */
const DOUBLES_IN_MS = 8000;
const DOUBLES_IN_MS_AFTER_HALF = 2000;

/** After this time without a refusal, nothing is known about the rate any more. */
const FORGOTTEN_AFTER_MS = 20_000;

/** Requests a second at the least: the server may take requests again at any time. */
const LEAST = 0.5;

/**
 * How fast a server takes requests, learned from those that it refuses. Before the first refusal there is no limit. A
 * refusal halves the rate, but to no less than what the server has taken in the last second: as the adaptive mode of the
 * AWS SDKs (https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html) it is set by the measured rate,
 * not by a fixed factor alone. Then the rate grows with the third power of time, so that it stays
 * near the last good rate for a while and leaves it quickly if there is more: CUBIC, RFC 9438, section 4.2.
 */
export class Pace {
  readonly #known: number | undefined;
  /** Requests a second after the last refusal, and its time. */
  #cut: { readonly rate: number; readonly at: number; readonly doublesIn: number } | undefined;
  /** When the next request may be sent. */
  #next = 0;
  /** Requests that the server took, by part of the last second. */
  readonly #taken = Array.from({ length: PARTS }, () => 0);
  #part = 0;

  /** @param known requests that the server takes each second, unless its owner has asked for more */
  constructor(known?: number) {
    this.#known = known;
  }

  /** Requests a second at `now`, in milliseconds of a monotonic clock as all times here; `undefined` without a limit. */
  perSecond(now: number): number | undefined {
    if (this.#cut === undefined) return undefined;
    const since = now - this.#cut.at;
    if (since > FORGOTTEN_AFTER_MS) this.#cut = undefined;
    return this.#cut && this.#cut.rate * (1 + (since / this.#cut.doublesIn) ** 3);
  }

  /** Takes the next turn, and returns its time. */
  turn(now: number): number {
    const rate = this.perSecond(now);
    if (rate === undefined) return now;
    const at = Math.max(now, this.#next);
    this.#next = at + 1000 / rate;
    return at;
  }

  taken(now: number): void {
    this.#goTo(now);
    const index = this.#part % PARTS;
    this.#taken[index] = (this.#taken[index] ?? 0) + 1;
  }

  /** @param sending requests a second, if there was no limit before */
  refused(now: number, sending: number): void {
    const taken = this.#takenPerSecond(now) * SHARE;
    const limit = this.perSecond(now);
    const before = limit ?? sending;
    const isKnown = limit === undefined && this.#known !== undefined;
    const measured = isKnown ? this.#known * SHARE : Math.min(before, taken);
    const rate = Math.max(LEAST, isKnown ? measured : before / 2, measured);
    const doublesIn = rate > measured ? DOUBLES_IN_MS_AFTER_HALF : DOUBLES_IN_MS;
    this.#cut = { rate, at: now, doublesIn };
    this.#next = Math.max(this.#next, now + 1000 / rate);
  }

  #takenPerSecond(now: number): number {
    this.#goTo(now);
    const all = this.#taken.reduce((sum, count) => sum + count, 0);
    // Of the oldest part, only its end is in the last second.
    const oldest = this.#taken[(this.#part + 1) % PARTS] ?? 0;
    return all - oldest * (now / PART_MS - this.#part);
  }

  /** Forgets the parts that are older than a second. */
  #goTo(now: number): void {
    const part = Math.floor(now / PART_MS);
    for (let next = Math.max(this.#part + 1, part - PARTS + 1); next <= part; next += 1) {
      this.#taken[next % PARTS] = 0;
    }
    this.#part = part;
  }
}
