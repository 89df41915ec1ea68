import { expect, it } from 'vitest';
import { SlidingWindow } from './sliding-window';

it('lets as many through at once as a period takes, and the next one a period after the first', () => {
  const window = new SlidingWindow({ requests: 3, periodMs: 1000 });
  let now = 0;
  const sent = [0, 10, 20, 0, 0, 0, 0].map((after) => {
    now = window.turn(Math.max(now, after));
    return now;
  });
  expect(sent).toEqual([0, 10, 20, 1000, 1010, 1020, 2000]);
});

it('never lets more than that through in any period', () => {
  const window = new SlidingWindow({ requests: 5, periodMs: 1000 });
  let now = 0;
  const sent: number[] = [];
  for (let count = 0; count < 100; count += 1) {
    now = window.turn(now + ((count * 37) % 230));
    sent.push(now);
  }
  const spans = sent.slice(5).map((at, index) => at - (sent[index] ?? 0));
  expect(Math.min(...spans)).toBeGreaterThanOrEqual(1000);
});
