import { describe, expect, it } from 'vitest';
import { PacedLimit } from './paced-limit';

/** Time stands still but for waits. */
function paced(): {
  readonly limit: PacedLimit;
  readonly waits: number[];
  pass: (ms: number) => void;
} {
  let now = 1000;
  const waits: number[] = [];
  const runtime = {
    monotonic: () => now,
    wait: async (milliseconds: number) => {
      waits.push(Math.round(milliseconds));
    },
  };
  const pass = (milliseconds: number): void => {
    now += milliseconds;
  };
  return { limit: new PacedLimit({ atOnce: 4, perSecond: 10, runtime }), waits, pass };
}

describe('a paced limit', () => {
  it('lets everything through until the first refusal, then the rate that the server is known to take', async () => {
    const { limit, waits, pass } = paced();
    for (let index = 0; index < 100; index += 1) await limit.turn();
    expect(waits).toEqual([]);
    limit.throttled(limit.round);
    for (let index = 0; index < 3; index += 1) await limit.turn();
    expect(waits).toEqual([105, 211, 316]);
    pass(1000);
    await limit.turn();
    expect(waits).toHaveLength(3);
  });

  it('is cut once by all requests that were under way together', async () => {
    const { limit, waits } = paced();
    const { round } = limit;
    for (let index = 0; index < 4; index += 1) limit.throttled(round);
    await limit.turn();
    expect(waits).toEqual([105]);
  });

  it('becomes slower with each refusal, faster without, and never stops', async () => {
    const { limit, waits, pass } = paced();
    const gap = async (): Promise<number> => {
      pass(1_000_000);
      await limit.turn();
      await limit.turn();
      return waits.at(-1) ?? 0;
    };
    limit.throttled(limit.round);
    const first = await gap();
    limit.throttled(limit.round);
    expect(await gap()).toBeGreaterThan(first);
    for (let index = 0; index < 1000; index += 1) limit.passed();
    expect(await gap()).toBeLessThan(first);
    for (let index = 0; index < 100; index += 1) limit.throttled(limit.round);
    expect(await gap()).toBe(1000);
  });
});
