/** Values by address: sealed in a table of the database, or only in memory if that was chosen. */
import { isAppError, type AppError } from '@shared/errors';
import { Secret } from '@core/secrets/secret';
import type { SealedRow, SealedTable } from '@core/storage/sealed-table';
import { open, seal } from './envelope';
import type {
  KeyHolder,
  KeyReplacement,
  PreparedChange,
  PreparedReplacement,
  ProtectionChange,
  SealedData,
} from './key-store';
import type { MasterKey } from './master-key';

export interface SealedUpdate<Address> {
  readonly address: Address;
  /** `null` removes it. */
  readonly value: Secret | null;
}

/** How values are sealed and opened. */
export interface Envelope {
  seal(key: MasterKey, scope: string, plaintext: string): Buffer;
  open(key: MasterKey, scope: string, sealed: Uint8Array): Buffer;
}

export interface SealedStoreOptions<Address> {
  /** Default: AES-256-CBC with HMAC-SHA-256, see `envelope.ts`. */
  readonly envelope?: Envelope;
  /** Unambiguous, and part of the file format: a value opens under its own scope only. */
  readonly scopeOf: (address: Address) => string;
  /** The scope that older versions sealed with. Such a value is sealed again when it is read. */
  readonly olderScopeOf?: (address: Address) => string;
  /**
   * What happens to stored values when “only for this session” is chosen. Credentials can be entered
   * again, so they are forgotten at the end. Any other value may be the only copy, so the choice is refused.
   */
  readonly inSession: 'forget' | { readonly refuse: () => AppError };
}

interface Opened {
  readonly sealed: Uint8Array;
  readonly value: Secret;
}

export class SealedStore<Address extends object> implements SealedData {
  readonly #envelope: Envelope;
  /** The values of a session, by scope. */
  readonly #inMemory = new Map<string, { readonly address: Address; readonly value: Secret }>();

  /** What was opened, by scope. It goes with the key, when that is forgotten. */
  readonly #opened = new WeakMap<MasterKey, Map<string, Opened>>();

  constructor(
    private readonly table: SealedTable<Address>,
    private readonly keys: KeyHolder,
    private readonly options: SealedStoreOptions<Address>,
  ) {
    this.#envelope = options.envelope ?? { seal, open };
    keys.attach(this);
    if (!keys.isSession()) return;
    // A crash may have left rows while “only for this session” was being applied, or somebody changed the key file.
    if (!this.holdsAny()) return;
    const isRemoved = options.inSession === 'forget';
    if (isRemoved) table.removeAll();
    keys.foundSealed(isRemoved);
  }

  /** `undefined` if none is stored. Throws as `KeyHolder.key` does, and `CREDENTIALS_UNREADABLE`. */
  async get(address: Address): Promise<Secret | undefined> {
    if (this.keys.isSession()) return this.#inMemory.get(this.options.scopeOf(address))?.value;
    const held = this.keys.held();
    if (held !== undefined) return this.#read(held, address);
    if (this.table.find(address) === undefined) return undefined;
    const key = await this.keys.key();
    if (this.keys.isSession()) return this.#inMemory.get(this.options.scopeOf(address))?.value;
    return this.#read(key, address);
  }

  /** Whether `get`, called in the same turn, asks nobody for the key. */
  isAtHand(address: Address): boolean {
    return (
      this.keys.isSession() ||
      this.keys.held() !== undefined ||
      this.table.find(address) === undefined
    );
  }

  #read(key: MasterKey, address: Address): Secret | undefined {
    const sealed = this.table.find(address);
    if (sealed === undefined) return undefined;
    const scope = this.options.scopeOf(address);
    const known = this.#opened.get(key)?.get(scope);
    if (known !== undefined && Buffer.compare(known.sealed, sealed) === 0) return known.value;
    const value = this.#open(key, address, sealed);
    const opened = this.#opened.get(key) ?? new Map<string, Opened>();
    this.#opened.set(key, opened.set(scope, { sealed, value }));
    return value;
  }

  /**
   * Changes several values, all or none. `alongside` runs in the same transaction, for other rows that
   * belong to them; it gets the key, if one is needed. Throws as `KeyHolder.key` does; needs no key if every value is
   * `null`.
   */
  async update(
    updates: readonly SealedUpdate<Address>[],
    alongside: (key: MasterKey | undefined) => void = () => undefined,
  ): Promise<void> {
    const needsKey = updates.some(({ value }) => value !== null);
    const key = needsKey ? await this.keys.key() : undefined;
    // No `await` from here on, so that the protection mode cannot change in between.
    const toDisk = key !== undefined && !this.keys.isSession();
    this.table.transaction(() => {
      for (const { address, value } of updates) {
        if (value === null) this.table.remove(address);
        else if (toDisk) this.#write(key, address, value);
      }
      alongside(key);
    });
    for (const { address, value } of updates) {
      if (value === null) this.#inMemory.delete(this.options.scopeOf(address));
      else if (!toDisk) this.#inMemory.set(this.options.scopeOf(address), { address, value });
    }
  }

  /**
   * Replaces a value if it is still `from`, and otherwise changes nothing. Throws as `KeyHolder.key` does, and
   * `CREDENTIALS_UNREADABLE`.
   */
  async replace(
    address: Address,
    { from, to }: { readonly from: Secret; readonly to: Secret },
  ): Promise<void> {
    const key = await this.keys.key();
    // No `await` from here on: nobody can store another value between the comparison and the write.
    if (this.keys.isSession()) {
      const scope = this.options.scopeOf(address);
      if (this.#inMemory.get(scope)?.value.equals(from) === true) {
        this.#inMemory.set(scope, { address, value: to });
      }
      return;
    }
    this.table.transaction(() => {
      if (this.#read(key, address)?.equals(from) === true) this.#write(key, address, to);
    });
  }

  /**
   * As `update`, without waiting for the key. Returns `false`, and changes nothing, if the key is not at hand, or if
   * nothing may be written.
   */
  putNow(updates: readonly { readonly address: Address; readonly value: Secret }[]): boolean {
    const key = this.keys.held();
    if (key === undefined || this.keys.isSession()) return false;
    this.table.transaction(() => {
      for (const { address, value } of updates) this.#write(key, address, value);
    });
    return true;
  }

  /** Needs no key. */
  removeNow(addresses: readonly Address[]): void {
    this.table.transaction(() => {
      for (const address of addresses) this.table.remove(address);
    });
    for (const address of addresses) this.#inMemory.delete(this.options.scopeOf(address));
  }

  /** The addresses of the values in memory; empty outside a session. */
  inMemory(): Address[] {
    return [...this.#inMemory.values()].map(({ address }) => address);
  }

  /** Forgets values in memory; the caller removes the rows of the table. */
  forget(matches: (address: Address) => boolean): void {
    for (const [scope, { address }] of this.#inMemory) {
      if (matches(address)) this.#inMemory.delete(scope);
    }
  }

  holdsAny(): boolean {
    return this.table.all().length > 0;
  }

  prepare({ to, key }: ProtectionChange): PreparedChange {
    const { inSession } = this.options;
    if (to === 'session' && inSession !== 'forget' && this.table.all().length > 0) {
      throw inSession.refuse();
    }
    return to === 'session'
      ? {
          apply: () => {
            if (key !== undefined) this.#readAll(key);
          },
          finish: (done) => {
            if (done) this.table.removeAll();
            else this.#inMemory.clear();
          },
        }
      : {
          apply: () => {
            if (key !== undefined) this.#writeAll(key);
          },
          finish: (done) => {
            if (done) this.#inMemory.clear();
            else this.table.removeAll();
          },
        };
  }

  replaceKey({ from, to }: KeyReplacement): PreparedReplacement {
    return {
      apply: () => {
        for (const { row, value } of this.#readable(from)) this.#write(to, row, value);
      },
      release: () => undefined,
    };
  }

  #open(key: MasterKey, address: Address, sealed: Uint8Array): Secret {
    const { scopeOf, olderScopeOf } = this.options;
    const opened = (scope: string) =>
      new Secret(this.#envelope.open(key, scope, sealed).toString('utf8'));
    try {
      return opened(scopeOf(address));
    } catch (error) {
      if (olderScopeOf === undefined || !isAppError(error, 'CREDENTIALS_UNREADABLE')) throw error;
      const value = opened(olderScopeOf(address));
      this.#write(key, address, value);
      return value;
    }
  }

  #write(key: MasterKey, address: Address, value: Secret): void {
    this.table.put({
      ...address,
      sealed: this.#envelope.seal(key, this.options.scopeOf(address), value.reveal()),
    });
  }

  #readAll(key: MasterKey): void {
    for (const { row, value } of this.#readable(key)) {
      this.#inMemory.set(this.options.scopeOf(row), { address: row, value });
    }
  }

  /** All values but those that nobody can read any more: they cannot be carried over. */
  #readable(key: MasterKey): { readonly row: SealedRow<Address>; readonly value: Secret }[] {
    return this.table.all().flatMap((row) => {
      try {
        return [{ row, value: this.#open(key, row, row.sealed) }];
      } catch (error) {
        if (!isAppError(error, 'CREDENTIALS_UNREADABLE')) throw error;
        return [];
      }
    });
  }

  #writeAll(key: MasterKey): void {
    this.table.transaction(() => {
      for (const { address, value } of this.#inMemory.values()) this.#write(key, address, value);
    });
  }
}
