/**
 * The life of the master key: where it is kept, when it is in memory, and what happens to sealed data
 * when that changes. Every way of keeping it keeps the same key, so that nothing has to be sealed anew,
 * except to and from “only for this session”, where nothing sealed may lie on the disk at all.
 */
import type { Notice } from '@shared/model/notice';
import type { Protection } from '@shared/model/protection';
import {
  AppError,
  isAppError,
  isKeyFailure,
  toErrorReport,
  type ErrorReport,
} from '@shared/errors';
import { systemRuntime, type Runtime } from '@core/runtime';
import { Turns } from '@core/storage/turns';
import { freshKeyFile, KeyFile, type KeyFileContent } from './key-file';
import type { Keychain } from './keychain';
import { MASTER_KEY_BYTES, MasterKey } from './master-key';
import { PASSPHRASE_COST, unwrapKey, wrapKey, type PassphraseCost } from './passphrase';

export type ProtectionChoice =
  | { readonly mode: 'keychain' }
  | { readonly mode: 'passphrase'; readonly passphrase: string }
  | { readonly mode: 'session' };

export interface ProtectionChange {
  readonly to: 'session' | 'disk';
  /** The key in use; absent where the old one cannot be had, so that nothing can be carried over. */
  readonly key: MasterKey | undefined;
}

/** A change of protection in two steps, so that it happens for all sealed data or for none. */
export interface PreparedChange {
  /** Makes the copy that will count. What counted so far stays. May throw: then nothing changes. */
  apply(): Promise<void> | void;
  /** Drops the copy that no longer counts. Always called, once. */
  finish(done: boolean): Promise<void> | void;
}

/** Who keeps data sealed with the master key, and has to move it to memory and back. */
export interface SealedData {
  /** May throw to refuse. No key is handed out until the change is finished. */
  prepare(change: ProtectionChange): Promise<PreparedChange> | PreparedChange;
}

/** What users of the key see of the key store. */
export interface KeyHolder {
  /** Whether nothing may be written, not even sealed. To be asked after `key()`, in the same turn. */
  isSession(): boolean;
  /** Throws `KEY_CHOICE_NEEDED`, `KEY_LOCKED`, `KEY_MISSING` and `KEYCHAIN_FAILED`. */
  key(): Promise<MasterKey>;
  attach(data: SealedData): void;
}

export interface KeyStoreOptions {
  /** Made, and locked against a second instance, by `openDatabase`. */
  readonly dataDirectory: string;
  readonly keychain: Keychain;
  readonly runtime?: Pick<Runtime, 'now'>;
  /** For tests, which have no time for the real one. */
  readonly passphraseCost?: PassphraseCost;
}

/** Throws `STORAGE_FAILED` and `DATA_TOO_NEW`. */
export const createKeyStore = ({
  dataDirectory,
  keychain,
  runtime = systemRuntime,
  passphraseCost = PASSPHRASE_COST,
}: KeyStoreOptions): KeyStore =>
  new KeyStore(new KeyFile(dataDirectory, runtime), keychain, passphraseCost);

export class KeyStore implements KeyHolder {
  readonly #sealedData: SealedData[] = [];
  #key: MasterKey | undefined;
  /** Counts locks, so that an unlock that was overtaken by one does not undo it. */
  #locks = 0;
  /** Changes of protection that are under way or wait for their turn. */
  #changes = 0;
  readonly #turns = new Turns();
  #keychainWorks = false;
  #probing: Promise<ErrorReport | undefined> | undefined;

  constructor(
    private readonly file: KeyFile,
    private readonly keychain: Keychain,
    private readonly passphraseCost: PassphraseCost,
  ) {}

  /** What went wrong at start and was survived. */
  get notices(): readonly Notice[] {
    return this.file.notices;
  }

  attach(data: SealedData): void {
    this.#sealedData.push(data);
  }

  isSession(): boolean {
    return this.file.content.mode === 'session';
  }

  async protection(): Promise<Protection> {
    const problem = await this.#probe();
    const { mode } = this.file.content;
    return {
      mode,
      locked: mode === 'passphrase' && this.#key === undefined,
      keychain: {
        available: problem === undefined,
        name: this.keychain.name,
        ...(problem && { problem }),
      },
    };
  }

  async key(): Promise<MasterKey> {
    if (this.#key !== undefined && this.#changes === 0) return this.#key;
    return this.#inTurn(() => this.#obtain());
  }

  /**
   * Changes how the key is kept. Where the old one cannot be had (locked, or gone from the keychain) a
   * new one takes its place, and a copy of the key file stays beside it. Throws `KEYCHAIN_FAILED`,
   * `STORAGE_FAILED`, and what sealed data refuses with; then nothing has changed.
   */
  async choose(choice: ProtectionChoice): Promise<void> {
    this.#changes += 1;
    try {
      await this.#inTurn(() => this.#change(choice));
    } finally {
      this.#changes -= 1;
    }
  }

  /** Throws `WRONG_PASSPHRASE`. Does nothing where there is no passphrase. */
  unlock(passphrase: string): Promise<void> {
    return this.#inTurn(async () => {
      const { content } = this.file;
      if (content.mode !== 'passphrase') return;
      const locks = this.#locks;
      const key = await unwrapKey(content.wrapped, passphrase);
      if (locks === this.#locks && this.#key === undefined) {
        this.#key = key;
        return;
      }
      key.destroy();
      if (locks !== this.#locks) throw new AppError('KEY_LOCKED');
    });
  }

  /** Zeroes the key in memory. A session's key has no other place, and stays. */
  lock(): void {
    if (this.isSession()) return;
    this.#locks += 1;
    this.#forget();
  }

  /** Zeroes the key, whatever the mode, and gives up on the keychain. Nothing may be called afterwards. */
  close(): void {
    this.#locks += 1;
    this.#forget();
    this.keychain.close();
  }

  #forget(): void {
    this.#key?.destroy();
    this.#key = undefined;
  }

  /** One at a time: two first calls for a key must not generate two keys. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    return this.#turns.take('key', work);
  }

  async #obtain(): Promise<MasterKey> {
    if (this.#key !== undefined) return this.#key;
    switch (this.file.content.mode) {
      case 'session':
        return (this.#key = MasterKey.generate());
      case 'passphrase':
        throw new AppError('KEY_LOCKED');
      case 'keychain':
        return (this.#key = await this.#fromKeychain());
      case 'undecided':
        return (this.#key = await this.#firstKey());
    }
  }

  async #fromKeychain(): Promise<MasterKey> {
    const stored = await this.#useKeychain(() => this.keychain.get(this.file.content.account));
    if (stored === null) throw new AppError('KEY_MISSING');
    return parseKey(stored);
  }

  /** A fresh install uses the keychain without asking. */
  async #firstKey(): Promise<MasterKey> {
    const { account } = this.file.content;
    try {
      // Written down first: a key that was stored under it right before a crash is found again.
      await this.file.write(this.file.content);
      const stored = await this.#useKeychain(() => this.keychain.get(account));
      const key = stored === null ? MasterKey.generate() : parseKey(stored);
      if (stored === null) await this.#toKeychain(account, key);
      await this.file.write({ ...freshKeyFile('keychain'), account });
      return key;
    } catch (error) {
      if (!isAppError(error, 'KEYCHAIN_FAILED')) throw error;
      throw new AppError('KEY_CHOICE_NEEDED', { cause: error });
    }
  }

  async #toKeychain(account: string, key: MasterKey): Promise<void> {
    const bytes = key.reveal();
    const text = bytes.toString('base64');
    bytes.fill(0);
    await this.#useKeychain(async () => {
      await this.keychain.set(account, text);
      if ((await this.keychain.get(account)) !== text) {
        throw new AppError('KEYCHAIN_FAILED', {
          message: `${this.keychain.name} took the key but did not give it back.`,
        });
      }
    });
  }

  async #change(choice: ProtectionChoice): Promise<void> {
    const before = this.file.content;
    const current = await this.#currentKey();
    if (choice.mode === before.mode && choice.mode !== 'passphrase' && current !== undefined) {
      return;
    }
    const locks = this.#locks;
    const key = current ?? MasterKey.generate();
    const after = await this.#keepKey(choice, key, current && before.account);
    const finishAll = await this.#moveSealedData(before, after, current).catch(
      async (error: unknown) => {
        await this.#dropFromKeychain(after, before);
        throw error;
      },
    );
    try {
      if (current === undefined && before.mode !== 'undecided') await this.file.keepCopy();
      await this.file.write(after);
    } catch (error) {
      await finishAll(false);
      await this.#dropFromKeychain(after, before);
      throw error;
    }
    if (this.#key !== key) this.#forget();
    this.#key = locks === this.#locks ? key : undefined;
    if (current !== undefined) await this.#dropFromKeychain(before, after);
    await finishAll(true);
  }

  /** Puts the key where the choice wants it, and returns what the key file will say. */
  async #keepKey(
    choice: ProtectionChoice,
    key: MasterKey,
    knownAccount: string | undefined,
  ): Promise<KeyFileContent> {
    // A new key gets an account of its own, so that it never overwrites an old one in the keychain.
    const account = knownAccount ?? freshKeyFile('undecided').account;
    const base = { ...freshKeyFile('undecided'), account };
    switch (choice.mode) {
      case 'keychain':
        await this.#toKeychain(account, key);
        return { ...base, mode: 'keychain' };
      case 'passphrase':
        return {
          ...base,
          mode: 'passphrase',
          wrapped: await wrapKey(key, choice.passphrase, this.passphraseCost),
        };
      case 'session':
        return { ...base, mode: 'session' };
    }
  }

  /** Has the copies made that will count from now on; returns how to finish with those that will not. */
  async #moveSealedData(
    before: KeyFileContent,
    after: KeyFileContent,
    key: MasterKey | undefined,
  ): Promise<(done: boolean) => Promise<void>> {
    const prepared: PreparedChange[] = [];
    const finishAll = async (done: boolean): Promise<void> => {
      const outcomes = await Promise.allSettled(
        prepared.map(async (change) => {
          await change.finish(done);
        }),
      );
      for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
    };
    if ((before.mode === 'session') === (after.mode === 'session')) return finishAll;
    const change = { to: after.mode === 'session' ? 'session' : 'disk', key } as const;
    try {
      for (const data of this.#sealedData) prepared.push(await data.prepare(change));
      for (const each of prepared) await each.apply();
    } catch (error) {
      await finishAll(false);
      throw error;
    }
    return finishAll;
  }

  /** An entry that stays behind holds a key that opens nothing; that must not fail what succeeded. */
  async #dropFromKeychain(from: KeyFileContent, kept: KeyFileContent): Promise<void> {
    if (from.mode !== 'keychain' || kept.mode === 'keychain') return;
    await this.keychain.delete(from.account).catch(() => undefined);
  }

  /** The key in use, where there is one and it can be had here and now. */
  async #currentKey(): Promise<MasterKey | undefined> {
    if (this.file.content.mode === 'undecided') return this.#key;
    try {
      return await this.#obtain();
    } catch (error) {
      if (isAppError(error) && isKeyFailure(error.code)) return undefined;
      throw error;
    }
  }

  async #useKeychain<T>(work: () => Promise<T>): Promise<T> {
    try {
      const result = await work();
      this.#keychainWorks = true;
      return result;
    } catch (error) {
      this.#keychainWorks = false;
      throw error;
    }
  }

  /** Why the keychain cannot be used. One that worked is not asked again until it fails. */
  #probe(): Promise<ErrorReport | undefined> {
    if (this.#keychainWorks) return Promise.resolve(undefined);
    this.#probing ??= this.#useKeychain(() => this.keychain.probe())
      .then(() => undefined, toErrorReport)
      .finally(() => {
        this.#probing = undefined;
      });
    return this.#probing;
  }
}

function parseKey(stored: string): MasterKey {
  const bytes = Buffer.from(stored, 'base64');
  if (bytes.byteLength !== MASTER_KEY_BYTES) {
    throw new AppError('KEY_MISSING', {
      message: 'The entry of Strongroom in the keychain does not hold a key.',
    });
  }
  const key = MasterKey.from(bytes);
  bytes.fill(0);
  return key;
}
