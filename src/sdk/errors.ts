/** The errors that programs see. */
import { AppError, isAppError, toErrorReport } from '@shared/errors';
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

/** Says where a setting comes from, such as `VAULT_TOKEN, or settings.token`. */
export type SettingSource = (field: string) => string | undefined;

const nowhere: SettingSource = () => undefined;

/** Any thrown value as a `StrongroomError`. */
export function toStrongroomError(
  error: unknown,
  {
    signal,
    source = nowhere,
  }: { readonly signal?: AbortSignal | undefined; readonly source?: SettingSource } = {},
): StrongroomError {
  if (isStrongroomError(error)) return error;
  if (signal?.aborted === true) {
    return new StrongroomError(new AppError('CANCELLED').report(), { cause: signal.reason });
  }
  // What led to an expected failure may quote an answer. The cause of a mistake of ours helps to find it.
  const report = toErrorReport(error);
  const options = isAppError(error) ? undefined : { cause: error };
  return new StrongroomError(withSource(report, source), options);
}

/** The hint of an error about a setting says what the setting is called in a program. */
function withSource(report: ErrorReport, source: SettingSource): ErrorReport {
  const { remedy, hint } = report;
  if (remedy === undefined || !('open' in remedy) || remedy.open !== 'connection') return report;
  const from = remedy.field === undefined ? undefined : source(remedy.field);
  return from === undefined ? report : { ...report, hint: `${hint} It is set by ${from}.` };
}
