/** A provider with the same work around each of its calls. */
import type { Ownership, ReadOutcome } from '@core/providers/provider';
import type { ConnectedProvider } from './interruptible';

export interface AroundCalls {
  /**
   * Makes a call, and returns its result or throws in its place. `isAnswer` tells whether only the server
   * can have given this result: some results a provider gives without asking the server.
   */
  call<Result>(
    work: () => Promise<Result>,
    isAnswer?: (result: Result) => boolean,
  ): Promise<Result>;
  /** Passes on the outcomes of `readMany`, or throws in their place. */
  outcomes(outcomes: AsyncIterable<ReadOutcome>): AsyncIterable<ReadOutcome>;
}

/** The optional calls of a provider that keeps marks. */
const aroundOwnership = (
  provider: Pick<ConnectedProvider, 'owner' | 'setOwner'>,
  call: AroundCalls['call'],
): Pick<ConnectedProvider, 'owner' | 'setOwner'> => {
  const { owner, setOwner } = provider;
  if (owner === undefined || setOwner === undefined) return {};
  const tells = ({ state }: Ownership): boolean => state !== 'unknown';
  return {
    owner: (path, options) => call(() => owner.call(provider, path, options), tells),
    setOwner: (path, mark, options) =>
      call(() => setOwner.call(provider, path, mark, options), tells),
  };
};

const aroundNotes = (
  provider: Pick<ConnectedProvider, 'setNotes'>,
  call: AroundCalls['call'],
): Pick<ConnectedProvider, 'setNotes'> => {
  const { setNotes } = provider;
  if (setNotes === undefined) return {};
  return {
    setNotes: (path, notes, options) =>
      call(
        () => setNotes.call(provider, path, notes, options),
        // The length of a note is checked without a call.
        (refusals) => refusals.size === 0,
      ),
  };
};

/** The engine may be known without a call, so its kind says nothing of the connection. */
const aroundRemoved = (
  provider: Pick<ConnectedProvider, 'keepsRemoved'>,
  call: AroundCalls['call'],
): Pick<ConnectedProvider, 'keepsRemoved'> => {
  const { keepsRemoved } = provider;
  if (keepsRemoved === undefined) return {};
  return {
    keepsRemoved: (options) =>
      call(
        () => keepsRemoved.call(provider, options),
        () => false,
      ),
  };
};

/** `check` and `validate` stay as they are: `check` names its own faults, and `validate` makes no call. */
export const aroundEachCall = (
  provider: ConnectedProvider,
  { call, outcomes }: AroundCalls,
): ConnectedProvider => ({
  check: (options) => provider.check(options),
  list: (options) => call(() => provider.list(options)),
  read: (path, options) => call(() => provider.read(path, options)),
  readMany: (paths, options) => outcomes(provider.readMany(paths, options)),
  glance: (path, options) =>
    call(
      () => provider.glance(path, options),
      ({ state }) => state !== 'unknown',
    ),
  versions: (path, options) =>
    call(
      () => provider.versions(path, options),
      ({ isKept }) => isKept,
    ),
  readVersion: (path, revision, options) =>
    call(() => provider.readVersion(path, revision, options)),
  write: (path, document, expected, options) =>
    call(() => provider.write(path, document, expected, options)),
  validate: (path, document) => provider.validate(path, document),
  remove: (path, expected, options) => call(() => provider.remove(path, expected, options)),
  undelete: (path, options) => call(() => provider.undelete(path, options)),
  ...aroundRemoved(provider, call),
  ...aroundOwnership(provider, call),
  ...aroundNotes(provider, call),
});
