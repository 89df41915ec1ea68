import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AppError } from '@shared/errors';
import { defaultPreferences } from '@shared/model/preferences';
import { deferred } from '@test/support/deferred';
import { failureOf } from '@test/support/failure-of';
import { CoreKeeper, type CoreProcess } from './keeper';
import type { FromCore, ToCore } from './messages';

/** A process of a core, as the test lets it act. */
class CoreDouble implements CoreProcess<string, string, string> {
  readonly sent: (ToCore<string, string> & { readonly window?: string })[] = [];
  readonly #listeners: ((message: FromCore<string>) => void)[] = [];
  readonly #exits: ((code: number | null) => void)[] = [];
  killed = false;

  send(message: ToCore<string, string>, window?: string): void {
    this.sent.push(window === undefined ? message : { ...message, window });
  }

  onMessage(listener: (message: FromCore<string>) => void): void {
    this.#listeners.push(listener);
  }

  onExit(listener: (code: number | null) => void): void {
    this.#exits.push(listener);
  }

  kill(): void {
    this.killed = true;
    this.exit(null);
  }

  say(message: FromCore<string>): void {
    for (const listener of this.#listeners) listener(message);
  }

  ready(): void {
    this.say({ kind: 'ready', preferences: defaultPreferences });
  }

  exit(code: number | null): void {
    for (const listener of this.#exits.splice(0)) listener(code);
  }

  get kinds(): readonly string[] {
    return this.sent.map(({ kind }) => kind);
  }
}

function keep() {
  const cores: CoreDouble[] = [];
  const dropped: string[] = [];
  const gone: unknown[] = [];
  const lines: string[] = [];
  const onLocked = vi.fn<() => void>();
  const keeper = new CoreKeeper<string, string, string>({
    start: () => {
      const core = new CoreDouble();
      cores.push(core);
      return core;
    },
    settings: () => `settings ${String(cores.length)}`,
    services: {
      double: async (number: number) => number * 2,
      waits: (_argument: never, signal: AbortSignal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            reject(new Error('given up'));
          });
        }),
    },
    onLocked,
    onGone: (error) => gone.push(error),
    drop: (window) => dropped.push(window),
    report: (line) => lines.push(line),
  });
  return { keeper, cores, dropped, gone, lines, onLocked };
}

/** A keeper whose first core is ready. */
async function opened() {
  const kept = keep();
  const opening = kept.keeper.open(async () => undefined);
  await vi.waitFor(() => {
    expect(kept.cores[0]?.kinds).toEqual(['open']);
  });
  kept.cores[0]?.ready();
  await opening;
  return { ...kept, first: kept.cores[0]! };
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('the first core', () => {
  it('opens once the data directory is locked, and takes the windows that waited', async () => {
    const { keeper, cores } = keep();
    const locked = deferred();
    const opening = keeper.open(() => locked.promise);
    keeper.hand('early');
    expect(cores[0]?.sent).toEqual([]);
    locked.resolve();
    await vi.waitFor(() => {
      expect(cores[0]?.sent).toEqual([{ kind: 'open', startsShut: false, settings: 'settings 1' }]);
    });
    cores[0]?.ready();
    await opening;
    expect(cores[0]?.sent.at(-1)).toEqual({ kind: 'window', window: 'early' });
  });

  it('does not outlive a data directory that somebody else has', async () => {
    const { keeper, cores } = keep();
    const error = new AppError('DATA_DIRECTORY_IN_USE');
    await expect(keeper.open(() => Promise.reject(error))).rejects.toBe(error);
    expect(cores[0]?.killed).toBe(true);
  });

  it('says in the words of its error why it does not open', async () => {
    const { keeper, cores } = keep();
    const opening = keeper.open(async () => undefined);
    const refused = failureOf(opening);
    await vi.waitFor(() => {
      expect(cores[0]?.kinds).toEqual(['open']);
    });
    cores[0]?.say({
      kind: 'refused',
      report: new AppError('DATA_TOO_NEW', { message: 'New.' }).report(),
    });
    expect(await refused).toMatchObject({ code: 'DATA_TOO_NEW', message: 'New.' });
    expect(cores[0]?.killed).toBe(true);
  });
});

describe('Lock', () => {
  it('replaces the core: the next one opens shut, when the last one has ended', async () => {
    const { keeper, cores, first, onLocked } = await opened();
    first.say({ kind: 'shut', isShut: true });
    expect(onLocked).toHaveBeenCalledTimes(1);
    expect(first.sent.at(-1)).toEqual({ kind: 'close', isLocked: true });
    // Started already, so that nobody waits for it to load.
    expect(cores).toHaveLength(2);
    expect(cores[1]?.sent).toEqual([]);
    keeper.hand('the page that loads again');
    first.exit(0);
    await vi.waitFor(() => {
      expect(cores[1]?.sent).toEqual([{ kind: 'open', startsShut: true, settings: 'settings 2' }]);
    });
    cores[1]?.ready();
    expect(cores[1]?.sent.at(-1)).toEqual({
      kind: 'window',
      window: 'the page that loads again',
    });
  });

  it('kills a core that does not close', async () => {
    const { cores, first } = await opened();
    first.say({ kind: 'shut', isShut: true });
    vi.advanceTimersByTime(4999);
    expect(first.killed).toBe(false);
    vi.advanceTimersByTime(1);
    expect(first.killed).toBe(true);
    await vi.waitFor(() => {
      expect(cores[1]?.kinds).toEqual(['open']);
    });
  });

  it('says why there is no core if the next one does not open', async () => {
    const { keeper, cores, first, gone, dropped } = await opened();
    first.say({ kind: 'shut', isShut: true });
    keeper.hand('a page');
    first.exit(0);
    await vi.waitFor(() => {
      expect(cores[1]?.kinds).toEqual(['open']);
    });
    cores[1]?.say({ kind: 'refused', report: new AppError('STORAGE_FAILED').report() });
    await vi.waitFor(() => {
      expect(gone).toMatchObject([{ code: 'STORAGE_FAILED' }]);
    });
    expect(dropped).toEqual(['a page']);
  });

  it('ends with the app if the app quits meanwhile', async () => {
    const { keeper, cores, first } = await opened();
    first.say({ kind: 'shut', isShut: true });
    const closed = keeper.close();
    first.exit(0);
    await closed;
    expect(cores[1]?.killed).toBe(true);
    expect(cores).toHaveLength(2);
  });
});

describe('a core that ends by itself', () => {
  it('is started again once, as shut as it was', async () => {
    const { cores, first, gone, lines } = await opened();
    first.say({ kind: 'shut', isShut: false });
    first.exit(139);
    expect(lines).toEqual(['The core process ended by itself (139).']);
    expect(cores[1]?.sent).toMatchObject([{ kind: 'open', startsShut: false }]);
    cores[1]?.ready();
    expect(gone).toEqual([]);
    cores[1]?.exit(139);
    expect(cores).toHaveLength(2);
    expect(gone).toHaveLength(1);
  });

  it('comes back shut after Lock', async () => {
    const { cores, first } = await opened();
    first.say({ kind: 'shut', isShut: true });
    first.exit(0);
    await vi.waitFor(() => {
      expect(cores[1]?.kinds).toEqual(['open']);
    });
    cores[1]?.ready();
    cores[1]?.exit(139);
    expect(cores[2]?.sent).toMatchObject([{ kind: 'open', startsShut: true }]);
  });
});

describe('what the core asks of the host', () => {
  it('is answered, or fails without a reason', async () => {
    const { first } = await opened();
    first.say({ kind: 'ask', id: 1, service: 'double', argument: 21 });
    first.say({ kind: 'ask', id: 2, service: 'no such service', argument: undefined });
    await vi.waitFor(() => {
      expect(first.sent.slice(1)).toEqual([
        { kind: 'answer', id: 2, failed: true },
        { kind: 'answer', id: 1, failed: false, result: 42 },
      ]);
    });
  });

  it('can be given up', async () => {
    const { first } = await opened();
    first.say({ kind: 'ask', id: 7, service: 'waits', argument: undefined });
    first.say({ kind: 'give-up', id: 7 });
    await vi.waitFor(() => {
      expect(first.sent.at(-1)).toEqual({ kind: 'answer', id: 7, failed: true });
    });
  });
});

it('reports a core that did not close well', async () => {
  const { keeper, first } = await opened();
  const closed = failureOf(keeper.close());
  await vi.waitFor(() => {
    expect(first.sent.at(-1)).toEqual({ kind: 'close', isLocked: false });
  });
  first.exit(1);
  expect(String(await closed)).toContain('did not close cleanly');
});
