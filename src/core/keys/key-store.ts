/**
 * The life of the master key: where it is kept, when it is in memory, and what happens to sealed data
 * when that changes. The key stays the same in every protection mode, so nothing has to be sealed again.
 * The exception is “only for this session”: then no sealed data may be on the disk at all.
 *
 * A key is replaced in these steps, so that a crash at any point leaves one key that opens everything. The key file
 * names both keys. What is not in the database is sealed again beside itself. One transaction seals the rows again and
 * notes the new key. From then on the new key counts, and the rest is settled, now or at the next start.
 */
import type { Notice } from '@shared/model/notice';
import { isTyped, wordOf, type Protection } from '@shared/model/protection';
import { AppError, isAppError, toErrorReport, type ErrorReport } from '@shared/errors';
import { systemRuntime, type Runtime } from '@core/runtime';
import type { KeyJournal } from '@core/storage/key-journal';
import { Turns } from '@core/storage/turns';
import {
  freshKeyFile,
  isReplacing,
  KeyFile,
  replaced,
  type KeptContent,
  type KeyFileContent,
  type ReplacingContent,
} from './key-file';
import type { Keychain } from './keychain';
import { MASTER_KEY_BYTES, MasterKey } from './master-key';
import { PASSPHRASE_COST, unwrapKey, wrapKey, type PassphraseCost } from './passphrase';

export type ProtectionChoice =
  | { readonly mode: 'keychain' }
  | { readonly mode: 'passphrase' | 'pin'; readonly passphrase: string }
  | { readonly mode: 'session' };

export interface ProtectionChange {
  readonly to: 'session' | 'disk';
  /** The key in use; absent if it cannot be read, so that nothing can be carried over. */
  readonly key: MasterKey | undefined;
}

/** A change of protection in two steps, so that it happens to all sealed data or to none. */
export interface PreparedChange {
  /** Makes the new copy; the old copy stays. May throw: then nothing changes. */
  apply(): Promise<void> | void;
  /** Drops the old copy if the change is done, else the new copy. Always called, once. */
  finish(done: boolean): Promise<void> | void;
}

export interface KeyReplacement {
  readonly from: MasterKey;
  readonly to: MasterKey;
}

/** Sealing again, for one keeper of data. */
export interface PreparedReplacement {
  /** Seals rows of the database again, inside the one transaction for all of them. May throw. */
  apply(): void;
  /** Always called, once, at the end. */
  release(): void;
}

/** A keeper of data that is sealed with the master key. It moves the data to memory and back. */
export interface SealedData {
  /** Whether there is anything on the disk that was sealed with the key. */
  holdsAny(): Promise<boolean> | boolean;
  /** May throw to refuse. Nobody gets a key until the change is finished. */
  prepare(change: ProtectionChange): Promise<PreparedChange> | PreparedChange;
  /** May throw to refuse. Nobody gets a key until the replacement is finished. */
  replaceKey(keys: KeyReplacement): Promise<PreparedReplacement> | PreparedReplacement;
  /** For what is not in the database. Called once more if a crash broke it off. */
  settle?(isReplaced: boolean): Promise<void> | void;
}

/** The key store, as users of the key see it. */
export interface KeyHolder {
  /** Whether nothing may be written, not even sealed. Ask after `key()`, in the same turn. */
  isSession(): boolean;
  /** The key, if it is at hand: nobody has to be asked for it, and nothing is changing it. */
  held(): MasterKey | undefined;
  /** Throws `KEY_CHOICE_NEEDED`, `KEY_LOCKED`, `KEY_MISSING` and `KEYCHAIN_FAILED`. */
  key(): Promise<MasterKey>;
  attach(data: SealedData): void;
  /**
   * To be called at the start if there are sealed rows although none may be stored. `isRemoved`: they were removed;
   * otherwise they stay, unreadable.
   */
  foundSealed(isRemoved: boolean): void;
}

export interface KeyStoreOptions {
  /** `openDatabase` has made it, and locked it against a second instance. */
  readonly dataDirectory: string;
  readonly keychain: Keychain;
  readonly runtime?: Pick<Runtime, 'now'>;
  /** For tests: the default takes too long. */
  readonly passphraseCost?: PassphraseCost;
}

const removedNotice: Notice = {
  id: 'sealed-in-session',
  level: 'warning',
  title: 'Stored credentials were removed',
  text: 'key.json says that nothing is stored on this computer, but encrypted credentials were found, and removed. This is expected if Strongroom was stopped while you were choosing “Don’t store”. If you did not choose that, somebody changed key.json: quit, and restore the data directory from a backup, or choose a protection and enter the credentials again.',
  remedy: { open: 'protection' },
};

const unreadableNotice: Notice = {
  id: 'unreadable-in-session',
  level: 'warning',
  title: 'Stored variables cannot be read',
  text: 'key.json says that nothing is stored on this computer, but encrypted variables were found. They are still stored, and cannot be read without their key. Somebody changed key.json: quit, and restore the data directory from a backup.',
  remedy: { open: 'protection' },
};

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
  /** Counts locks: an unlock that began before a lock must not undo it. */
  #locks = 0;
  /** Changes of protection that are under way or wait for their turn. */
  #changes = 0;
  readonly #turns = new Turns();
  #keychainWorks = false;
  /** About sealed rows that must not be there. */
  readonly #foundSealed = new Set<Notice>();
  #probing: Promise<ErrorReport | undefined> | undefined;
  #journal: KeyJournal | undefined;

  constructor(
    private readonly file: KeyFile,
    private readonly keychain: Keychain,
    private readonly passphraseCost: PassphraseCost,
  ) {}

  /** Faults at start that Strongroom survived. */
  get notices(): readonly Notice[] {
    return [...this.file.notices, ...this.#foundSealed];
  }

  foundSealed(isRemoved: boolean): void {
    this.#foundSealed.add(isRemoved ? removedNotice : unreadableNotice);
  }

  attach(data: SealedData): void {
    this.#sealedData.push(data);
  }

  /** To be called once, at the start, when all sealed data is attached. Throws `STORAGE_FAILED`. */
  async complete(journal?: KeyJournal): Promise<void> {
    this.#journal = journal;
    await this.file.complete();
    await this.#settle();
  }

  mode(): Protection['mode'] {
    return this.file.content.mode;
  }

  isSession(): boolean {
    return this.file.content.mode === 'session';
  }

  /** Whether a passphrase or PIN has to be entered before there is a key. */
  isLocked(): boolean {
    return isTyped(this.file.content.mode) && this.#key === undefined;
  }

  async protection(): Promise<Omit<Protection, 'shut'>> {
    const problem = await this.#probe();
    return {
      mode: this.file.content.mode,
      locked: this.isLocked(),
      keychain: {
        available: problem === undefined,
        name: this.keychain.name,
        ...(problem && { problem }),
      },
    };
  }

  held(): MasterKey | undefined {
    return this.#changes === 0 ? this.#key : undefined;
  }

  async key(): Promise<MasterKey> {
    return this.held() ?? this.#inTurn(() => this.#obtain());
  }

  /**
   * Changes how the key is kept. `current` is the passphrase, if one protects the key now. Throws
   * `WRONG_PASSPHRASE`, `KEY_LOCKED`, `KEY_MISSING`, `KEYCHAIN_FAILED`, `STORAGE_FAILED`, and the refusal of sealed
   * data; then nothing has changed.
   */
  choose(choice: ProtectionChoice, current?: string): Promise<void> {
    return this.#changing(async () => this.#change(choice, await this.#provenKey(current)));
  }

  /**
   * Makes a new key for somebody who cannot get at the old one. What was sealed with that stays unreadable, and a
   * copy of the key file stays too. Throws as `choose` does, but needs neither passphrase nor key.
   */
  startOver(choice: ProtectionChoice): Promise<void> {
    return this.#changing(() => this.#change(choice, undefined));
  }

  /**
   * Seals everything again with a new key, and gives up the old one. `current` is the passphrase, if one protects the
   * key; it protects the new one too. Throws as `choose` does, and `INVALID_INPUT` if no key is kept.
   */
  replaceKey(current?: string): Promise<void> {
    return this.#changing(async () => {
      const { content } = this.file;
      if (content.mode === 'undecided' || content.mode === 'session') {
        throw new AppError('INVALID_INPUT', {
          message: 'No key is stored.',
          hint: 'There is nothing to encrypt again.',
        });
      }
      const from = await this.#provenKey(current);
      if (from !== undefined) await this.#replaceKey(content, from, current);
    });
  }

  /** Throws `WRONG_PASSPHRASE`. Does nothing if there is no passphrase. */
  unlock(passphrase: string): Promise<void> {
    const locks = this.#locks;
    return this.#inTurn(async () => {
      const key = await this.#unwrap(passphrase);
      if (key === undefined) return;
      if (locks === this.#locks && this.#key === undefined) {
        this.#key = key;
        return;
      }
      key.destroy();
      if (locks !== this.#locks) throw new AppError('KEY_LOCKED');
    });
  }

  /** Throws `WRONG_PASSPHRASE`. Changes nothing, and does nothing if there is no passphrase. */
  async check(passphrase: string): Promise<void> {
    (await this.#unwrap(passphrase))?.destroy();
  }

  /** The key; `undefined` if there is no passphrase. */
  async #unwrap(passphrase: string): Promise<MasterKey | undefined> {
    const { content } = this.file;
    if (content.mode === 'passphrase') return unwrapKey(content.wrapped, passphrase);
    if (content.mode !== 'pin') return undefined;
    const beside = await this.#fromKeychain();
    try {
      return await unwrapKey(content.wrapped, passphrase, beside);
    } catch (error) {
      if (!isAppError(error, 'WRONG_PASSPHRASE')) throw error;
      throw new AppError('WRONG_PASSPHRASE', { message: 'This is not the PIN.', cause: error });
    } finally {
      beside.destroy();
    }
  }

  /** Zeroes the key in memory. The key of a session stays, because it is nowhere else. */
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
    return this.#turns.take('key', async () => {
      await this.#settle();
      return work();
    });
  }

  async #obtain(): Promise<MasterKey> {
    if (this.#key !== undefined) return this.#key;
    switch (this.file.content.mode) {
      case 'session':
        return (this.#key = MasterKey.generate());
      case 'passphrase':
      case 'pin':
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

  /** A fresh installation uses the keychain without asking. */
  async #firstKey(): Promise<MasterKey> {
    const { account } = this.file.content;
    try {
      // The account is written first, so that a key stored right before a crash is found again.
      await this.file.write(this.file.content);
      const stored = await this.#useKeychain(() => this.keychain.get(account));
      if (stored === null) await this.#refuseIfSealed();
      const key = stored === null ? MasterKey.generate() : parseKey(stored);
      if (stored === null) await this.#toKeychain(account, key);
      await this.file.write({ ...freshKeyFile('keychain'), account });
      return key;
    } catch (error) {
      if (!isAppError(error, 'KEYCHAIN_FAILED')) throw error;
      throw new AppError('KEY_CHOICE_NEEDED', { cause: error });
    }
  }

  /** Nobody gets a new key unasked while there is data that only the old one opens. Throws `KEY_MISSING`. */
  async #refuseIfSealed(): Promise<void> {
    for (const data of this.#sealedData) {
      if (!(await data.holdsAny())) continue;
      throw new AppError('KEY_MISSING', {
        message: 'The key file is gone, and there is data that was encrypted with its key.',
        likelyCause: 'key.json was damaged, deleted, or not copied with the data directory.',
        hint: 'Restore key.json from a backup of the data directory. Otherwise start over with a new key, and enter the credentials again. Variables of this computer and the local vault then stay unreadable.',
      });
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
          message: `${this.keychain.name} accepted the key but did not return it.`,
        });
      }
    });
  }

  async #changing(change: () => Promise<void>): Promise<void> {
    this.#changes += 1;
    try {
      await this.#inTurn(change);
    } finally {
      this.#changes -= 1;
    }
  }

  /** @param current the key in use; `undefined` if a new one takes its place */
  async #change(choice: ProtectionChoice, current: MasterKey | undefined): Promise<void> {
    const before = this.file.content;
    if (choice.mode === before.mode && !isTyped(choice.mode) && current !== undefined) {
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

  /** Stores the key as chosen, and returns the new content of the key file. */
  async #keepKey(
    choice: ProtectionChoice,
    key: MasterKey,
    knownAccount: string | undefined,
  ): Promise<KeyFileContent> {
    // Nothing ever overwrites an entry of the keychain that the key file may still need after a crash.
    const fresh = freshKeyFile('undecided').account;
    const isInKeychain = usesKeychain(this.file.content.mode) || usesKeychain(choice.mode);
    const account = isInKeychain ? fresh : (knownAccount ?? fresh);
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
      case 'pin': {
        const beside = MasterKey.generate();
        try {
          await this.#toKeychain(account, beside);
          const wrapped = await wrapKey(key, choice.passphrase, this.passphraseCost, beside);
          return { ...base, mode: 'pin', wrapped };
        } finally {
          beside.destroy();
        }
      }
      case 'session':
        return { ...base, mode: 'session' };
    }
  }

  /** Makes the new copies of all sealed data. Returns how to drop the copies that are not needed. */
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

  /** @param current the passphrase, if one protects the key */
  async #replaceKey(
    before: KeptContent,
    from: MasterKey,
    current: string | undefined,
  ): Promise<void> {
    const journal = this.#journalOrThrow();
    const locks = this.#locks;
    const to = MasterKey.generate();
    const beside = before.mode === 'pin' ? MasterKey.generate() : undefined;
    const prepared: PreparedReplacement[] = [];
    try {
      const replacing = await this.#withNext(before, to, current, beside);
      journal.note(before.account);
      await this.file.write(replacing);
      const { account } = replacing.next;
      if (usesKeychain(before.mode)) await this.#toKeychain(account, beside ?? to);
      for (const data of this.#sealedData) prepared.push(await data.replaceKey({ from, to }));
      journal.note(account, () => {
        for (const each of prepared) each.apply();
      });
      this.#forget();
      if (locks === this.#locks) this.#key = to;
      await this.#settle();
    } catch (error) {
      // What cannot be undone now is undone, or finished, at the next use of the key.
      await this.#settle().catch(() => undefined);
      throw error;
    } finally {
      if (this.#key !== to) to.destroy();
      beside?.destroy();
      for (const each of prepared) each.release();
    }
  }

  async #withNext(
    before: KeptContent,
    key: MasterKey,
    passphrase = '',
    beside?: MasterKey,
  ): Promise<ReplacingContent> {
    const { account } = freshKeyFile('undecided');
    if (before.mode === 'keychain') return { ...before, next: { account } };
    const wrapped = await wrapKey(key, passphrase, this.passphraseCost, beside);
    return { ...before, next: { account, wrapped } };
  }

  /** Ends the replacement of a key: finishes it if the rows are sealed with the new one, else undoes it. */
  async #settle(): Promise<void> {
    const { content } = this.file;
    if (!isReplacing(content)) return;
    const { next } = content;
    const journal = this.#journalOrThrow();
    const sealedWith = journal.sealedWith();
    const isReplaced = sealedWith === next.account;
    for (const data of this.#sealedData) await data.settle?.(isReplaced);
    if (isReplaced) journal.clean();
    // Only a damaged database knows neither: then nobody gives up a key.
    const isKnown = isReplaced || sealedWith === content.account;
    if (!isKnown) await this.file.keepCopy();
    else if (usesKeychain(content.mode)) {
      // Before the file forgets the account. A failure here fails nothing: the key that is left opens nothing.
      await this.keychain.delete((isReplaced ? content : next).account).catch(() => undefined);
    }
    await this.file.write(replaced(content, isReplaced));
  }

  #journalOrThrow(): KeyJournal {
    if (this.#journal === undefined) throw new Error('The key store was not completed');
    return this.#journal;
  }

  /** A failure here fails nothing: the entry that is left holds a key that opens nothing. */
  async #dropFromKeychain(from: KeyFileContent, kept: KeyFileContent): Promise<void> {
    if (!usesKeychain(from.mode) || from.account === kept.account) return;
    await this.keychain.delete(from.account).catch(() => undefined);
  }

  /**
   * The key in use, for somebody who may change how it is kept; `undefined` if there is none yet. An unlocked window
   * that nobody watches is not enough where there is a passphrase.
   */
  async #provenKey(passphrase: string | undefined): Promise<MasterKey | undefined> {
    const { mode } = this.file.content;
    if (mode === 'undecided') {
      if (this.#key === undefined) await this.#refuseIfSealed();
      return this.#key;
    }
    if (isTyped(mode) && this.#key !== undefined) {
      if (passphrase === undefined) {
        throw new AppError('WRONG_PASSPHRASE', {
          message: `The current ${wordOf(mode)} is missing.`,
        });
      }
      await this.check(passphrase);
    }
    return this.#obtain();
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

  /** Why the keychain cannot be used. A keychain that worked is not probed again until it fails. */
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

const usesKeychain = (mode: Protection['mode']): boolean => mode === 'keychain' || mode === 'pin';

function parseKey(stored: string): MasterKey {
  const bytes = Buffer.from(stored, 'base64');
  if (bytes.byteLength !== MASTER_KEY_BYTES) {
    throw new AppError('KEY_MISSING', {
      message: 'Strongroom’s entry in the keychain does not hold a key.',
    });
  }
  const key = MasterKey.from(bytes);
  bytes.fill(0);
  return key;
}
