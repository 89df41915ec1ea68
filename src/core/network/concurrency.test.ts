import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AdaptiveLimit, mapConcurrently } from './concurrency';

describe('mapConcurrently', () => {
  it('gives every result once and never runs more than the limit', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat({ max: 5 })),
        fc.integer({ min: 1, max: 8 }),
        async (turns, limit) => {
          let running = 0;
          let most = 0;
          const results: number[] = [];
          const work = async (index: number): Promise<number> => {
            running += 1;
            most = Math.max(most, running);
            for (let left = turns[index] ?? 0; left > 0; left -= 1) await turn();
            running -= 1;
            return index;
          };
          for await (const index of mapConcurrently(turns.keys(), limit, work)) results.push(index);
          expect(results.toSorted((a, b) => a - b)).toEqual([...turns.keys()]);
          expect(most).toBeLessThanOrEqual(limit);
        },
      ),
    );
  });

  it('starts nothing more once the consumer has left', async () => {
    let started = 0;
    const work = async (): Promise<void> => {
      started += 1;
      await turn();
    };
    for await (const _ of mapConcurrently(Array.from({ length: 100 }), 2, work)) break;
    const atBreak = started;
    await turn();
    await turn();
    expect(started).toBe(atBreak);
  });

  it('throws what the work throws', async () => {
    const all = async (): Promise<void> => {
      for await (const _ of mapConcurrently([1], 1, () => Promise.reject(new Error('no'))));
    };
    await expect(all()).rejects.toThrow('no');
  });
});

describe('AdaptiveLimit', () => {
  it('is halved once for all that were under way when the server throttled', () => {
    const limit = new AdaptiveLimit(16);
    const { round } = limit;
    for (let told = 0; told < 16; told += 1) limit.throttled(round);
    expect(limit.current).toBe(8);
    limit.throttled(limit.round);
    expect(limit.current).toBe(4);
  });

  it('stays between one and where it began, and grows by one for each turn of requests', () => {
    const limit = new AdaptiveLimit(16);
    for (let cut = 0; cut < 10; cut += 1) limit.throttled(limit.round);
    expect(limit.current).toBe(1);
    limit.passed();
    expect(limit.current).toBe(2);
    for (let told = 0; told < 2; told += 1) limit.passed();
    // 2.9 by now.
    expect(limit.current).toBe(2);
    limit.passed();
    expect(limit.current).toBe(3);
    for (let told = 0; told < 1000; told += 1) limit.passed();
    expect(limit.current).toBe(16);
  });

  it('holds for what is started while the rest is under way', async () => {
    const limit = new AdaptiveLimit(8);
    let running = 0;
    let most = 0;
    const work = async (index: number): Promise<number> => {
      if (index === 20) limit.throttled(limit.round);
      if (index === 30) most = 0;
      running += 1;
      most = Math.max(most, running);
      await turn();
      running -= 1;
      return index;
    };
    const results: number[] = [];
    for await (const index of mapConcurrently(Array.from({ length: 100 }).keys(), limit, work)) {
      results.push(index);
    }
    expect(results).toHaveLength(100);
    expect(most).toBe(4);
  });
});
