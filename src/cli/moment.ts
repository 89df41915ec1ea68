/** Times and durations on the command line. */
import { AppError } from '@shared/errors';

const UNITS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** `90s`, `15m`, `24h` or `7d` in milliseconds; `undefined` for another text. */
function durationIn(typed: string): number | undefined {
  const [, number, unit] = /^(\d{1,6})([smhd])$/.exec(typed) ?? [];
  return number === undefined ? undefined : Number(number) * UNITS[unit as keyof typeof UNITS];
}

/** A duration in milliseconds. Throws `INVALID_INPUT`. */
export function durationOf(typed: string, option: string): number {
  const duration = durationIn(typed);
  if (duration !== undefined && duration > 0) return duration;
  throw new AppError('INVALID_INPUT', {
    message: `“${typed}” is no duration for ${option}.`,
    hint: 'Write a number with its unit: 90s, 15m, 24h or 7d.',
  });
}

/**
 * A moment in milliseconds since 1970, UTC: a date, which is its beginning on this computer, a time in ISO 8601, or
 * a duration before now, or after now. Throws `INVALID_INPUT`.
 */
export function momentOf(
  typed: string,
  { option, now, past }: { readonly option: string; readonly now: number; readonly past: boolean },
): number {
  const duration = durationIn(typed);
  if (duration !== undefined) return past ? now - duration : now + duration;
  const text = /^\d{4}-\d{2}-\d{2}$/.test(typed) ? `${typed}T00:00` : typed;
  const moment = /^\d{4}-\d{2}-\d{2}T/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(moment)) return moment;
  throw new AppError('INVALID_INPUT', {
    message: `“${typed}” is no time for ${option}.`,
    hint: 'Write a date such as 2026-12-31, a time such as 2026-12-31T18:00Z, or a duration such as 24h or 7d.',
  });
}
