import { AppError, errorTable, type AppErrorOptions } from '@shared/errors';
import { systemRuntime } from '@core/runtime';
import { Abort, onAbort } from './on-abort';

type Texts = Pick<AppErrorOptions, 'message' | 'likelyCause' | 'hint'>;

const silentServer = (milliseconds: number): Texts => ({
  message: `The server did not answer within ${String(Math.round(milliseconds / 1000))} seconds.`,
  likelyCause: errorTable.TIMED_OUT.cause,
});

/**
 * Runs one call with a deadline in milliseconds, on top of the signals of the caller. Rejects with
 * `TIMED_OUT` or `CANCELLED`, whichever came first; `run` gets a signal that knows both. `texts` say what
 * did not answer, if that is no server. The time is that of the machine and not of a `Runtime`: a deadline
 * guards against what happens outside of this process.
 */
export async function withDeadline<T>(
  signals: AbortSignal | readonly AbortSignal[],
  milliseconds: number,
  run: (signal: AbortSignal) => Promise<T>,
  texts: Texts = silentServer(milliseconds),
): Promise<T> {
  // Neither `AbortSignal.any` nor `AbortSignal.timeout`: they live on until the garbage collector finds them.
  const either = new Abort();
  let end: 'CANCELLED' | 'TIMED_OUT' | undefined;
  const stop = (code: typeof end, reason?: unknown): void => {
    end ??= code;
    either.abort(reason);
  };
  const cancel = systemRuntime.after(milliseconds, () => {
    stop('TIMED_OUT');
  });
  const forget = [signals].flat().map((signal) =>
    onAbort(signal, () => {
      stop('CANCELLED', signal.reason);
    }),
  );
  try {
    return await run(either.signal);
  } catch (error) {
    if (end === 'CANCELLED') throw new AppError('CANCELLED', { cause: error });
    if (end === 'TIMED_OUT') throw new AppError('TIMED_OUT', { ...texts, cause: error });
    throw error;
  } finally {
    cancel();
    for (const each of forget) each();
  }
}
