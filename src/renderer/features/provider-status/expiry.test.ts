import type { Expiry } from '@shared/model/connection';
import { describe, expect, it } from 'vitest';
import { endsSoon, expirySentence, timeLeft } from './expiry';

const NOW = Date.UTC(2026, 10, 22, 12);
const MINUTE = 60_000;
const ending = (minutes: number, renews = false): Expiry => ({
  at: NOW + minutes * MINUTE,
  what: 'token',
  renews,
});

describe('what ends', () => {
  it.each([
    [0.5, 'now'],
    [8, 'in 8 min'],
    [119, 'in 119 min'],
    [120, 'in 2 h'],
    [60 * 47, 'in 47 h'],
    [60 * 24 * 12, 'in 12 days'],
  ])('in %s minutes is said as “%s”', (minutes, text) => {
    expect(timeLeft(ending(minutes), NOW)).toBe(text);
  });

  it('is a warning if it is close and not renewed', () => {
    expect(endsSoon(ending(15), NOW)).toBe(true);
    expect(endsSoon(ending(16), NOW)).toBe(false);
    expect(endsSoon(ending(5, true), NOW)).toBe(false);
    expect(endsSoon(undefined, NOW)).toBe(false);
  });

  it('has ended after that', () => {
    expect(expirySentence(ending(3), NOW)).toBe('The token ends in 3 min');
    expect(expirySentence(ending(-1), NOW)).toBe('The token has ended');
  });
});
