import { AppError, errorTable, type AppErrorOptions } from '@shared/errors';

type Texts = Pick<AppErrorOptions, 'message' | 'likelyCause' | 'hint'>;

const silentServer = (milliseconds: number): Texts => ({
  message: `The server did not answer within ${String(Math.round(milliseconds / 1000))} seconds.`,
  likelyCause: errorTable.TIMED_OUT.cause,
});

/**
 * Runs one call with a deadline in milliseconds, on top of the caller's signal. Rejects with
 * `TIMED_OUT` or `CANCELLED`, whichever came first; `run` gets a signal that knows both. `texts` say what
 * did not answer, if that is no server. The time is that of the machine and not of a `Runtime`: a deadline
 * guards against what happens outside of this process.
 */
export async function withDeadline<T>(
  signal: AbortSignal,
  milliseconds: number,
  run: (signal: AbortSignal) => Promise<T>,
  texts: Texts = silentServer(milliseconds),
): Promise<T> {
  const timeout = AbortSignal.timeout(milliseconds);
  const either = AbortSignal.any([signal, timeout]);
  try {
    return await run(either);
  } catch (error) {
    if (signal.aborted) throw new AppError('CANCELLED', { cause: error });
    if (timeout.aborted) throw new AppError('TIMED_OUT', { ...texts, cause: error });
    throw error;
  }
}
