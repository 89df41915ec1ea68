/** Durations and times in the notation of Go, and the clock of the stand-in. */
import { performance } from 'node:perf_hooks';

/** Milliseconds since the epoch, with a fraction down to the microsecond. */
export type Instant = number;

/** A real clock that tests can advance, so that tokens expire without waiting. */
export class Clock {
  #ahead = 0;

  now(): Instant {
    return Math.floor((performance.timeOrigin + performance.now()) * 1000) / 1000 + this.#ahead;
  }

  advance(milliseconds: number): void {
    this.#ahead += milliseconds;
  }
}

/** RFC 3339 with a fraction of up to nine digits and no trailing zeros, as `time.RFC3339Nano`. */
export function rfc3339(instant: Instant): string {
  const whole = Math.floor(instant / 1000) * 1000;
  const microseconds = Math.round((instant - whole) * 1000);
  const fraction = String(microseconds).padStart(6, '0').replace(/0+$/, '');
  const seconds = new Date(whole).toISOString().slice(0, 19);
  return fraction === '' ? `${seconds}Z` : `${seconds}.${fraction}Z`;
}

const UNITS: Readonly<Record<string, number>> = {
  ns: 1e-9,
  us: 1e-6,
  ms: 1e-3,
  s: 1,
  m: 60,
  h: 3600,
  d: 86_400,
};

/** Seconds of `90`, `"90"`, `"1h30m"`; `undefined` if it is not a duration. */
export function parseDuration(value: string | number): number | undefined {
  if (typeof value === 'number') return value;
  const text = value.trim();
  if (text === '') return 0;
  if (/^-?\d+$/.test(text)) return Number(text);
  const match = /^(-?)((?:\d+(?:\.\d+)?(?:ns|us|ms|s|m|h|d))+)$/.exec(text);
  if (match === null) return undefined;
  let seconds = 0;
  for (const [, amount, unit] of (match[2] ?? '').matchAll(/(\d+(?:\.\d+)?)(ns|us|ms|s|m|h|d)/g)) {
    seconds += Number(amount) * (UNITS[unit ?? ''] ?? 0);
  }
  return match[1] === '-' ? -seconds : seconds;
}

/** `1h0m0s`, as `Duration.String()`. */
export function goDuration(seconds: number): string {
  const sign = seconds < 0 ? '-' : '';
  const absolute = Math.abs(seconds);
  const hours = Math.floor(absolute / 3600);
  const minutes = Math.floor((absolute % 3600) / 60);
  const rest = absolute % 60;
  if (hours > 0) return `${sign}${String(hours)}h${String(minutes)}m${String(rest)}s`;
  if (minutes > 0) return `${sign}${String(minutes)}m${String(rest)}s`;
  return `${sign}${String(rest)}s`;
}

/** `1h`: the same without the units that are 0. */
export const shortDuration = (seconds: number): string =>
  goDuration(seconds)
    .replace(/(?<=m)0s$/, '')
    .replace(/(?<=h)0m$/, '');
