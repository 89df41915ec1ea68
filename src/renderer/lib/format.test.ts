import { describe, expect, it } from 'vitest';
import { formatAgo, formatDuration, plural } from './format';

it.each([
  [0.2, 'under 1 ms'],
  [12.4, '12 ms'],
  [1449, '1.4 s'],
  [30_000, '30 s'],
  [125_000, '2 min 5 s'],
])('%d ms read as %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

describe('formatAgo', () => {
  const now = Date.UTC(2026, 5, 15, 12);
  it.each([
    [now + 5000, 'just now'],
    [now - 59_000, 'just now'],
    [now - 2 * 60_000, '2 min ago'],
    [now - 3 * 3_600_000, '3 h ago'],
    [now - 30 * 3_600_000, 'yesterday'],
    [Date.UTC(2026, 2, 4, 12), '4 Mar 2026'],
  ])('%d is %s', (at, text) => {
    expect(formatAgo(at, now)).toBe(text);
  });
});

it.each([
  [0, '0 variables'],
  [1, '1 variable'],
  [10_000, '10,000 variables'],
])('%d is %s', (count, text) => {
  expect(plural(count, 'variable')).toBe(text);
});
