/** Credentials of providers, by scope, provider and field. A scope is `global` or a workspace's id. */
import type { ProviderId } from '@shared/providers/descriptor';
import type { CredentialAddress, SealedCredentials } from '@core/storage/credentials';
import type { Secret } from '@core/secrets/secret';
import type { KeyHolder } from './key-store';
import { SealedStore } from './sealed-store';

/** By field: the new value, or `null` to remove it. */
export type CredentialUpdates = Readonly<Record<string, Secret | null>>;

export class CredentialStore {
  readonly #store: SealedStore<CredentialAddress>;

  constructor(
    private readonly rows: SealedCredentials,
    private readonly keys: KeyHolder,
  ) {
    this.#store = new SealedStore(rows, keys, {
      scopeOf: ({ scope, provider, field }) =>
        JSON.stringify(['credential', scope, provider, field]),
      inSession: 'forget',
    });
  }

  /** `undefined` if none is stored. Throws as `KeyHolder.key` does, and `CREDENTIALS_UNREADABLE`. */
  get(scope: string, provider: ProviderId, field: string): Promise<Secret | undefined> {
    return this.#store.get({ scope, provider, field });
  }

  /** Changes several, all or none, see `SealedStore.update`. */
  update(
    scope: string,
    provider: ProviderId,
    updates: CredentialUpdates,
    alongside?: () => void,
  ): Promise<void> {
    return this.#store.update(
      Object.entries(updates).map(([field, value]) => ({
        address: { scope, provider, field },
        value,
      })),
      alongside,
    );
  }

  /** The fields that are stored, in alphabetical order. Decrypts nothing. */
  names(scope: string, provider: ProviderId): string[] {
    if (!this.keys.isSession()) return this.rows.fields(scope, provider);
    return this.#store
      .inMemory()
      .filter((each) => each.scope === scope && each.provider === provider)
      .map(({ field }) => field)
      .toSorted();
  }

  /** Removes all credentials of a scope, for instance of a deleted workspace. */
  removeScope(scope: string): void {
    this.#store.forget((each) => each.scope === scope);
    this.rows.removeScope(scope);
  }
}
