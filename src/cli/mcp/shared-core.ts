/** One core, or one connection, for the calls that are under way at the same time. */
import type { Context, OpenCore } from '../context';

interface Opened {
  readonly core: Promise<OpenCore>;
  /** Lets go of it. Resolves when the data directory is free, and never rejects. */
  readonly release: () => Promise<void>;
}

/**
 * Opens the core for the first call, and closes it after the last one: a session takes hours, and while no call is
 * under way, the app must be able to start.
 */
export class SharedCore {
  readonly #running = new Set<Promise<unknown>>();
  #opened: Opened | undefined;
  #released: Promise<void> = Promise.resolve();

  constructor(private readonly context: () => Context) {}

  /** Does the work with the core that is open, or opens one. Throws what `Context.withCore` throws. */
  async use<T>(work: (core: OpenCore) => Promise<T>): Promise<T> {
    this.#opened ??= this.#open();
    const opened = this.#opened;
    const running = opened.core.then(work);
    this.#running.add(running);
    try {
      return await running;
    } finally {
      this.#running.delete(running);
      if (this.#running.size === 0) {
        this.#opened = undefined;
        this.#released = opened.release();
      }
    }
  }

  /** Resolves when the calls that are under way have ended, and nothing is open any more. */
  async ended(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
    await this.#released;
  }

  #open(): Opened {
    const before = this.#released;
    let end = (): void => undefined;
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    let closed: Promise<void> = Promise.resolve();
    const core = new Promise<OpenCore>((resolve, reject) => {
      // The last one has to be closed: two of this process would wait for each other.
      closed = before
        .then(() =>
          this.context().withCore(async (opened) => {
            resolve(opened);
            await ended;
          }),
        )
        .catch(reject);
    });
    return {
      core,
      release: () => {
        end();
        return closed;
      },
    };
  }
}
