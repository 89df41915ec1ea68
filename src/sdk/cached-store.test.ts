/** The cache of one vault, with its own clock, and a store that answers when the test says so. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError, isAppError } from '@shared/errors';
import { Secret } from '@core/secrets/secret';
import { failureOf } from '@test/support/failure-of';
import { CachedStore } from './cached-store';
import type { Change, Changed, Contents, VaultStore } from './store';

const CACHE_FOR = 1000;

interface Pending {
  readonly signal: AbortSignal;
  /** Does the work and answers. */
  readonly finish: () => void;
  readonly fail: (error: unknown) => void;
}

/** A store of plain texts. Each call waits until it is finished. */
class ManualStore implements VaultStore {
  readonly values = new Map<string, string>();
  readonly reads: Pending[] = [];
  readonly writes: Pending[] = [];

  read(signal: AbortSignal): Promise<Contents> {
    return this.#pending(this.reads, signal, () => this.#contents());
  }

  change({ name, value }: Change, signal: AbortSignal): Promise<Changed> {
    return this.#pending(this.writes, signal, () => {
      const existed = this.values.has(name);
      if (value === undefined) this.values.delete(name);
      else this.values.set(name, value.reveal());
      return { contents: this.#contents(), existed };
    });
  }

  #contents(): Contents {
    return new Map([...this.values].map(([name, text]) => [name, new Secret(text)]));
  }

  #pending<T>(into: Pending[], signal: AbortSignal, work: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      into.push({
        signal,
        finish: () => {
          resolve(work());
        },
        fail: reject,
      });
    });
  }
}

interface Scene {
  readonly store: ManualStore;
  readonly cached: CachedStore;
  readonly clock: { now: number };
  get(name: string, signal?: AbortSignal): Promise<string | undefined>;
  set(name: string, text: string, signal?: AbortSignal): Promise<Changed>;
}

function scene(cacheFor = CACHE_FOR): Scene {
  const clock = { now: 0 };
  const store = new ManualStore();
  const cached = new CachedStore(store, { cacheFor, runtime: { monotonic: () => clock.now } });
  const never = new AbortController().signal;
  return {
    store,
    cached,
    clock,
    get: async (name, signal = never) => (await cached.contents(signal)).get(name)?.reveal(),
    set: (name, text, signal = never) => cached.change({ name, value: new Secret(text) }, signal),
  };
}

/** Until everything that can go on has gone on. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a cached vault', () => {
  it('reads once for any number of gets at the same time, of any names', async () => {
    const { store, get } = scene();
    store.values.set('A', '1');
    const gets = [get('A'), get('A'), get('B')];
    await settle();
    expect(store.reads).toHaveLength(1);
    store.reads[0]!.finish();
    expect(await Promise.all(gets)).toEqual(['1', '1', undefined]);
    expect(await get('A')).toBe('1');
    expect(store.reads).toHaveLength(1);
  });

  it('reads again when the time is over, and not before', async () => {
    const { store, get, clock } = scene();
    const first = get('A');
    await settle();
    store.reads[0]!.finish();
    expect(await first).toBeUndefined();
    store.values.set('A', 'elsewhere');
    clock.now = CACHE_FOR - 1;
    expect(await get('A')).toBeUndefined();
    clock.now = CACHE_FOR;
    const later = get('A');
    await settle();
    store.reads[1]!.finish();
    expect(await later).toBe('elsewhere');
  });

  it('keeps nothing for 0 ms, and still reads once at the same time', async () => {
    const { store, get } = scene(0);
    for (const round of [1, 2]) {
      const gets = [get('A'), get('A')];
      await settle();
      expect(store.reads).toHaveLength(round);
      store.reads[round - 1]!.finish();
      await Promise.all(gets);
    }
  });

  it('knows what it has written, and not what a read found before that', async () => {
    const { store, get, set } = scene();
    store.values.set('A', 'old');
    const before = get('A');
    await settle();
    const writing = set('A', 'new');
    await settle();
    store.writes[0]!.finish();
    await writing;
    expect(await get('A')).toBe('new');
    // The answer of the read is older than the write.
    store.values.set('A', 'old');
    store.reads[0]!.finish();
    expect(await before).toBe('old');
    expect(await get('A')).toBe('new');
  });

  it('reads again after a write that failed', async () => {
    const { store, get, set } = scene();
    const first = set('A', '1');
    await settle();
    store.writes[0]!.finish();
    await first;
    const second = failureOf(set('A', '2'));
    await settle();
    store.values.set('A', '2');
    store.writes[1]!.fail(new AppError('TIMED_OUT'));
    expect(isAppError(await second, 'TIMED_OUT')).toBe(true);
    const after = get('A');
    await settle();
    store.reads[0]!.finish();
    expect(await after).toBe('2');
  });

  it('keeps no failure', async () => {
    const { store, get } = scene();
    const failing = [failureOf(get('A')), failureOf(get('A'))];
    await settle();
    store.reads[0]!.fail(new AppError('SERVER_ERROR'));
    for (const failure of await Promise.all(failing)) {
      expect(isAppError(failure, 'SERVER_ERROR')).toBe(true);
    }
    const next = get('A');
    await settle();
    store.reads[1]!.finish();
    expect(await next).toBeUndefined();
  });

  it('ends a read only when nobody waits for it any more', async () => {
    const { store, get } = scene();
    const [one, two] = [new AbortController(), new AbortController()];
    const gets = [failureOf(get('A', one.signal)), failureOf(get('A', two.signal))];
    await settle();
    one.abort();
    expect(isAppError(await gets[0]!, 'CANCELLED')).toBe(true);
    expect(store.reads[0]!.signal.aborted).toBe(false);
    two.abort();
    expect(isAppError(await gets[1]!, 'CANCELLED')).toBe(true);
    expect(store.reads[0]!.signal.aborted).toBe(true);
    const next = get('A');
    await settle();
    store.reads[1]!.finish();
    expect(await next).toBeUndefined();
  });

  it('does not begin a write whose signal aborted while it waited', async () => {
    const { store, set } = scene();
    const first = set('A', '1');
    const end = new AbortController();
    const second = failureOf(set('A', '2', end.signal));
    await settle();
    end.abort();
    expect(isAppError(await second, 'CANCELLED')).toBe(true);
    store.writes[0]!.finish();
    await first;
    await settle();
    expect(store.writes).toHaveLength(1);
  });

  it('never returns a value older than the last write here, whatever the order', async () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant('get' as const) }),
      fc.record({ do: fc.constant('set' as const) }),
      fc.record({ do: fc.constant('finish read' as const), which: fc.nat(3) }),
      fc.record({ do: fc.constant('finish write' as const) }),
      fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 1500 }) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const { store, get, set, clock } = scene();
        let number = 0;
        let written = 0;
        const work: Promise<unknown>[] = [];
        /** What each get gave, and the newest number that had been written when it began. */
        const shown: { readonly number: number; readonly least: number }[] = [];
        const finished = new Set<Pending>();
        const finish = (pending: Pending | undefined): void => {
          if (pending === undefined) return;
          finished.add(pending);
          pending.finish();
        };
        const open = (all: readonly Pending[]): Pending[] =>
          all.filter((one) => !finished.has(one));
        for (const one of steps) {
          if (one.do === 'get') {
            const least = written;
            work.push(
              get('A').then((text) => {
                shown.push({ number: Number(text ?? 0), least });
              }),
            );
          } else if (one.do === 'set') {
            number += 1;
            const mine = number;
            work.push(
              set('A', String(mine)).then(() => {
                written = Math.max(written, mine);
              }),
            );
          } else if (one.do === 'finish read') {
            const reads = open(store.reads);
            finish(reads[one.which % Math.max(reads.length, 1)]);
          } else if (one.do === 'finish write') finish(open(store.writes)[0]);
          else clock.now += one.ms;
          await settle();
        }
        for (let left = [...open(store.reads), ...open(store.writes)]; left.length > 0;) {
          for (const pending of left) finish(pending);
          await settle();
          left = [...open(store.reads), ...open(store.writes)];
        }
        await Promise.all(work);
        expect(shown.filter((one) => one.number < one.least)).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });
});
