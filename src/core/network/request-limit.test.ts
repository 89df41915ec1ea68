import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { AppError } from '@shared/errors';
import {
  SimulatedServer,
  SimulatedTime,
  chanceFrom,
  type ServerShape,
} from '@test/support/simulated-server';
import { mapConcurrently, mapWithSecondTurn } from './concurrency';
import { RequestLimit, type RequestLimitOptions } from './request-limit';

type Limits = Partial<Omit<RequestLimitOptions, 'runtime'>>;

interface Outcome {
  /** Requests a second, over all. */
  readonly perSecond: number;
  readonly failed: number;
  readonly refused: number;
}

/** A server, and a core that reads from it as the providers do: three attempts, and one more turn at the end. */
function simulate(shape: ServerShape, { most = 128, ...more }: Limits = {}, seed = 7) {
  const time = new SimulatedTime();
  const chance = chanceFrom(seed);
  const server = new SimulatedServer(time, shape, chance);
  const limit = new RequestLimit({ runtime: time, most, ...more });
  const read = async (): Promise<object> => {
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      const slot = await limit.enter();
      if (await server.request()) {
        slot.answered();
        return {};
      }
      slot.refused();
      await time.wait(chance() * 1000 * 2 ** (attempt - 1));
    }
    return { error: new AppError('RATE_LIMITED') };
  };
  const pull = async (count: number): Promise<Outcome> => {
    let failed = 0;
    const before = server.refused;
    const all = async (): Promise<void> => {
      for await (const result of mapWithSecondTurn(Array.from({ length: count }), limit, read)) {
        if ('error' in result) failed += 1;
      }
    };
    const perSecond = (count * 1000) / (await time.run(all()));
    return { perSecond, failed, refused: server.refused - before };
  };
  return { time, server, limit, pull };
}

/** Requests a second with a fixed number at a time. */
async function fixed(shape: ServerShape, count: number, atOnce: number): Promise<number> {
  const { time, server } = simulate(shape);
  const all = async (): Promise<void> => {
    const read = () => server.request();
    for await (const _ of mapConcurrently(Array.from({ length: count }), atOnce, read));
  };
  return (count * 1000) / (await time.run(all()));
}

/** What the best fixed number reaches. */
async function best(shape: ServerShape, count: number): Promise<number> {
  const needed = Math.ceil(shape.workers * (1 + shape.way / shape.work));
  const tried = [0.5, 0.75, 1, 1.25, 1.5, 2, 3].map((share) => Math.round(needed * share));
  return Math.max(...(await Promise.all(tried.map((atOnce) => fixed(shape, count, atOnce)))));
}

describe('on a server whose capacity nobody knows', () => {
  it.each<[string, ServerShape]>([
    ['one request at a time', { workers: 1, work: 10, way: 20, noise: 0.1 }],
    ['four, far away', { workers: 4, work: 10, way: 60, noise: 0.2 }],
    ['eight, of different lengths', { workers: 8, work: 10, way: 20, noise: 0.4 }],
    [
      'sixteen that become slower together',
      { workers: 16, work: 10, way: 20, noise: 0.2, thrash: 0.2 },
    ],
    ['thirty-two close by', { workers: 32, work: 15, way: 1, noise: 0.2 }],
    [
      'twenty-four that become slower together',
      { workers: 24, work: 20, way: 20, noise: 0.1, thrash: 0.2 },
    ],
  ])('reaches what the best fixed number does: %s', async (_name, shape) => {
    const count = Math.min(6000, 250 * shape.workers);
    const { pull } = simulate(shape);
    const { perSecond, failed } = await pull(count);
    expect(perSecond).toBeGreaterThan(0.9 * (await best(shape, count)));
    expect(failed).toBe(0);
  });

  it('begins with few, keeps what it has learned, and leaves no long queue', async () => {
    const shape = { workers: 12, work: 10, way: 20, noise: 0.1 };
    const { limit, pull } = simulate(shape);
    expect(limit.current).toBe(10);
    await pull(3000);
    // 36 keep it busy.
    expect(limit.current).toBeGreaterThan(30);
    expect(limit.current).toBeLessThan(48);
  });

  it('follows when the server slows down, and when it is fast again', async () => {
    const shape = { workers: 16, work: 10, way: 20, noise: 0.1 };
    const { server, pull } = simulate(shape);
    await pull(4000);
    for (const changed of [{ ...shape, workers: 2 }, { ...shape, work: 80, way: 40 }, shape]) {
      server.shape = changed;
      // Long enough to learn it.
      await pull(150 * changed.workers);
      await pull(150 * changed.workers);
      const { perSecond } = await pull(150 * changed.workers);
      expect(perSecond).toBeGreaterThan(0.88 * (await best(changed, 150 * changed.workers)));
    }
  });
});

describe('on a server that refuses requests', () => {
  it.each<[string, ServerShape, Limits, number]>([
    [
      '50 a second, as AWS',
      { workers: 200, work: 5, way: 15, noise: 0.2, perSecond: 50 },
      {},
      1000,
    ],
    [
      '100 a second, as a quota of Vault counts them',
      { workers: 200, work: 5, way: 15, noise: 0.2, perSecond: 100, bySecond: true },
      {},
      2000,
    ],
    [
      '3 a second that are known, as Parameter Store',
      { workers: 10, work: 5, way: 15, noise: 0.2, perSecond: 3 },
      { most: 3, perSecond: 3 },
      60,
    ],
  ])('keeps nine tenths of the rate, and all are read: %s', async (_name, shape, limits, count) => {
    const { pull } = simulate(shape, limits);
    const { perSecond, failed, refused } = await pull(count);
    expect(perSecond).toBeGreaterThan(0.9 * (shape.perSecond ?? 0));
    expect(failed).toBe(0);
    expect(refused).toBeLessThan(count / 5);
  });

  it('sends fewer at a time if those are what the server counts', async () => {
    const shape = { workers: 8, work: 20, way: 10, noise: 0.1, most: 3 };
    const { perSecond, failed, refused } = await simulate(shape).pull(600);
    expect(perSecond).toBeGreaterThan(50);
    expect(failed).toBe(0);
    expect(refused).toBeLessThan(60);
  });

  it('is fast again soon after the refusals have ended', async () => {
    const shape = { workers: 32, work: 10, way: 10, noise: 0.1 };
    const { server, pull } = simulate({ ...shape, perSecond: 20 });
    await pull(200);
    server.shape = shape;
    await pull(3000);
    expect((await pull(3000)).perSecond).toBeGreaterThan(1000);
  });
});

describe('the places', () => {
  it('are never more than the most, and nobody waits for good', async () => {
    const shapes = fc.record({
      workers: fc.integer({ min: 1, max: 20 }),
      work: fc.integer({ min: 1, max: 50 }),
      way: fc.integer({ min: 0, max: 50 }),
      noise: fc.double({ min: 0, max: 0.9, noNaN: true }),
      thrash: fc.double({ min: 0, max: 2, noNaN: true }),
    });
    await fc.assert(
      fc.asyncProperty(
        shapes,
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1 }),
        async (shape, most, seed) => {
          const { server, pull } = simulate(shape, { most }, seed);
          await pull(200);
          expect(server.taken).toBe(200);
          expect(server.peak).toBeLessThanOrEqual(most);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('are shared by all who call the server', async () => {
    const shape = { workers: 100, work: 10, way: 0, noise: 0 };
    const { time, server, limit } = simulate(shape, { most: 5 });
    const one = async (): Promise<void> => {
      const slot = await limit.enter();
      await server.request();
      slot.answered();
    };
    await time.run(Promise.all(Array.from({ length: 30 }, one)));
    expect([server.taken, server.peak]).toEqual([30, 5]);
  });

  it('go to the next one if somebody who waits leaves', async () => {
    const { limit } = simulate({ workers: 1, work: 1, way: 1, noise: 0 }, { most: 1 });
    const slot = await limit.enter();
    const leaving = new AbortController();
    const left = limit.enter(leaving.signal);
    const next = limit.enter();
    leaving.abort();
    await expect(left).rejects.toMatchObject({ code: 'CANCELLED' });
    slot.left();
    (await next).answered();
    (await limit.enter()).answered();
  });

  it('are given back by somebody who leaves while the pace holds him', async () => {
    const wait = vi.fn<(milliseconds: number, signal: AbortSignal) => Promise<void>>(
      (_milliseconds, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(new Error('aborted')));
        }),
    );
    const runtime = { monotonic: () => 1000, wait };
    const limit = new RequestLimit({ runtime, most: 1, perSecond: 1 });
    (await limit.enter()).refused();
    for (let time = 1; time <= 2; time += 1) {
      const leaving = new AbortController();
      const left = limit.enter(leaving.signal);
      expect(wait).toHaveBeenCalledTimes(time);
      leaving.abort();
      await expect(left).rejects.toMatchObject({ code: 'CANCELLED' });
    }
  });
});
