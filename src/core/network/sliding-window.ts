/** For a server that takes a known number of requests in each period: when the next may be sent. */
export class SlidingWindow {
  readonly #requests: number;
  readonly #periodMs: number;
  /** When each of the last `requests` was sent, or will be, in milliseconds of a monotonic clock. */
  readonly #times: number[] = [];
  #oldest = 0;

  constructor({ requests, periodMs }: { readonly requests: number; readonly periodMs: number }) {
    this.#requests = requests;
    this.#periodMs = periodMs;
  }

  /** Takes the next turn, and returns its time: now, or when the server would no longer refuse the request. */
  turn(now: number): number {
    const at = Math.max(now, (this.#times[this.#oldest] ?? -Infinity) + this.#periodMs);
    this.#times[this.#oldest] = at;
    this.#oldest = (this.#oldest + 1) % this.#requests;
    return at;
  }
}
