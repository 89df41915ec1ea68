import { AppError } from '@shared/errors';
import { onAbort } from './on-abort';

/**
 * Waits for work that others wait for too, or that cannot be stopped: the signal ends the waiting and not
 * the work. Throws `CANCELLED` if it aborts first.
 */
export function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const forget = onAbort(signal, () => {
      reject(new AppError('CANCELLED'));
    });
    // After an abort these change nothing, but a late failure is handled.
    work.then(resolve, reject).finally(forget);
  });
}
