import { AppError } from '@shared/errors';

/** Waits for something that others wait for too: the signal ends the waiting, not the work. */
export async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  // A signal of its own, since many may wait on the same one and Node warns of many listeners.
  const own = AbortSignal.any([signal]);
  let stop = (): void => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = (): void => {
      reject(new AppError('CANCELLED'));
    };
    if (own.aborted) stop();
    else own.addEventListener('abort', stop);
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    own.removeEventListener('abort', stop);
    // When nobody is left to hear how it ended, a failure is not unhandled.
    work.catch(() => undefined);
  }
}

/**
 * Work that is done once and its result kept; whoever asks while it runs waits for the same run.
 * A failure is told to those who wait, and not kept.
 */
export class Shared<T> {
  #run: Promise<T> | undefined;

  constructor(private readonly work: () => Promise<T>) {}

  get(signal: AbortSignal): Promise<T> {
    if (this.#run === undefined) {
      const run = this.work();
      this.#run = run;
      run.catch(() => {
        if (this.#run === run) this.#run = undefined;
      });
    }
    return untilAborted(this.#run, signal);
  }
}

/** For work that outlives whoever asked for it first; the deadline of each request still ends it. */
export const detached = (): AbortSignal => new AbortController().signal;
