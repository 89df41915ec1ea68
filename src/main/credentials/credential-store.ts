/** Credentials of providers: sealed in the database, or in memory only where that was chosen. */
import { isAppError } from '@shared/errors';
import type { ProviderId } from '@shared/providers/descriptor';
import type { CredentialAddress, SealedCredentials } from '../database/credentials';
import { Secret } from '../secrets/secret';
import { open, seal } from './envelope';
import type { KeyHolder, PreparedChange, ProtectionChange, SealedData } from './key-store';
import type { MasterKey } from './master-key';

/** By field: the new value, or `null` to remove it. */
export type CredentialUpdates = Readonly<Record<string, Secret | null>>;

/** Unambiguous, whatever the parts hold. Part of the file format. */
const scopeOf = ({ scope, provider, field }: CredentialAddress): string =>
  JSON.stringify(['credential', scope, provider, field]);

/** A scope is `global` or a workspace's id. */
export class CredentialStore implements SealedData {
  /** Where credentials live in a session, by `scopeOf`. */
  readonly #inMemory = new Map<string, CredentialAddress & { readonly value: Secret }>();

  constructor(
    private readonly rows: SealedCredentials,
    private readonly keys: KeyHolder,
  ) {
    keys.attach(this);
    // What a crash left behind while the choice of “only for this session” was being carried out.
    if (keys.isSession()) rows.removeAll();
  }

  /** `undefined` where none is stored. Throws what `KeyHolder.key` does, and `CREDENTIALS_UNREADABLE`. */
  async get(scope: string, provider: ProviderId, field: string): Promise<Secret | undefined> {
    const address = { scope, provider, field };
    if (this.keys.isSession()) return this.#inMemory.get(scopeOf(address))?.value;
    if (this.rows.find(address) === undefined) return undefined;
    const key = await this.keys.key();
    if (this.keys.isSession()) return this.#inMemory.get(scopeOf(address))?.value;
    const sealed = this.rows.find(address);
    if (sealed === undefined) return undefined;
    return new Secret(open(key, scopeOf(address), sealed).toString('utf8'));
  }

  set(scope: string, provider: ProviderId, field: string, value: Secret): Promise<void> {
    return this.update(scope, provider, { [field]: value });
  }

  remove(scope: string, provider: ProviderId, field: string): void {
    const address = { scope, provider, field };
    this.#inMemory.delete(scopeOf(address));
    this.rows.remove(address);
  }

  /**
   * Changes several at once, all or none. `alongside` runs in the same transaction, for what belongs to
   * them. Throws what `KeyHolder.key` does, and needs no key where nothing is set.
   */
  async update(
    scope: string,
    provider: ProviderId,
    updates: CredentialUpdates,
    alongside: () => void = () => undefined,
  ): Promise<void> {
    const changes = Object.entries(updates).map(([field, value]) => ({
      address: { scope, provider, field },
      value,
    }));
    const needsKey = changes.some(({ value }) => value !== null);
    const key = needsKey ? await this.keys.key() : undefined;
    // From here on in one turn: the way of keeping them cannot change in between.
    const toDisk = key !== undefined && !this.keys.isSession();
    this.rows.transaction(() => {
      for (const { address, value } of changes) {
        if (value === null) this.rows.remove(address);
        else if (toDisk) {
          this.rows.put({ ...address, sealed: seal(key, scopeOf(address), value.reveal()) });
        }
      }
      alongside();
    });
    for (const { address, value } of changes) {
      if (value === null) this.#inMemory.delete(scopeOf(address));
      else if (!toDisk) this.#inMemory.set(scopeOf(address), { ...address, value });
    }
  }

  /** Which ones are stored, in alphabetical order. Decrypts nothing. */
  names(scope: string, provider: ProviderId): string[] {
    if (!this.keys.isSession()) return this.rows.fields(scope, provider);
    return [...this.#inMemory.values()]
      .filter((each) => each.scope === scope && each.provider === provider)
      .map(({ field }) => field)
      .toSorted();
  }

  /** Forgets all of a scope, as when a workspace goes. */
  removeScope(scope: string): void {
    for (const [key, each] of this.#inMemory) {
      if (each.scope === scope) this.#inMemory.delete(key);
    }
    this.rows.removeScope(scope);
  }

  prepare({ to, key }: ProtectionChange): PreparedChange {
    return to === 'session'
      ? {
          apply: () => {
            if (key !== undefined) this.#readAll(key);
          },
          finish: (done) => {
            if (done) this.rows.removeAll();
            else this.#inMemory.clear();
          },
        }
      : {
          apply: () => {
            if (key !== undefined) this.#writeAll(key);
          },
          finish: (done) => {
            if (done) this.#inMemory.clear();
            else this.rows.removeAll();
          },
        };
  }

  #readAll(key: MasterKey): void {
    for (const { sealed, ...address } of this.rows.all()) {
      try {
        const value = new Secret(open(key, scopeOf(address), sealed).toString('utf8'));
        this.#inMemory.set(scopeOf(address), { ...address, value });
      } catch (error) {
        // One that nobody can read any more has nothing to carry over.
        if (!isAppError(error, 'CREDENTIALS_UNREADABLE')) throw error;
      }
    }
  }

  #writeAll(key: MasterKey): void {
    this.rows.transaction(() => {
      for (const { value, ...address } of this.#inMemory.values()) {
        this.rows.put({ ...address, sealed: seal(key, scopeOf(address), value.reveal()) });
      }
    });
  }
}
