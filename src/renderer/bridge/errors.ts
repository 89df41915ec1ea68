import { ORPCError } from '@orpc/client';
import { AppError, errorCodes, isAppError, type ErrorReport } from '@shared/errors';

/**
 * The report that the core sent. The window trusts its core, so that the first screen has no schemas. Other errors of a
 * call have another code, or no hint.
 */
function reportIn({ code, message, data }: ORPCError<string, unknown>): ErrorReport | undefined {
  const known = errorCodes.find((one) => one === code);
  const isReport = typeof data === 'object' && data !== null && 'hint' in data;
  if (known === undefined || !isReport) return undefined;
  return { ...(data as Omit<ErrorReport, 'code' | 'message'>), code: known, message };
}

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
