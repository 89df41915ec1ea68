import { ORPCError } from '@orpc/client';
import { AppError, isAppError, type ErrorReport } from '@shared/errors';
import { reportIn } from '@shared/model/error-report';

/** The error of a call, or of the window, as people may read it, whatever was thrown. */
export function errorReport(error: unknown): ErrorReport {
  if (isAppError(error)) return error.report();
  return (
    (error instanceof ORPCError ? reportIn(error) : undefined) ?? new AppError('INTERNAL').report()
  );
}

/** Whether a call ended because the window aborted it. */
export const isCancelled = (error: unknown): boolean =>
  (error instanceof Error && error.name === 'AbortError') ||
  (error instanceof ORPCError && error.code === 'CANCELLED');
