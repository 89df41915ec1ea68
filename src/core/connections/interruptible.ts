/** A provider whose calls end when its connection ends. */
import type { CallOptions, SecretsProvider } from '@core/providers/provider';

export type ConnectedProvider = Omit<SecretsProvider, 'dispose' | 'reach' | 'expiry'>;

/** Once `ended` aborts, calls under way and later ones throw its reason, which is an `AppError`. */
export function interruptible(provider: ConnectedProvider, ended: AbortSignal): ConnectedProvider {
  const until = <Options extends CallOptions>(options: Options): Options => ({
    ...options,
    signal: AbortSignal.any([options.signal, ended]),
  });

  async function call<Result>(work: () => Promise<Result>): Promise<Result> {
    ended.throwIfAborted();
    try {
      return await work();
    } finally {
      // Neither an answer nor a failure of a connection that has ended may be used.
      ended.throwIfAborted();
    }
  }

  async function* stream<Event>(events: () => AsyncIterable<Event>): AsyncGenerator<Event, void> {
    ended.throwIfAborted();
    try {
      for await (const event of events()) {
        ended.throwIfAborted();
        yield event;
      }
    } finally {
      ended.throwIfAborted();
    }
  }

  const { keepsRemoved, owner, setOwner, setNotes } = provider;
  return {
    check: (options) => stream(() => provider.check(until(options))),
    list: (options) => call(() => provider.list(until(options))),
    read: (path, options) => call(() => provider.read(path, until(options))),
    readMany: (paths, options) => stream(() => provider.readMany(paths, until(options))),
    glance: (path, options) => call(() => provider.glance(path, until(options))),
    versions: (path, options) => call(() => provider.versions(path, until(options))),
    readVersion: (path, revision, options) =>
      call(() => provider.readVersion(path, revision, until(options))),
    write: (path, document, expected, options) =>
      call(() => provider.write(path, document, expected, until(options))),
    validate: (path, document) => provider.validate(path, document),
    remove: (path, expected, options) =>
      call(() => provider.remove(path, expected, until(options))),
    undelete: (path, options) => call(() => provider.undelete(path, until(options))),
    ...(keepsRemoved !== undefined && {
      keepsRemoved: (options) => call(() => keepsRemoved.call(provider, until(options))),
    }),
    ...(owner !== undefined && {
      owner: (path, options) => call(() => owner.call(provider, path, until(options))),
    }),
    ...(setOwner !== undefined && {
      setOwner: (path, mark, options) =>
        call(() => setOwner.call(provider, path, mark, until(options))),
    }),
    ...(setNotes !== undefined && {
      setNotes: (path, notes, options) =>
        call(() => setNotes.call(provider, path, notes, until(options))),
    }),
  };
}
