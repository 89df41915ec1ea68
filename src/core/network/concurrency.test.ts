import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mapConcurrently } from './concurrency';

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
