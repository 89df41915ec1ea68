import { AppError, errorTable } from '@shared/errors';

/**
 * Runs one call with a deadline in milliseconds, on top of the caller's signal. Rejects with
 * `TIMED_OUT` or `CANCELLED`, whichever came first; `run` gets a signal that knows both.
 */
export async function withDeadline<T>(
  signal: AbortSignal,
  milliseconds: number,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const timeout = AbortSignal.timeout(milliseconds);
  const either = AbortSignal.any([signal, timeout]);
  try {
    return await run(either);
  } catch (error) {
    if (signal.aborted) throw new AppError('CANCELLED', { cause: error });
    if (timeout.aborted) {
      throw new AppError('TIMED_OUT', {
        message: `The server did not answer within ${String(Math.round(milliseconds / 1000))} seconds.`,
        likelyCause: errorTable.TIMED_OUT.cause,
        cause: error,
      });
    }
    throw error;
  }
}
