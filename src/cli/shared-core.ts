/** One core for calls that come at any time. A core of this process is given up soon after the last of them. */
import { EventEmitter, once } from 'node:events';
import { isAppError } from '@shared/errors';
import type { Context, OpenCore } from './context';

/**
 * Milliseconds that a core of this process waits for another call. Programs often send several in a row. Other
 * commands wait for the data directory longer than that.
 */
const LINGER = 1000;

interface Held {
  readonly core: Promise<OpenCore>;
  /** Ends the use of the core. */
  readonly release: () => void;
  /** Resolves when the data directory is free. */
  readonly closed: Promise<void>;
  /** Whether it is that of an app; otherwise nobody else can use the data directory. */
  isConnected: boolean;
  /** Whether it did when it was asked last. */
  answers: Promise<boolean>;
  users: number;
  timer: NodeJS.Timeout | undefined;
}

export class SharedCore {
  readonly #running = new Set<Promise<unknown>>();
  #held: Held | undefined;
  /** The last one that was given up: the data directory may not be free yet. */
  #last: Promise<void> = Promise.resolve();

  /** `context`: for the program that makes the calls at this time. */
  constructor(private readonly context: () => Context) {}

  /** Does work with a core. Throws what opening a core throws. */
  async during<T>(work: (core: OpenCore) => Promise<T>): Promise<T> {
    const running = this.#during(work);
    this.#running.add(running);
    try {
      return await running;
    } finally {
      this.#running.delete(running);
    }
  }

  async #during<T>(work: (core: OpenCore) => Promise<T>): Promise<T> {
    const held = await this.#alive();
    try {
      return await work(await held.core);
    } catch (error) {
      // The app has ended. The next request finds another core.
      if (isAppError(error, 'INTERRUPTED')) this.#giveUp(held);
      throw error;
    } finally {
      this.#leave(held);
    }
  }

  /** A core that answers: an app may have ended since the last request. */
  async #alive(): Promise<Held> {
    const held = (this.#held ??= this.#open());
    const hasRested = held.users === 0 && held.isConnected;
    held.users += 1;
    clearTimeout(held.timer);
    if (hasRested) held.answers = answers(held);
    // Those that come meanwhile wait for the same.
    if (await held.answers) return held;
    this.#giveUp(held);
    this.#leave(held);
    return this.#alive();
  }

  #leave(held: Held): void {
    held.users -= 1;
    // An app can be used by others too, so its connection stays.
    if (held.users > 0 || held.isConnected || this.#held !== held) return;
    held.timer = setTimeout(() => {
      this.#giveUp(held);
    }, LINGER);
  }

  /** The next request gets a core for the program of that time. */
  renew(): void {
    if (this.#held !== undefined) this.#giveUp(this.#held);
  }

  /** Resolves when the work that is under way has ended, and nothing is open any more. */
  async ended(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
    await this.close();
  }

  async close(): Promise<void> {
    this.renew();
    await this.#last;
  }

  #open(): Held {
    const opened = new EventEmitter<{ core: [OpenCore]; failed: [unknown] }>();
    const released = new AbortController();
    const core = new Promise<OpenCore>((resolve, reject) => {
      opened
        .once('core', (each) => {
          held.isConnected = !each.isOwn;
          resolve(each);
        })
        .once('failed', reject);
    });
    const held: Held = {
      core,
      release: () => {
        released.abort();
      },
      closed: this.#hold(opened, released.signal).catch((error: unknown) => {
        opened.emit('failed', error);
        if (this.#held === held) this.#held = undefined;
      }),
      isConnected: false,
      answers: Promise.resolve(true),
      users: 0,
      timer: undefined,
    };
    return held;
  }

  async #hold(
    opened: EventEmitter<{ core: [OpenCore]; failed: [unknown] }>,
    released: AbortSignal,
  ): Promise<void> {
    await this.#last;
    await this.context().withCore(async (core) => {
      opened.emit('core', core);
      if (!released.aborted) await once(released, 'abort');
    });
  }

  #giveUp(held: Held): void {
    clearTimeout(held.timer);
    held.release();
    this.#last = held.closed;
    if (this.#held === held) this.#held = undefined;
  }
}

async function answers({ core }: Held): Promise<boolean> {
  try {
    const { client, options } = await core;
    await client.status(undefined, options);
    return true;
  } catch {
    return false;
  }
}
