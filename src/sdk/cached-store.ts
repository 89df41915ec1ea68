/** A vault whose values are kept for a while. */
import { AppError } from '@shared/errors';
import { untilAborted } from '@core/network/until-aborted';
import type { Runtime } from '@core/runtime';
import { Turns } from '@core/storage/turns';
import type { Change, Changed, Contents, VaultStore } from './store';

/** A read that is under way, for all who wait for it. */
interface Reading {
  readonly contents: Promise<Contents>;
  /** Ends the read when nobody waits for it any more. */
  readonly stop: AbortController;
  waiting: number;
}

export interface CacheOptions {
  /** Milliseconds. 0 keeps nothing; reads at the same time are one even then. */
  readonly cacheFor: number;
  readonly runtime: Pick<Runtime, 'monotonic'>;
}

export class CachedStore {
  readonly #store: VaultStore;
  readonly #options: CacheOptions;
  readonly #turns = new Turns();
  #kept: { readonly contents: Contents; readonly until: number } | undefined;
  #reading: Reading | undefined;
  readonly #ended = new AbortController();
  #closed = false;

  constructor(store: VaultStore, options: CacheOptions) {
    this.#store = store;
    this.#options = options;
  }

  /** The values, if they are kept and still count. */
  kept(): Contents | undefined {
    const kept = this.#kept;
    return kept !== undefined && this.#options.runtime.monotonic() < kept.until
      ? kept.contents
      : undefined;
  }

  async contents(signal: AbortSignal): Promise<Contents> {
    assertGoesOn(signal);
    const kept = this.kept();
    if (kept !== undefined) return kept;
    const reading = (this.#reading ??= this.#startReading());
    reading.waiting += 1;
    try {
      return await untilAborted(reading.contents, signal);
    } finally {
      reading.waiting -= 1;
      if (reading.waiting === 0) {
        if (this.#reading === reading) this.#reading = undefined;
        reading.stop.abort();
      }
    }
  }

  /** See `VaultStore.follow`; `undefined` if the place has no such thing. Nothing is kept. */
  async follow(names: readonly string[]): Promise<Contents | undefined> {
    return this.#store.follow?.(names, this.#ended.signal);
  }

  /** Changes of one process follow each other, so that they do not conflict. */
  change(change: Change, signal: AbortSignal): Promise<Changed> {
    const work = this.#turns.take('change', async () => {
      assertGoesOn(signal);
      try {
        const changed = await this.#store.change(change, signal);
        this.#keep(changed.contents);
        return changed;
      } catch (error) {
        // It may have been written all the same, or others may have written something.
        this.forget();
        throw error;
      }
    });
    return untilAborted(work, signal);
  }

  forget(): void {
    this.#kept = undefined;
    this.#reading = undefined;
  }

  close(): void {
    this.#closed = true;
    this.#ended.abort();
    this.#reading?.stop.abort();
    this.forget();
  }

  #startReading(): Reading {
    const stop = new AbortController();
    const read = async (): Promise<Contents> => {
      try {
        const contents = await this.#store.read(stop.signal);
        // A write that has ended since knows better.
        if (this.#reading === reading) this.#keep(contents);
        return contents;
      } finally {
        if (this.#reading === reading) this.#reading = undefined;
      }
    };
    // Begun in a microtask, so that `reading` is there before it can end.
    const reading: Reading = { contents: Promise.resolve().then(read), stop, waiting: 0 };
    return reading;
  }

  /** From now on a read that began before is not joined, and its outcome not kept. */
  #keep(contents: Contents): void {
    this.forget();
    const { cacheFor, runtime } = this.#options;
    if (this.#closed || cacheFor <= 0) return;
    this.#kept = { contents, until: runtime.monotonic() + cacheFor };
  }
}

function assertGoesOn(signal: AbortSignal): void {
  if (signal.aborted) throw new AppError('CANCELLED', { cause: signal.reason });
}
