import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { systemRuntime, type Runtime } from '@core/runtime';
import { FakeRuntime, standingTime } from '@test/support/fake-runtime';
import { MAX_ATTEMPTS, retryAfterMs, waitMs, withRetries } from './retry';

const NOW = Date.UTC(2026, 10, 22, 12);

const runtimeOf = (random = 0.5): FakeRuntime => new FakeRuntime(standingTime(NOW), random);

describe('Retry-After', () => {
  it.each([
    ['2', 2000],
    [' 0 ', 0],
    ['Sun, 22 Nov 2026 12:00:03 GMT', 3000],
    ['Sun, 22 Nov 2026 11:59:00 GMT', 0],
    ['-1', undefined],
    ['1.5', undefined],
    ['99999999999999999999', undefined],
    ['soon', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%j is %s ms', (header, milliseconds) => {
    expect(retryAfterMs(header, NOW)).toBe(milliseconds);
  });
});

describe('the wait before another attempt', () => {
  it('is anything up to a bound that doubles, on top of what the server asks for', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: MAX_ATTEMPTS - 1 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        fc.boolean(),
        fc.option(fc.nat({ max: 60 }), { nil: undefined }),
        (attempt, random, isThrottled, seconds) => {
          const asked = (seconds ?? 0) * 1000;
          const retryAfter = seconds === undefined ? undefined : String(seconds);
          const wait = waitMs(attempt, { isThrottled, retryAfter }, runtimeOf(random));
          const bound = (isThrottled ? 1000 : 200) * 2 ** (attempt - 1);
          expect(wait).toBeGreaterThanOrEqual(asked);
          expect(wait).toBeLessThanOrEqual(asked + bound);
        },
      ),
    );
  });
});

interface Run {
  /** What each attempt comes to; an `Error` is thrown. */
  readonly outcomes: readonly (string | Error)[];
  readonly retryAfter?: string;
  readonly withinMs?: number;
  readonly signal?: AbortSignal;
}

/** Everything but `done` and `over` is worth another attempt. */
async function run(
  { outcomes, retryAfter, withinMs = 10_000, signal }: Run,
  runtime: Runtime = runtimeOf(),
) {
  let attempts = 0;
  const again = (text: string) => (text === 'done' || text === 'over' ? undefined : { retryAfter });
  const result = await withRetries({
    attempt: async () => {
      const outcome = outcomes[attempts] ?? 'nothing left';
      attempts += 1;
      if (outcome instanceof Error) throw outcome;
      return Promise.resolve(outcome);
    },
    ofResult: again,
    ofError: (error) => again(error instanceof Error ? error.message : ''),
    signal: signal ?? new AbortController().signal,
    withinMs,
    runtime,
  }).catch((error: unknown) => error);
  return { result, attempts, waits: runtime instanceof FakeRuntime ? runtime.waits : [] };
}

describe('a request', () => {
  it('is sent once where that does', async () => {
    expect(await run({ outcomes: ['done'] })).toEqual({ result: 'done', attempts: 1, waits: [] });
  });

  it('is sent again after a failure that passes, with growing waits', async () => {
    const outcomes = [new Error('reset'), 'busy', 'done'];
    expect(await run({ outcomes })).toEqual({ result: 'done', attempts: 3, waits: [100, 200] });
  });

  it('is sent no more than three times, and ends with the last answer or error', async () => {
    expect(await run({ outcomes: ['a', 'b', 'c', 'done'] })).toMatchObject({
      result: 'c',
      attempts: MAX_ATTEMPTS,
    });
    const last = new Error('c');
    expect(await run({ outcomes: ['a', 'b', last, 'done'] })).toMatchObject({ result: last });
  });

  it('is not sent again after what is final', async () => {
    const over = new Error('over');
    expect(await run({ outcomes: [over, 'done'] })).toMatchObject({ result: over, attempts: 1 });
    expect(await run({ outcomes: ['over', 'done'] })).toMatchObject({
      result: 'over',
      attempts: 1,
    });
  });

  it('waits as long as it is asked to, but not beyond its deadline', async () => {
    const outcomes = ['busy', 'done'];
    expect(await run({ outcomes, retryAfter: '3' })).toMatchObject({
      result: 'done',
      waits: [3100],
    });
    expect(await run({ outcomes, retryAfter: '60' })).toMatchObject({
      result: 'busy',
      attempts: 1,
      waits: [],
    });
    // Two waits that fit one by one and not together.
    expect(
      await run({ outcomes: ['a', 'b', 'done'], retryAfter: '3', withinMs: 5000 }),
    ).toMatchObject({ result: 'b', waits: [3100] });
  });

  it('is not waited for any longer once it is aborted', async () => {
    const controller = new AbortController();
    const runtime: Runtime = {
      ...systemRuntime,
      wait: (milliseconds, signal) => {
        const waiting = systemRuntime.wait(milliseconds, signal);
        controller.abort();
        return waiting;
      },
    };
    const { signal } = controller;
    const ended = run({ outcomes: ['busy'], retryAfter: '3600', withinMs: 1e9, signal }, runtime);
    expect(await ended).toMatchObject({ result: { name: 'AbortError' }, attempts: 1 });
    const again = run({ outcomes: ['busy'], signal }, runtime);
    expect(await again).toMatchObject({ result: 'busy', attempts: 1 });
  });
});
