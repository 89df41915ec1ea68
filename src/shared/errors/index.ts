export {
  AppError,
  isAppError,
  toErrorReport,
  type AppErrorOptions,
  type ErrorDetails,
  type ErrorReport,
} from './app-error';
export {
  concernsConnection,
  concernsOneRequest,
  concernsProvider,
  endsRun,
  foundAtPath,
  isAbsent,
  isAuthenticationFailure,
  isConflict,
  isKeyFailure,
  isKeyQuestion,
  isOutcomeUnknown,
  isOvertaken,
  isRetryable,
  isTlsFailure,
  isWriteRefused,
  mayBeUndeleted,
  mayBeUnreachable,
} from './queries';
export type { Remedy } from './remedy';
export {
  errorAreas,
  errorCodes,
  errorTable,
  rowOf,
  type ErrorArea,
  type ErrorCode,
  type Retryable,
} from './table';
