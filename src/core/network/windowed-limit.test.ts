import { expect, it } from 'vitest';
import { WindowedLimit } from './windowed-limit';

/** Its waits end at once, and its time is then later. */
function clock() {
  let now = 0;
  return {
    runtime: {
      monotonic: () => now,
      wait: async (milliseconds: number) => {
        now += milliseconds;
      },
    },
    pass: (milliseconds: number) => {
      now += milliseconds;
    },
    now: () => now,
  };
}

it('sends as many as a period takes at once, and the next one a period after the first', async () => {
  const { runtime, now, pass } = clock();
  const limit = new WindowedLimit({ atOnce: 4, requests: 3, periodMs: 1000, runtime });
  const sent: number[] = [];
  for (let count = 0; count < 7; count += 1) {
    await limit.turn();
    sent.push(now());
    if (count < 2) pass(10);
  }
  expect(sent).toEqual([0, 10, 20, 1000, 1010, 1020, 2000]);
});

it('never sends more than that in any period', async () => {
  const { runtime, now, pass } = clock();
  const limit = new WindowedLimit({ atOnce: 4, requests: 5, periodMs: 1000, runtime });
  const sent: number[] = [];
  for (let count = 0; count < 100; count += 1) {
    pass((count * 37) % 230);
    await limit.turn();
    sent.push(now());
  }
  const spans = sent.slice(5).map((at, index) => at - (sent[index] ?? 0));
  expect(Math.min(...spans)).toBeGreaterThanOrEqual(1000);
});

it('sends fewer at a time if it is refused nevertheless', () => {
  const limit = new WindowedLimit({ ...clock(), atOnce: 4, requests: 3, periodMs: 1000 });
  limit.throttled(limit.round);
  expect(limit.current).toBe(2);
});
