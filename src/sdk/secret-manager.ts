/** Implements `defineSecretManager`. */
import { AppError } from '@shared/errors';
import { untilAborted } from '@core/network/until-aborted';
import { DECLARATION, type Declaration, type SecretManager } from './define';
import { toStrongroomError } from './to-error';
import { assertSecretName, assertVaultId } from './limits';
import { requestsWith } from './requests';
import type { ReadOptions, VaultOptions } from './types';
import { globalFetch } from './vault';
import type { Hold, OpenPlaces, Vaults } from './vaults';

/**
 * Opens nothing before the first call. Throws a `StrongroomError` (`NAME_NOT_ALLOWED`) if a vault or a secret
 * cannot be called that. A value may be `undefined` while the program runs: only `strongroom apply` needs it.
 */
export function createSecretManager<const Declared extends Declaration>(
  places: OpenPlaces,
  declaration: Declared,
  options: VaultOptions = {},
): SecretManager<Declared> {
  try {
    for (const [id, secrets] of Object.entries(declaration)) {
      assertVaultId(id);
      for (const name of Object.keys(secrets)) assertSecretName(name);
    }
  } catch (error) {
    throw toStrongroomError(error);
  }
  const opened = new LazyVaults(places, options);
  const requests = requestsWith({
    resolve: async (reference, signal) => (await opened.get(signal)).resolve(reference, signal),
    send: options.fetch ?? globalFetch,
  });
  const assertDeclared = (id: string, names: readonly string[]): void => {
    const secrets = Object.hasOwn(declaration, id) ? declaration[id] : undefined;
    if (secrets === undefined) throw notDeclared(`vault ${id}`, Object.keys(declaration));
    for (const name of names) {
      if (Object.hasOwn(secrets, name)) continue;
      throw notDeclared(`secret ${name} in the vault ${id}`, Object.keys(secrets));
    }
  };
  const getAll = async (
    id: string,
    names: readonly string[],
    { signal = new AbortController().signal, raw }: ReadOptions = {},
  ): Promise<(string | undefined)[]> => {
    try {
      assertDeclared(id, names);
      const contents = await (await opened.get(signal)).values(id, names, { signal, raw });
      return names.map((name) => contents.get(name)?.reveal());
    } catch (error) {
      throw toStrongroomError(error, { signal });
    }
  };
  const manager: SecretManager<Declared> = {
    ...requests,
    get: async (id, name, callOptions) => (await getAll(id, [name], callOptions))[0],
    getAll,
    close: () => opened.close(),
  };
  return Object.defineProperty(manager, DECLARATION, { value: declaration });
}

const notDeclared = (what: string, declared: readonly string[]): AppError =>
  new AppError('INVALID_INPUT', {
    message: `There is no ${what} in the declaration.`,
    likelyCause: 'The name is misspelt.',
    hint: `Declared: ${declared.join(', ')}.`,
  });

/** Vaults that are opened when they are first needed. */
export class LazyVaults {
  #hold: Promise<Hold> | undefined;

  constructor(
    private readonly places: OpenPlaces,
    private readonly options: VaultOptions,
  ) {}

  /** Throws what `OpenPlaces.hold` throws; the next call tries again. The signal ends the waiting alone. */
  async get(signal: AbortSignal): Promise<Vaults> {
    const hold = (this.#hold ??= this.places.hold(this.options, new AbortController().signal));
    try {
      return (await untilAborted(hold, signal)).vaults;
    } catch (error) {
      if (this.#hold === hold && !signal.aborted) this.#hold = undefined;
      throw error;
    }
  }

  async close(): Promise<void> {
    const hold = this.#hold;
    this.#hold = undefined;
    (await hold?.catch(() => undefined))?.release();
  }
}
