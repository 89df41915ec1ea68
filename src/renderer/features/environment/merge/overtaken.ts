import type { ErrorCode, ErrorReport } from '@shared/errors';

const OVERTAKEN: ReadonlySet<ErrorCode> = new Set([
  'CONFLICT',
  'ALREADY_EXISTS',
  'NOT_FOUND',
  'SECRET_DELETED',
  'SCHEDULED_FOR_DELETION',
]);

/** Whether a write failed since something else is there than what it was made on. */
export const isOvertaken = ({ code }: ErrorReport): boolean => OVERTAKEN.has(code);
