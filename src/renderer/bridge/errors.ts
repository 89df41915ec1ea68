import { ORPCError } from '@orpc/client';
import { AppError, type ErrorReport } from '@shared/errors';
import { errorReportSchema } from '@shared/model/error-report';

/** The error of a call as people may read it, whatever the call threw. */
export function errorReport(error: unknown): ErrorReport {
  if (error instanceof ORPCError) {
    const data: unknown = error.data;
    const parsed = errorReportSchema.safeParse({
      code: error.code,
      message: error.message,
      ...(typeof data === 'object' ? data : undefined),
    });
    if (parsed.success) return parsed.data;
  }
  return new AppError('INTERNAL').report();
}

/** Whether a call ended because the window aborted it. */
export const isCancelled = (error: unknown): boolean =>
  (error instanceof Error && error.name === 'AbortError') ||
  (error instanceof ORPCError && error.code === 'CANCELLED');
