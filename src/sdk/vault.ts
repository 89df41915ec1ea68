/** One vault, as a program has it. */
import { Secret } from '@core/secrets/secret';
import { toStrongroomError } from './to-error';
import { assertSecretName, assertSecretValue, assertVaultId } from './limits';
import { requestsWith } from './requests';
import type { CallOptions, Description, ReadOptions, Requests, Vault, VaultOptions } from './types';
import type { Hold, OpenPlaces } from './vaults';

/** Where requests go, unless a program says otherwise. Looked up at each call: programs replace it. */
export const globalFetch: typeof globalThis.fetch = (...args) => globalThis.fetch(...args);

/**
 * Opens a vault, which need not exist yet. Makes no call to the provider. Throws a `StrongroomError`:
 * `NAME_NOT_ALLOWED`, `INVALID_CONFIGURATION`, `CREDENTIALS_MISSING`, `CANCELLED`.
 */
export async function openVault(
  places: OpenPlaces,
  id: string,
  { signal, ...options }: VaultOptions & CallOptions = {},
): Promise<Vault> {
  try {
    assertVaultId(id);
    const hold = await places.hold(options, signal ?? new AbortController().signal);
    return new OpenVault(id, hold, options.fetch ?? globalFetch);
  } catch (error) {
    throw toStrongroomError(error, { signal });
  }
}

class OpenVault implements Vault {
  readonly fetch: Requests['fetch'];
  readonly webhook: Requests['webhook'];

  readonly #hold: Hold;

  constructor(
    readonly id: string,
    hold: Hold,
    send: typeof globalThis.fetch,
  ) {
    this.#hold = hold;
    const { fetch, webhook } = requestsWith({ resolve: hold.vaults.resolve, send });
    this.fetch = fetch;
    this.webhook = webhook;
  }

  async get(name: string, options: ReadOptions = {}): Promise<string | undefined> {
    checked(() => {
      assertSecretName(name);
    });
    return (await this.#hold.vaults.value(this.id, name, options))?.reveal();
  }

  getAll(options?: ReadOptions): Promise<Record<string, string>>;
  getAll(names: readonly string[], options?: ReadOptions): Promise<(string | undefined)[]>;
  async getAll(
    first: readonly string[] | ReadOptions = {},
    second: ReadOptions = {},
  ): Promise<Record<string, string> | (string | undefined)[]> {
    if (!isNames(first)) {
      const contents = await this.#hold.vaults.values(this.id, undefined, first);
      return Object.fromEntries([...contents].map(([name, value]) => [name, value.reveal()]));
    }
    checked(() => {
      for (const name of first) assertSecretName(name);
    });
    const contents = await this.#hold.vaults.values(this.id, first, second);
    return first.map((name) => contents.get(name)?.reveal());
  }

  async list(options: CallOptions = {}): Promise<string[]> {
    return this.#hold.vaults.names(this.id, options);
  }

  async set(name: string, value: string, options: CallOptions = {}): Promise<void> {
    checked(() => {
      assertSecretName(name);
      assertSecretValue(value, name);
    });
    await this.#hold.vaults.change(this.id, { name, value: new Secret(value) }, options);
  }

  async delete(name: string, options: CallOptions = {}): Promise<boolean> {
    checked(() => {
      assertSecretName(name);
    });
    const change = { name, value: undefined };
    return (await this.#hold.vaults.change(this.id, change, options)).existed;
  }

  describe(): Description {
    return this.#hold.vaults.describe(this.id);
  }

  close(): void {
    this.#hold.release();
  }
}

const isNames = (first: readonly string[] | ReadOptions): first is readonly string[] =>
  Array.isArray(first);

function checked(check: () => void): void {
  try {
    check();
  } catch (error) {
    throw toStrongroomError(error);
  }
}
