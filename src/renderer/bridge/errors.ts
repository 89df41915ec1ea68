import { ORPCError } from '@orpc/client';
import { AppError, type ErrorReport } from '@shared/errors';
import { reportIn } from '@shared/model/error-report';

/** The error of a call as people may read it, whatever the call threw. */
export const errorReport = (error: unknown): ErrorReport =>
  (error instanceof ORPCError ? reportIn(error) : undefined) ?? new AppError('INTERNAL').report();

/** Whether a call ended because the window aborted it. */
export const isCancelled = (error: unknown): boolean =>
  (error instanceof Error && error.name === 'AbortError') ||
  (error instanceof ORPCError && error.code === 'CANCELLED');
