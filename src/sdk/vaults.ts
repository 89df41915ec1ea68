/** All vaults of one place, each with its values for a while. */
import { AppError } from '@shared/errors';
import type { Layout } from '@shared/model/layout';
import { mayRefer } from '@shared/model/may-refer';
import { untilAborted } from '@core/network/until-aborted';
import type { Runtime } from '@core/runtime';
import type { Secret } from '@core/secrets/secret';
import { CachedStore } from './cached-store';
import { decide, type Decision } from './decide';
import { toStrongroomError } from './to-error';
import type { ResolveReference } from './headers';
import { assertVaultId } from './limits';
import type { Change, Changed, Contents, Place, PreparedPlace } from './store';
import type { CallOptions, Description, ReadOptions, VaultOptions } from './types';

/** Milliseconds. */
const CACHE_FOR = 30_000;

export interface Surroundings {
  readonly runtime: Runtime;
  /** The working directory. */
  directory(): string;
  /** Shows a warning to the developer. */
  warn(message: string): void;
}

export class Vaults {
  readonly resolve: ResolveReference = async ({ vault, key }, signal) =>
    (await this.values(vault, [key], { signal })).get(key)?.reveal();
  /** What was found behind references, for as long as the values that hold them are kept. */
  readonly #followed = new WeakMap<Contents, Map<string, Promise<Contents>>>();
  readonly #stores = new Map<string, CachedStore>();
  #closed = false;

  constructor(
    private readonly place: Place,
    private readonly cacheFor: number,
    private readonly runtime: Runtime,
  ) {}

  /** The values of these secrets, or of all of them; those that do not exist are left out. */
  async values(
    id: string,
    names: readonly string[] | undefined,
    { raw = false, ...options }: ReadOptions,
  ): Promise<Contents> {
    return this.#call(id, options, async (store, signal) => {
      const contents = await store.contents(signal);
      const stored = names === undefined ? [...contents] : entriesOf(contents, names);
      const referring = stored.filter(([, value]) => !raw && mayRefer(value.reveal()));
      if (referring.length === 0) return new Map(stored);
      const followed = this.#follow(
        id,
        contents,
        referring.map(([name]) => name),
      );
      return new Map([...stored, ...(await untilAborted(followed, signal))]);
    });
  }

  /** The value of one secret. One that is kept is found without a call, which would take most of the time. */
  async value(
    id: string,
    name: string,
    { raw = false, ...options }: ReadOptions,
  ): Promise<Secret | undefined> {
    const kept = options.signal?.aborted === true ? undefined : this.#stores.get(id)?.kept();
    const value = kept?.get(name);
    if (kept !== undefined && (raw || value === undefined || !mayRefer(value.reveal()))) return value;
    return (await this.values(id, [name], { raw, ...options })).get(name);
  }

  async names(id: string, options: CallOptions): Promise<string[]> {
    const contents = await this.#call(id, options, (store, signal) => store.contents(signal));
    return [...contents.keys()];
  }

  change(id: string, change: Change, options: CallOptions): Promise<Changed> {
    return this.#call(id, options, (store, signal) => store.change(change, signal));
  }

  describe(id: string): Description {
    return this.place.describe(id);
  }

  close(): void {
    this.#closed = true;
    for (const store of this.#stores.values()) store.close();
    this.#stores.clear();
    this.place.close();
  }

  /** Callers that want the same names share one search, which does not end with one of them. */
  #follow(id: string, contents: Contents, names: readonly string[]): Promise<Contents> {
    const searches = this.#followed.get(contents) ?? new Map<string, Promise<Contents>>();
    this.#followed.set(contents, searches);
    const wanted = JSON.stringify(names);
    const started = searches.get(wanted);
    if (started !== undefined) return started;
    const search = this.#store(id)
      .follow(names)
      .then(async (found) => {
        if (found !== undefined) return found;
        // What follows references is loaded by those who have some.
        const { followIn } = await import('./follow');
        return followIn(id, names, (other) =>
          other === id
            ? Promise.resolve(contents)
            : this.#store(other).contents(new AbortController().signal),
        );
      });
    searches.set(wanted, search);
    // The next call tries again.
    search.catch(() => searches.delete(wanted));
    return search;
  }

  async #call<T>(
    id: string,
    { signal = new AbortController().signal }: CallOptions,
    work: (store: CachedStore, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    try {
      return await work(this.#store(id), signal);
    } catch (error) {
      throw toStrongroomError(error, { signal, source: this.place.source });
    }
  }

  #store(id: string): CachedStore {
    assertVaultId(id);
    if (this.#closed) {
      throw new AppError('INTERRUPTED', {
        message: `The vault ${id} was closed.`,
        likelyCause: 'The program called close() before its last call.',
        hint: 'Close a vault when nothing uses it any more, or open it again.',
      });
    }
    const { cacheFor, runtime } = this;
    const store =
      this.#stores.get(id) ?? new CachedStore(this.place.store(id), { cacheFor, runtime });
    this.#stores.set(id, store);
    return store;
  }
}

function entriesOf(contents: Contents, names: readonly string[]): [string, Secret][] {
  return names.flatMap((name): [string, Secret][] => {
    const value = contents.get(name);
    return value === undefined ? [] : [[name, value]];
  });
}

/** One user's hold on what others may use too. */
export interface Hold {
  readonly vaults: Vaults;
  /** The last release closes the connections. A second release does nothing. */
  release(): void;
}

interface Shared {
  readonly vaults: Vaults;
  holds: number;
}

/** The places that are open in this process: a program may open the same vault for each request it serves. */
export class OpenPlaces {
  readonly #open = new Map<string, Shared>();
  readonly #environments = new WeakMap<object, number>();
  #environmentCount = 0;
  #hasWarned = false;

  constructor(readonly surroundings: Surroundings) {}

  /** Throws `AppError`: `INVALID_CONFIGURATION`, `CREDENTIALS_MISSING`, `CANCELLED` … Makes no call to a provider. */
  async hold(options: VaultOptions, signal: AbortSignal): Promise<Hold> {
    const { cacheFor = CACHE_FOR, layout } = checked(options);
    const runtime = this.#runtimeOf(options);
    const decision = await decide({
      options,
      runtime,
      signal,
      strongroomListens: () => this.#strongroomListens(options, runtime),
    });
    const prepared = await this.#prepare(decision, layout, runtime);
    const key = [prepared.key, cacheFor, this.#numberOf(options.env)].join(' ');
    const shared = this.#open.get(key) ?? {
      vaults: new Vaults(prepared.open(), cacheFor, runtime),
      holds: 0,
    };
    this.#open.set(key, shared);
    shared.holds += 1;
    if (decision.provider === 'plain-files' && decision.isFallback) this.#warnOfPlainFiles(shared);
    let isHeld = true;
    return {
      vaults: shared.vaults,
      release: () => {
        if (!isHeld) return;
        isHeld = false;
        shared.holds -= 1;
        if (shared.holds > 0) return;
        this.#open.delete(key);
        shared.vaults.close();
      },
    };
  }

  /** Loads only the modules that this place needs. */
  async #prepare(
    { provider, ...decision }: Decision,
    layout: Layout | undefined,
    runtime: Runtime,
  ): Promise<PreparedPlace> {
    const directory = this.surroundings.directory();
    if (provider === 'strongroom') {
      const { prepareStrongroomPlace } = await import('./strongroom-place');
      return prepareStrongroomPlace({ ...decision, runtime, directory });
    }
    const { prepareProviderPlace } = await import('./provider-place');
    return prepareProviderPlace({
      decision: { ...decision, provider },
      layout,
      runtime,
      directory,
    });
  }

  async #strongroomListens({ settings }: VaultOptions, runtime: Runtime): Promise<boolean> {
    const { strongroomListens } = await import('./strongroom-place');
    const directory = this.surroundings.directory();
    return strongroomListens({ given: { ...settings }, runtime, directory });
  }

  #runtimeOf({ env }: VaultOptions): Runtime {
    const { runtime } = this.surroundings;
    return env === undefined ? runtime : { ...methodsOf(runtime), env };
  }

  /** Tells environments apart: the settings do not contain what a provider reads from its environment later. */
  #numberOf(env: object | undefined): number {
    if (env === undefined) return 0;
    const number = this.#environments.get(env) ?? (this.#environmentCount += 1);
    this.#environments.set(env, number);
    return number;
  }

  #warnOfPlainFiles({ vaults }: Shared): void {
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    const { place } = vaults.describe('…');
    this.surroundings.warn(
      `Strongroom keeps secrets in plain files, for development only: ${place}. Set STRONGROOM_PROVIDER to choose a store.`,
    );
  }
}

/** A spread would leave out the methods of a class. */
const methodsOf = (runtime: Runtime): Omit<Runtime, 'env'> => ({
  now: () => runtime.now(),
  monotonic: () => runtime.monotonic(),
  random: () => runtime.random(),
  after: (milliseconds, work) => runtime.after(milliseconds, work),
  loginPath: () => runtime.loginPath(),
  wait: (milliseconds, signal) => runtime.wait(milliseconds, signal),
});

/** Throws `INVALID_CONFIGURATION`. */
function checked(options: VaultOptions): VaultOptions {
  const { cacheFor, layout, settings, provider } = options;
  const refuse = (field: string, message: string, hint: string): never => {
    throw new AppError('INVALID_CONFIGURATION', { message, hint, details: { field } });
  };
  if (cacheFor !== undefined && !(typeof cacheFor === 'number' && cacheFor >= 0)) {
    refuse(
      'cacheFor',
      'The option cacheFor is no number of milliseconds.',
      'Pass 0 or more, or leave it out.',
    );
  }
  if (layout !== undefined && layout !== 'object' && layout !== 'entries') {
    refuse('layout', 'The option layout is neither “object” nor “entries”.', 'Leave it out.');
  }
  if (settings !== undefined && provider === undefined) {
    refuse(
      'provider',
      'There are settings, and no provider that they are for.',
      'Pass the option provider too.',
    );
  }
  return options;
}
