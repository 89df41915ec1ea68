/** The errors that programs see. */
import type { ErrorCode, ErrorDetails, ErrorReport, Remedy } from '@shared/errors';

export type { ErrorCode, ErrorDetails, Remedy };

/** A program may load this library twice, as ESM and as CommonJS, and then has two classes. */
const BRAND = Symbol.for('strongroom.error');

/** An expected failure. It holds no value and no credential. */
export class StrongroomError extends Error {
  override readonly name = 'StrongroomError';
  /** The guide explains each: “Messages and what to do”. */
  readonly code: ErrorCode;
  /** What it most likely means. */
  readonly likelyCause: string | undefined;
  /** What to do about it. */
  readonly hint: string;
  /** The same as data, if it is one thing to do. */
  readonly remedy: Remedy | undefined;
  readonly details: ErrorDetails | undefined;

  constructor(report: ErrorReport, options?: { readonly cause?: unknown }) {
    super(report.message, options);
    this.code = report.code;
    this.likelyCause = report.cause;
    this.hint = report.hint;
    this.remedy = report.remedy;
    this.details = report.details;
    Object.defineProperty(this, BRAND, { value: true });
  }
}

/** Whether something that was thrown is a `StrongroomError`, of this code if one is given. */
export const isStrongroomError = (error: unknown, code?: ErrorCode): error is StrongroomError =>
  error instanceof Error &&
  BRAND in error &&
  (code === undefined || ('code' in error && error.code === code));
