import type { Remedy } from './remedy';
import { rowOf, type ErrorCode } from './table';

/** Facts about a failure that are safe to show: never a body, a header or a value. */
export interface ErrorDetails {
  readonly status?: number | undefined;
  readonly requestId?: string | undefined;
  readonly method?: string | undefined;
  readonly path?: string | undefined;
  /** The server's name for the error, such as `AccessDeniedException`. Never its body. */
  readonly serverCode?: string | undefined;
  /** The field that is wrong, in the form that was sent or in the settings of the connection. */
  readonly field?: string | undefined;
  /** The value that is likely correct for that field; empty if the field is to be emptied. Never a credential. */
  readonly suggestion?: string | undefined;
  /** The configuration that owns the environment. */
  readonly owner?: string | undefined;
  /** The rule of a grant that refused the request. */
  readonly rule?: string | undefined;
  /** The end of the time to undelete a deleted secret, in milliseconds since 1970, UTC. */
  readonly until?: number | undefined;
}

/** The part of an error that may leave the core. */
export interface ErrorReport {
  readonly code: ErrorCode;
  readonly message: string;
  /** The likely cause. */
  readonly cause?: string | undefined;
  readonly hint: string;
  readonly remedy?: Remedy | undefined;
  readonly details?: ErrorDetails | undefined;
}

export interface AppErrorOptions {
  /**
   * Replaces the table's message, and drops its likely cause, which may no longer fit. Must not hold a
   * value or a provider's raw body.
   */
  readonly message?: string | undefined;
  /** Replaces the table's likely cause. */
  readonly likelyCause?: string | undefined;
  /** Replaces the table's hint. Give a remedy too if the table's does not fit the new hint. */
  readonly hint?: string | undefined;
  /** Replaces the table's remedy. */
  readonly remedy?: Remedy | undefined;
  readonly details?: ErrorDetails | undefined;
  readonly cause?: unknown;
}

/** An expected failure. Any other error that is thrown is a bug and is shown as `INTERNAL`. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  /** A sentence for a person. `cause` is the error that led to this one. */
  readonly likelyCause: string | undefined;
  readonly hint: string;
  readonly remedy: Remedy | undefined;
  readonly details: ErrorDetails | undefined;

  constructor(code: ErrorCode, options: AppErrorOptions = {}) {
    const known = rowOf(code);
    super(
      options.message ?? known.message,
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.code = code;
    this.likelyCause =
      options.likelyCause ?? (options.message === undefined ? known.cause : undefined);
    this.hint = options.hint ?? known.hint;
    this.remedy = aimed(options.remedy ?? known.remedy, options.details?.field);
    this.details = options.details;
  }

  report(): ErrorReport {
    return {
      code: this.code,
      message: this.message,
      ...(this.likelyCause !== undefined && { cause: this.likelyCause }),
      hint: this.hint,
      ...(this.remedy && { remedy: this.remedy }),
      ...(this.details && { details: this.details }),
    };
  }
}

/** A remedy in the connection's settings opens the field that is wrong, if it is known. */
const aimed = (remedy: Remedy | undefined, field: string | undefined): Remedy | undefined =>
  field !== undefined && remedy !== undefined && 'open' in remedy && remedy.open === 'connection'
    ? { ...remedy, field }
    : remedy;

export const isAppError = (error: unknown, code?: ErrorCode): error is AppError =>
  error instanceof AppError && (code === undefined || error.code === code);

/** Turns any thrown value into a report for a person. */
export const toErrorReport = (error: unknown): ErrorReport =>
  (isAppError(error) ? error : new AppError('INTERNAL')).report();
