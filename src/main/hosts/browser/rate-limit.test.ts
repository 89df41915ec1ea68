import { expect, it } from 'vitest';
import { RateLimit } from './rate-limit';

it('allows the burst at once, then what has been refilled', () => {
  let now = 0;
  const limit = new RateLimit(3, 2, () => now);
  expect([limit.take(), limit.take(), limit.take(), limit.take()]).toEqual([
    true,
    true,
    true,
    false,
  ]);
  now = 499;
  expect(limit.take()).toBe(false);
  now = 1000;
  expect([limit.take(), limit.take(), limit.take()]).toEqual([true, true, false]);
  now = 1_000_000;
  expect([limit.take(), limit.take(), limit.take(), limit.take()]).toEqual([
    true,
    true,
    true,
    false,
  ]);
});
