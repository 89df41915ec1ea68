/**
 * Credentials of providers, by scope, provider and field, each stored for one destination. A scope is `global` or
 * a workspace's id.
 */
import type { ProviderId } from '@shared/providers/descriptor';
import type {
  CredentialAddress,
  CredentialName,
  SealedCredentials,
} from '@core/storage/credentials';
import type { Secret } from '@core/secrets/secret';
import type { KeyHolder } from './key-store';
import { SealedStore } from './sealed-store';

/** By field: the new value, or `null` to remove it. */
export type CredentialUpdates = Readonly<Record<string, Secret | null>>;

/** Whose credentials they are, and where they go: see `destinationOf`. */
export interface CredentialPlace {
  readonly scope: string;
  readonly provider: ProviderId;
  readonly destination: string;
}

export class CredentialStore {
  readonly #store: SealedStore<CredentialAddress>;

  constructor(
    private readonly rows: SealedCredentials,
    private readonly keys: KeyHolder,
  ) {
    this.#store = new SealedStore(rows, keys, {
      scopeOf: ({ scope, provider, field, destination }) =>
        JSON.stringify(['credential', scope, provider, field, destination]),
      olderScopeOf: ({ scope, provider, field }) =>
        JSON.stringify(['credential', scope, provider, field]),
      inSession: 'forget',
    });
  }

  /**
   * `undefined` if none is stored for this destination. Throws as `KeyHolder.key` does, and
   * `CREDENTIALS_UNREADABLE`.
   */
  get(place: CredentialPlace, field: string): Promise<Secret | undefined> {
    return this.#store.get({ ...place, field });
  }

  /** Changes several, all or none, see `SealedStore.update`. A field has one credential at most. */
  async update(
    place: CredentialPlace,
    updates: CredentialUpdates,
    alongside?: () => void,
  ): Promise<void> {
    await this.#store.update(
      Object.entries(updates).map(([field, value]) => ({ address: { ...place, field }, value })),
      alongside,
    );
    this.#store.forget(
      ({ scope, provider, field, destination }) =>
        scope === place.scope &&
        provider === place.provider &&
        updates[field] !== undefined &&
        destination !== place.destination,
    );
  }

  /** Replaces a credential, unless it was changed or removed since it was read: see `SealedStore.replace`. */
  replace(
    place: CredentialPlace,
    field: string,
    change: { readonly from: Secret; readonly to: Secret },
  ): Promise<void> {
    return this.#store.replace({ ...place, field }, change);
  }

  /** The fields that are stored for this destination, in alphabetical order. Decrypts nothing. */
  names({ destination, ...place }: CredentialPlace): string[] {
    return this.#all(place)
      .filter((each) => each.destination === destination)
      .map(({ field }) => field);
  }

  /** By field: the destination of what is stored for another one. */
  elsewhere({ destination, ...place }: CredentialPlace): Map<string, string> {
    return new Map(
      this.#all(place)
        .filter((each) => each.destination !== destination)
        .map((each) => [each.field, each.destination]),
    );
  }

  /** For the credentials that an older version stored: what they may be sent to. */
  bindOlder(destinationOf: (scope: string, provider: string) => string): void {
    this.rows.fillDestinations(destinationOf);
  }

  /** Removes all credentials of a scope, for instance of a deleted workspace. */
  removeScope(scope: string): void {
    this.#store.forget((each) => each.scope === scope);
    this.rows.removeScope(scope);
  }

  #all({ scope, provider }: Omit<CredentialPlace, 'destination'>): CredentialName[] {
    if (!this.keys.isSession()) return this.rows.names(scope, provider);
    return this.#store
      .inMemory()
      .filter((each) => each.scope === scope && each.provider === provider)
      .toSorted((a, b) => (a.field < b.field ? -1 : 1));
  }
}
