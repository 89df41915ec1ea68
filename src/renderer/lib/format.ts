/** Numbers, sizes, durations and times as people read them. */

export { plural } from '@shared/model/format';

const numbers = new Intl.NumberFormat('en-GB');
const dates = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium' });
const datesWithTime = new Intl.DateTimeFormat('en-GB', {
  dateStyle: 'medium',
  timeStyle: 'medium',
});

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export const formatCount = (count: number): string => numbers.format(count);

/** `12 ms`, `1.4 s`, `2 min 5 s`. */
export function formatDuration(ms: number): string {
  if (ms < 1) return 'under 1 ms';
  if (ms < SECOND) return `${String(Math.round(ms))} ms`;
  if (ms < MINUTE) return `${(ms / SECOND).toFixed(1).replace(/\.0$/, '')} s`;
  const seconds = Math.round(ms / SECOND);
  return `${String(Math.floor(seconds / 60))} min ${String(seconds % 60)} s`;
}

/** `just now`, `2 min ago`, `3 h ago`, `yesterday`, else a date. */
export function formatAgo(at: number, now: number): string {
  const age = Math.max(0, now - at);
  if (age < MINUTE) return 'just now';
  if (age < HOUR) return `${String(Math.floor(age / MINUTE))} min ago`;
  if (age < DAY) return `${String(Math.floor(age / HOUR))} h ago`;
  if (age < 2 * DAY) return 'yesterday';
  return dates.format(at);
}

export const formatDateTime = (at: number): string => datesWithTime.format(at);

/** `4 Mar 2026`. */
export const formatDate = (at: number): string => dates.format(at);
