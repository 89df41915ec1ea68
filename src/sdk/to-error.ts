/** Turns errors of the core into errors for programs. */
import { AppError, isAppError, toErrorReport, type ErrorReport } from '@shared/errors';
import { isStrongroomError, StrongroomError } from './errors';

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
  // The cause of an expected failure may quote an answer. The cause of a bug helps to find the bug.
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
