import { AppError } from '@shared/errors';

/**
 * Waits for work that others wait for too, or that cannot be stopped: the signal ends the waiting and not
 * the work.
 */
export async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  // A separate signal: many may wait on the same one, and Node warns of many listeners.
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
