/** At first: enough to be quick with a few, and few enough for any server. The initial window of RFC 6928. */
const START = 10;

/** A round of fewer requests says little about the server. */
const SHORTEST_ROUND = 8;

/** Rounds after which the latency without load is measured again. */
const BASELINE_ROUNDS = 60;

/**
 * Requests that may wait in the queue of the server. With fewer, it is idle between two of them, and a computer that is busy
 * with something else is taken for a slow server. Four is also the queue of Netflix's gradient limit:
 * https://github.com/Netflix/concurrency-limits
 */
const queueAllowed = (limit: number): number => 4 + limit / 16;

/** How far the baseline moves towards a latency that is lower or, by chance, higher. The lowest would be too low. */
const FALL = 1 / 8;
const RISE = 1 / 8;

/** The lower quartile: connections that were just opened and pauses of this process concern fewer. */
const quartile = (all: readonly number[]): number =>
  all.toSorted((a, b) => a - b)[Math.floor(all.length / 4)] ?? 0;

/**
 * How many requests at a time keep a server busy without a queue, learned from how long its answers take.
 *
 * If requests wait in a queue, their latency exceeds that without load. By Little's law, the queue holds
 * `limit * (1 - baseline / latency)` of them. The limit doubles with each round until there is a queue (slow start, which
 * ends when latency rises: RFC 9406). Then each round moves it half of the way to where the queue has the length that is
 * allowed: FAST TCP, equation 1, in Jin, Wei and Low, “FAST TCP: Motivation, Architecture, Algorithms, Performance”,
 * INFOCOM 2004, https://doi.org/10.1109/INFCOM.2004.1354670; a successor of TCP Vegas. From time to time a round with half of
 * the limit measures the baseline again, as BBR does
 * (https://datatracker.ietf.org/doc/html/draft-cardwell-iccrg-bbr-congestion-control#section-4.3.4), since a server may
 * have become slower for good.
 */
export class LatencyLimit {
  readonly #most: number;
  #limit: number;
  #round = 0;
  #isStarting = true;
  /** Latency without load, in milliseconds. */
  #baseline = Infinity;
  #roundsOfBaseline = 0;
  /** What the limit is after the round that measures the baseline. */
  #afterProbe: number | undefined;
  /** Of the requests of this round. */
  #latencies: number[] = [];
  #wasReached = false;

  /** @param most requests at a time, 1 or more */
  constructor(most: number) {
    this.#most = most;
    this.#limit = Math.min(most, START);
  }

  get current(): number {
    return Math.max(1, Math.floor(this.#limit));
  }

  /** Changes with the limit. Keep it when a request is sent, and give it to `answered`. */
  get round(): number {
    return this.#round;
  }

  /** Of an answer without load, in milliseconds; `undefined` while that is measured. */
  get latency(): number | undefined {
    return this.#baseline === Infinity ? undefined : this.#baseline;
  }

  /** All requests that the limit allows are under way: only then do latencies justify a higher one. */
  reached(): void {
    this.#wasReached = true;
  }

  /** Takes the latency in milliseconds. One of a request that was sent in an earlier round says nothing about this one. */
  answered(round: number, latency: number): void {
    if (round !== this.#round) return;
    this.#latencies.push(latency);
    const enough = this.#isStarting ? this.#limit : this.#limit / 2;
    if (this.#latencies.length >= Math.max(SHORTEST_ROUND, enough)) this.#endRound();
  }

  /** The server has refused a request: from now on the limit grows slowly. */
  refused(): void {
    this.#isStarting = false;
  }

  #endRound(): void {
    const latency = Math.max(quartile(this.#latencies), Number.EPSILON);
    const before = this.#limit;
    this.#limit = this.#next(latency);
    this.#roundsOfBaseline += 1;
    if (this.#roundsOfBaseline > BASELINE_ROUNDS && !this.#isStarting) {
      this.#afterProbe = this.#limit;
      this.#limit = Math.max(1, this.#limit / 2);
      this.#baseline = Infinity;
      this.#roundsOfBaseline = 0;
    }
    this.#latencies = [];
    this.#wasReached = false;
    // With the same limit, requests that are under way belong to the next round too.
    if (Math.floor(before) !== Math.floor(this.#limit)) this.#round += 1;
  }

  #next(latency: number): number {
    const limit = this.#limit;
    const queue = limit * (1 - Math.min(1, this.#learnBaseline(latency) / latency));
    if (this.#afterProbe !== undefined) {
      const before = this.#afterProbe;
      this.#afterProbe = undefined;
      return before;
    }
    const allowed = queueAllowed(limit);
    // Few requests find no queue, whatever the limit is.
    if (queue < allowed && !this.#wasReached) return limit;
    // The first rounds are short, and chance concerns them most.
    if (this.#isStarting && queue < 1 + limit / 6) return Math.min(this.#most, limit * 2);
    const target = limit - queue + allowed;
    const next = this.#isStarting ? target : (limit + target) / 2;
    this.#isStarting = false;
    return Math.min(this.#most, Math.max(1, next));
  }

  #learnBaseline(latency: number): number {
    const away = latency - this.#baseline;
    const isChance = this.#limit * away < (queueAllowed(this.#limit) * latency) / 2;
    if (this.#baseline === Infinity) this.#baseline = latency;
    else if (away < 0) this.#baseline += away * FALL;
    else if (isChance) this.#baseline += away * RISE;
    return this.#baseline;
  }
}
