import { AppError } from '@shared/errors';
import type { NetworkValues } from '@shared/providers/network';
import type { Runtime } from '@core/runtime';
import { LatencyLimit } from './latency-limit';
import { onAbort } from './on-abort';
import { Pace } from './pace';
import { SlidingWindow } from './sliding-window';

/** A request that was let through. Exactly one of its functions is called, when it has ended. */
export interface Slot {
  /** The server has answered. */
  answered(): void;
  /** The server has refused the request because there are too many. */
  refused(): void;
  /** There was no answer, or it says nothing about how busy the server is. */
  left(): void;
}

export interface RequestLimitOptions {
  readonly runtime: Pick<Runtime, 'monotonic' | 'wait'>;
  /** Requests at a time, 1 or more. */
  readonly most: number;
  /** Requests that the server takes each second, unless its owner has asked for more. */
  readonly perSecond?: number;
  /** Requests that the server takes in any period of this length. */
  readonly window?: { readonly requests: number; readonly periodMs: number };
}

/** Requests at a time to one server if nobody names a number: each has a connection, which costs both sides memory. */
export const MOST_AT_ONCE = 128;

/** The number that a person has entered, else `otherwise`. */
export const mostAtOnce = (
  { requestsAtOnce }: Pick<NetworkValues, 'requestsAtOnce'>,
  otherwise = MOST_AT_ONCE,
): number => (requestsAtOnce === '' ? otherwise : Number(requestsAtOnce));

/** What is under way must not wait for its turn until its deadline. */
const MOST_WAIT_MS = 5000;

/** Answers may take this much longer than without load before fewer requests than the pace allows are sent. */
const SLACK = 1.5;

/**
 * The requests to one server: how many at a time (`LatencyLimit`) and, once it refuses some, how many a second (`Pace`).
 * All parts of the core that call the server share one.
 */
export class RequestLimit {
  readonly #runtime: RequestLimitOptions['runtime'];
  readonly #most: number;
  readonly #atOnce: LatencyLimit;
  readonly #pace: Pace;
  readonly #window: SlidingWindow | undefined;
  /** Those who wait for a place, in their order. */
  readonly #queue = new Set<() => void>();
  #underWay = 0;
  /** Counts refusals that had an effect. */
  #cuts = 0;

  constructor({ runtime, most, perSecond, window }: RequestLimitOptions) {
    this.#runtime = runtime;
    this.#most = most;
    this.#atOnce = new LatencyLimit(most);
    this.#pace = new Pace(perSecond);
    this.#window = window && new SlidingWindow(window);
  }

  /**
   * How many pieces of work to have under way, each of which sends one request at a time. With a pace there are more than
   * places, since those that were refused wait before they send again.
   */
  get current(): number {
    const perSecond = this.#pace.perSecond(this.#runtime.monotonic()) ?? 0;
    return this.#places() + Math.min(this.#most, Math.ceil((perSecond * MOST_WAIT_MS) / 1000));
  }

  /**
   * Resolves when a request may be sent. Throws `CANCELLED` if the signal aborts first.
   * @param signal of the request; without one it cannot be called off
   */
  async enter(signal?: AbortSignal): Promise<Slot> {
    while (this.#underWay >= this.#places()) await this.#place(signal);
    this.#underWay += 1;
    if (this.#underWay >= this.#atOnce.current) this.#atOnce.reached();
    const now = this.#runtime.monotonic();
    const at = Math.max(this.#pace.turn(now), this.#window?.turn(now) ?? now);
    if (at > now) await this.#until(at - now, signal);
    return this.#slot();
  }

  /**
   * Sends a request as soon as it may be sent. Throws what `enter` and `send` throw.
   * @param isRefusal whether an answer says that there are too many requests
   */
  async send<Answer>(
    send: () => Promise<Answer>,
    isRefusal: (answer: Answer) => boolean,
    signal: AbortSignal,
  ): Promise<Answer> {
    const slot = await this.enter(signal);
    const answer = await send().catch((error: unknown) => {
      slot.left();
      throw error;
    });
    if (isRefusal(answer)) slot.refused();
    else slot.answered();
    return answer;
  }

  /** Requests that may be under way: no more than the pace needs, since those that wait for it have a deadline. */
  #places(): number {
    const { current, latency } = this.#atOnce;
    const perSecond = this.#pace.perSecond(this.#runtime.monotonic());
    if (perSecond === undefined || latency === undefined) return current;
    return Math.min(current, 1 + Math.ceil((SLACK * perSecond * latency) / 1000));
  }

  #slot(): Slot {
    const sentAt = this.#runtime.monotonic();
    const { round } = this.#atOnce;
    const cuts = this.#cuts;
    return {
      answered: () => {
        const now = this.#runtime.monotonic();
        this.#pace.taken(now);
        this.#atOnce.answered(round, now - sentAt);
        this.#leave();
      },
      refused: () => {
        // A request that was sent before the last cut says nothing about the new pace.
        if (cuts === this.#cuts) {
          const now = this.#runtime.monotonic();
          this.#cuts += 1;
          const latency = this.#atOnce.latency ?? Math.max(1, now - sentAt);
          this.#pace.refused(now, (this.#underWay * 1000) / latency);
          this.#atOnce.refused();
        }
        this.#leave();
      },
      left: () => {
        this.#leave();
      },
    };
  }

  #leave(): void {
    this.#underWay -= 1;
    let free = this.#places() - this.#underWay;
    for (const next of this.#queue) {
      if (free <= 0) return;
      free -= 1;
      this.#queue.delete(next);
      next();
    }
  }

  #place(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const next = (): void => {
        forget?.();
        resolve();
      };
      this.#queue.add(next);
      const forget =
        signal &&
        onAbort(signal, () => {
          this.#queue.delete(next);
          reject(new AppError('CANCELLED'));
        });
    });
  }

  async #until(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
    try {
      await this.#runtime.wait(milliseconds, signal ?? new AbortController().signal);
    } catch (error) {
      this.#leave();
      throw new AppError('CANCELLED', { cause: error });
    }
  }
}
