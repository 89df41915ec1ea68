import { describe, expect, it } from 'vitest';
import { Pace } from './pace';

/** The server takes `count` requests, one after the other in the second that ends at `now`. */
function take(pace: Pace, count: number, now: number): void {
  for (let index = 1; index <= count; index += 1) pace.taken(now - 1000 + (index * 1000) / count);
}

describe('a pace', () => {
  it('lets everything through until the first refusal, then the rate that the server is known to take', () => {
    const pace = new Pace(10);
    for (let index = 0; index < 100; index += 1) expect(pace.turn(1000)).toBe(1000);
    pace.refused(1000, 500);
    expect([1, 2, 3].map(() => Math.round(pace.turn(1000)))).toEqual([1105, 1211, 1316]);
    expect(pace.turn(3000)).toBe(3000);
  });

  it('halves a rate that is not known, and no further than to what the server takes', () => {
    const pace = new Pace();
    take(pace, 100, 5000);
    const rates = [0, 10, 20, 30, 40].map((after) => {
      pace.refused(5000 + after, 1000);
      return Math.round(pace.perSecond(5000 + after) ?? 0);
    });
    // 95 % of the 100, which are counted in at most 1.1 s.
    expect(rates.slice(0, 3)).toEqual([500, 250, 125]);
    for (const rate of rates.slice(3)) expect(rate).toBeGreaterThan(80);
    expect(rates.at(-1)).toBeLessThanOrEqual(95);
  });

  it('stays near a rate that was measured, and leaves it fast if nothing is refused', () => {
    const pace = new Pace();
    take(pace, 100, 5000);
    for (let cut = 0; cut < 8; cut += 1) pace.refused(5000, 1000);
    const rate = pace.perSecond(5000) ?? 0;
    expect(pace.perSecond(7000)).toBeLessThan(rate * 1.05);
    expect(pace.perSecond(13_000)).toBeCloseTo(rate * 2);
    expect(pace.perSecond(24_000)).toBeGreaterThan(rate * 10);
    expect(pace.perSecond(26_000)).toBeUndefined();
  });

  it('returns sooner to a rate that was halved without a measurement', () => {
    const pace = new Pace();
    pace.refused(5000, 1000);
    expect(pace.perSecond(7000)).toBeCloseTo(1000);
  });

  it('never stops', () => {
    const pace = new Pace(10);
    for (let cut = 0; cut < 1000; cut += 1) pace.refused(1000, 1000);
    expect(pace.perSecond(1000)).toBe(0.5);
  });
});
