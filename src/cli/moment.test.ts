import { expect, it } from 'vitest';
import { durationOf, momentOf } from './moment';

const now = Date.UTC(2026, 10, 30, 12);

it.each([
  ['90s', 90_000],
  ['15m', 900_000],
  ['24h', 86_400_000],
  ['7d', 604_800_000],
])('%s is a duration', (text, expected) => {
  expect(durationOf(text, '--ttl')).toBe(expected);
  expect(momentOf(text, { option: '--since', now, past: true })).toBe(now - expected);
  expect(momentOf(text, { option: '--expires', now, past: false })).toBe(now + expected);
});

it('takes a date as its beginning here, and a time with its zone', () => {
  const moment = (text: string): number => momentOf(text, { option: '--since', now, past: true });
  expect(moment('2026-12-31')).toBe(new Date(2026, 11, 31).getTime());
  expect(moment('2026-12-31T18:00Z')).toBe(Date.UTC(2026, 11, 31, 18));
  expect(moment('2026-12-31T18:00:30+02:00')).toBe(Date.UTC(2026, 11, 31, 16, 0, 30));
});

it.each(['', '0s', '7', '-1d', '1w', '2026-13-01', 'tomorrow', '1e3s'])('refuses %j', (text) => {
  expect(() => durationOf(text, '--ttl')).toThrow('is no duration for --ttl');
  expect(() =>
    momentOf(text === '0s' ? 'x' : text, { option: '--since', now, past: true }),
  ).toThrow('is no time for --since');
});
