/**
 * The file behind the local vault, one a data directory however many connections there are. It is
 * written as a whole and in one go, so that a crash leaves the old content or the new; what cannot be
 * read is never overwritten. In a session everything is in memory instead.
 */
import { open as openFile, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { AppError, isAppError } from '@shared/errors';
import { open, seal } from '@core/keys/envelope';
import type {
  KeyHolder,
  KeyReplacement,
  PreparedChange,
  PreparedReplacement,
  ProtectionChange,
  SealedData,
} from '@core/keys/key-store';
import type { MasterKey } from '@core/keys/master-key';
import type { Runtime } from '@core/runtime';
import {
  setAside,
  storageFailed,
  syncDirectory,
  systemCode,
  writeFileAtomically,
} from '@core/storage/files';
import { Turns } from '@core/storage/turns';
import {
  countSecrets,
  emptyContent,
  parseContent,
  stringifyContent,
  type Content,
} from './content';

const SCOPE = 'local-vault';

interface Update {
  readonly key: MasterKey;
  /** Changes the content, or throws before it has changed anything. */
  readonly run: (content: Content) => void;
  readonly settle: (failure?: unknown) => void;
}

export class VaultFile implements SealedData {
  readonly path: string;
  /** Where everything is in a session. */
  #session = emptyContent();
  #waiting: Update[] = [];
  readonly #turns = new Turns();

  constructor(
    private readonly dataDirectory: string,
    private readonly keys: KeyHolder,
    private readonly runtime: Pick<Runtime, 'now'>,
  ) {
    this.path = join(dataDirectory, 'local-vault.enc');
    keys.attach(this);
  }

  isSession(): boolean {
    return this.keys.isSession();
  }

  /** Size in bytes; `undefined` where there is no file. Throws `LOCAL_VAULT_UNREADABLE`. */
  async size(): Promise<number | undefined> {
    try {
      return (await stat(this.path)).size;
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return undefined;
      throw unreadable(this.path, error);
    }
  }

  /** Opens the file, where there is one, and closes it again. Throws `LOCAL_VAULT_UNREADABLE`. */
  async tryOpening(): Promise<void> {
    try {
      const file = await openFile(this.path, 'r');
      const isFile = (await file.stat()).isFile();
      await file.close();
      if (!isFile) throw Object.assign(new Error('A folder is in its place'), { code: 'EISDIR' });
    } catch (error) {
      if (systemCode(error) !== 'ENOENT') throw unreadable(this.path, error);
    }
  }

  /** What it holds. Needs no key where there is no file. Throws what `loadWithKey` does. */
  async load(): Promise<Content> {
    if (!this.isSession() && (await this.size()) === undefined) return emptyContent();
    return this.loadWithKey();
  }

  /** Throws what `KeyHolder.key` does, `LOCAL_VAULT_UNREADABLE` and `DATA_TOO_NEW`. */
  loadWithKey(): Promise<Content> {
    return this.#withKey(async (key) => (this.isSession() ? this.#session : this.#read(key)));
  }

  /**
   * Changes what it holds. Changes that come while another is being written share the next write.
   * Throws what `load` does, what `change` throws, and `STORAGE_FAILED`.
   */
  update<T>(signal: AbortSignal, change: (content: Content) => T): Promise<T> {
    return this.#withKey(
      (key) =>
        new Promise<T>((resolve, reject) => {
          let result: T;
          this.#waiting.push({
            key,
            run: (content) => {
              if (signal.aborted) throw new AppError('CANCELLED');
              result = change(content);
            },
            settle: (failure) => {
              if (failure === undefined) resolve(result);
              else reject(failure);
            },
          });
          if (this.#waiting.length === 1) void this.#turns.take('file', () => this.#writeWaiting());
        }),
    );
  }

  async holdsAny(): Promise<boolean> {
    return (await this.size()) !== undefined;
  }

  prepare(change: ProtectionChange): Promise<PreparedChange> {
    return change.to === 'session'
      ? this.#prepareSession(change.key)
      : this.#prepareFile(change.key);
  }

  async replaceKey({ from, to }: KeyReplacement): Promise<PreparedReplacement> {
    const release = await this.#turns.hold('file');
    try {
      await rm(this.#resealed, { force: true });
      if ((await this.size()) !== undefined) {
        await this.#write(to, await this.#read(from), this.#resealed);
      }
      return { apply: () => undefined, release };
    } catch (error) {
      release();
      throw error;
    }
  }

  /** The file that is sealed with the new key takes the place of the old one, and of copies that the old key opens. */
  async settle(isReplaced: boolean): Promise<void> {
    try {
      if (!isReplaced) {
        await rm(this.#resealed, { force: true });
        return;
      }
      await rename(this.#resealed, this.path).catch((error: unknown) => {
        // There was nothing to seal again, or a crash came after this.
        if (systemCode(error) !== 'ENOENT') throw error;
      });
      syncDirectory(this.dataDirectory);
      const copies = `${basename(this.path)}.replaced-`;
      for (const name of await readdir(this.dataDirectory)) {
        if (name.startsWith(copies)) await rm(join(this.dataDirectory, name));
      }
    } catch (error) {
      throw storageFailed(this.path, error);
    }
  }

  /** What is sealed with the new key, before that counts. */
  get #resealed(): string {
    return `${this.path}.resealed`;
  }

  async #writeWaiting(): Promise<void> {
    const updates = this.#waiting;
    this.#waiting = [];
    const changed: Update[] = [];
    try {
      // All have the same key, unless it was locked and unlocked meanwhile: then the last is good.
      const key = updates.at(-1)?.key;
      if (key === undefined) return;
      const content = this.isSession() ? this.#session : await this.#read(key);
      for (const update of updates) {
        try {
          update.run(content);
          changed.push(update);
        } catch (error) {
          update.settle(error);
        }
      }
      if (changed.length > 0 && !this.isSession()) await this.#write(key, content, this.path);
      for (const update of changed) update.settle();
    } catch (error) {
      for (const update of changed.length > 0 ? changed : updates) update.settle(error);
    }
  }

  async #read(key: MasterKey): Promise<Content> {
    let sealed: Buffer;
    try {
      sealed = await readFile(this.path);
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return emptyContent();
      throw unreadable(this.path, error);
    }
    try {
      return parseContent(open(key, SCOPE, sealed).toString('utf8'));
    } catch (error) {
      if (isAppError(error, 'KEY_LOCKED')) throw error;
      if (isAppError(error, 'DATA_TOO_NEW')) {
        throw new AppError('DATA_TOO_NEW', {
          message: `${this.path} was written by a newer version of Strongroom.`,
        });
      }
      throw unreadable(this.path, error);
    }
  }

  async #write(key: MasterKey, content: Content, path: string): Promise<void> {
    await writeFileAtomically(path, seal(key, SCOPE, stringifyContent(content)));
  }

  /** Works with the key, and once more if another key took its place meanwhile. */
  async #withKey<T>(work: (key: MasterKey) => Promise<T>): Promise<T> {
    const key = await this.#key();
    try {
      return await work(key);
    } catch (error) {
      const isSame = !isAppError(error) || (await this.#key()) === key;
      if (isSame) throw error;
      return this.#withKey(work);
    }
  }

  /** Credentials can be entered again; what is in the file is gone with its key, unless that is found. */
  async #key(): Promise<MasterKey> {
    try {
      return await this.keys.key();
    } catch (error) {
      if (!isAppError(error, 'KEY_MISSING') || (await this.size()) === undefined) throw error;
      throw new AppError('KEY_MISSING', {
        message: 'The key of the local vault is no longer in the keychain of this computer.',
        likelyCause: 'The entry was removed, or the data directory comes from another computer.',
        hint: `Bring the keychain’s entry for Strongroom back from a backup: nothing else opens the file. To start an empty local vault instead, move ${this.path} away.`,
      });
    }
  }

  /** Refuses where secrets would be gone for good with the session. */
  async #prepareSession(key: MasterKey | undefined): Promise<PreparedChange> {
    const release = await this.#turns.hold('file');
    try {
      const content = key === undefined ? undefined : await this.#readIfReadable(key);
      const count = content === undefined ? 0 : countSecrets(content);
      if (count > 0) {
        throw new AppError('INVALID_INPUT', {
          message: `The local vault holds ${count === 1 ? 'a secret' : `${String(count)} secrets`}, which would be lost when Strongroom quits.`,
          hint: 'Move what you need to another provider and delete it from the local vault first.',
        });
      }
      return {
        apply: () => undefined,
        finish: async (done) => {
          // A file that cannot be read stays: somebody may still have its key.
          if (done && content !== undefined) await rm(this.path, { force: true });
          release();
        },
      };
    } catch (error) {
      release();
      throw error;
    }
  }

  async #prepareFile(key: MasterKey | undefined): Promise<PreparedChange> {
    const release = await this.#turns.hold('file');
    const prepared = `${this.path}.prepared`;
    const isEmpty = key === undefined || countSecrets(this.#session) === 0;
    return {
      apply: async () => {
        if (!isEmpty) await this.#write(key, this.#session, prepared);
      },
      finish: async (done) => {
        try {
          if (isEmpty) return;
          if (!done) return await rm(prepared, { force: true });
          await this.#replaceBy(prepared);
          this.#session = emptyContent();
        } finally {
          release();
        }
      },
    };
  }

  async #replaceBy(prepared: string): Promise<void> {
    // One that is there was sealed with a key that is gone from here, but may still be had elsewhere.
    if ((await this.size()) !== undefined) setAside(this.path, 'replaced', this.runtime.now());
    try {
      await rename(prepared, this.path);
      syncDirectory(this.dataDirectory);
    } catch (error) {
      throw storageFailed(this.path, error);
    }
  }

  async #readIfReadable(key: MasterKey): Promise<Content | undefined> {
    try {
      return await this.#read(key);
    } catch (error) {
      if (isAppError(error, 'LOCAL_VAULT_UNREADABLE')) return undefined;
      throw error;
    }
  }
}

interface Reason {
  readonly message: string;
  readonly likelyCause?: string;
  readonly hint?: string;
}

const forbidden: Reason = {
  message: 'may not be read by this user',
  likelyCause: 'It belongs to another user, as after a start with other rights.',
  hint: 'Give your user the right to read and write it, or start Strongroom as the user it belongs to.',
};

/** Why our file cannot be opened, by the code of the system. */
const reasons: Readonly<Record<string, Reason>> = {
  EACCES: forbidden,
  EPERM: forbidden,
  EISDIR: {
    message: 'is a folder',
    hint: 'Move the folder away, or bring the file back from a backup.',
  },
  EIO: {
    message: 'cannot be read: the disk reports an error',
    likelyCause: 'The disk is failing, or was taken away.',
    hint: 'Check the disk, and bring the file back from a backup.',
  },
};

/** The cause may be a parser's, which quotes what it parsed: it goes no further. */
function unreadable(path: string, error: unknown): AppError {
  const code = isAppError(error) ? undefined : systemCode(error);
  const reason =
    code === undefined
      ? {
          message: 'cannot be decrypted',
          likelyCause: 'It is damaged, or was encrypted with another key.',
        }
      : (reasons[code] ?? { message: `cannot be read (${code})` });
  return new AppError('LOCAL_VAULT_UNREADABLE', {
    ...reason,
    message: `The local vault file ${path} ${reason.message}.`,
  });
}
