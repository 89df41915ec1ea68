import type { Runtime } from '@core/runtime';
import { AdaptiveLimit } from './concurrency';

/**
 * For a server that takes a known number of requests in each period. Sends as fast as it can, and waits before
 * the request that the server would refuse. If the server refuses a request anyway, because other programs use
 * it too, sends fewer at a time, as `AdaptiveLimit` does.
 */
export class WindowedLimit extends AdaptiveLimit {
  readonly #requests: number;
  readonly #periodMs: number;
  readonly #runtime: Pick<Runtime, 'monotonic' | 'wait'>;
  /** When each of the last `requests` was sent, or will be, by the runtime's monotonic time. */
  readonly #times: number[] = [];
  #oldest = 0;

  constructor({
    atOnce,
    requests,
    periodMs,
    runtime,
  }: {
    readonly atOnce: number;
    readonly requests: number;
    readonly periodMs: number;
    readonly runtime: Pick<Runtime, 'monotonic' | 'wait'>;
  }) {
    super(atOnce);
    this.#requests = requests;
    this.#periodMs = periodMs;
    this.#runtime = runtime;
  }

  override async turn(): Promise<void> {
    const now = this.#runtime.monotonic();
    const at = Math.max(now, (this.#times[this.#oldest] ?? -Infinity) + this.#periodMs);
    this.#times[this.#oldest] = at;
    this.#oldest = (this.#oldest + 1) % this.#requests;
    if (at > now) await this.#runtime.wait(at - now, new AbortController().signal);
  }
}
