/** The one key that all data at rest is sealed with, and the keys that are derived from it. */
import { hkdfSync, randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { AppError } from '@shared/errors';

export const MASTER_KEY_BYTES = 32;

/** Separate keys for separate uses, by HKDF-SHA-256 (RFC 5869). The labels are part of the file format. */
const derive = (
  master: Uint8Array,
  use: 'envelope 1 encryption' | 'envelope 1 authentication' | 'envelope 2 grants',
): Buffer => Buffer.from(hkdfSync('sha256', master, '', `strongroom ${use}`, 32));

export class MasterKey {
  readonly #master: Buffer;
  readonly #encryption: Buffer;
  readonly #authentication: Buffer;
  readonly #grants: Buffer;
  #destroyed = false;

  private constructor(master: Buffer) {
    this.#master = master;
    this.#encryption = derive(master, 'envelope 1 encryption');
    this.#authentication = derive(master, 'envelope 1 authentication');
    this.#grants = derive(master, 'envelope 2 grants');
  }

  static generate(): MasterKey {
    return new MasterKey(randomBytes(MASTER_KEY_BYTES));
  }

  /** Copies the bytes; the caller still has to zero its own. */
  static from(bytes: Uint8Array): MasterKey {
    if (bytes.byteLength !== MASTER_KEY_BYTES) throw new RangeError('A master key has 32 bytes');
    return new MasterKey(Buffer.from(bytes));
  }

  /** Only for storing it in the keychain or wrapping it by a passphrase. */
  reveal(): Buffer {
    this.#assertAlive();
    return Buffer.from(this.#master);
  }

  get encryption(): Buffer {
    this.#assertAlive();
    return this.#encryption;
  }

  get authentication(): Buffer {
    this.#assertAlive();
    return this.#authentication;
  }

  /** For the secrets of grants. */
  get grants(): Buffer {
    this.#assertAlive();
    return this.#grants;
  }

  /** Zeroes the key. Every later use throws `KEY_LOCKED`. */
  destroy(): void {
    this.#destroyed = true;
    this.#master.fill(0);
    this.#encryption.fill(0);
    this.#authentication.fill(0);
    this.#grants.fill(0);
  }

  toString(): string {
    return '[master key]';
  }

  toJSON(): string {
    return '[master key]';
  }

  [inspect.custom](): string {
    return '[master key]';
  }

  #assertAlive(): void {
    if (this.#destroyed) throw new AppError('KEY_LOCKED');
  }
}
