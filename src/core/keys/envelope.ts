/**
 * How data at rest is sealed: AES-256-CBC with a fresh random IV, then HMAC-SHA-256 over the whole
 * (encrypt-then-MAC). The scope names the place of the text, such as “this credential of this workspace”.
 * It is authenticated, so one blob cannot replace another.
 *
 * Layout: version (1 byte) ‖ IV (16) ‖ ciphertext (PKCS#7) ‖ MAC (32). The MAC covers
 * version ‖ length of the scope (4 bytes, big-endian) ‖ scope ‖ IV ‖ ciphertext.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';
import { AppError } from '@shared/errors';
import type { MasterKey } from './master-key';

const VERSION = 1;
const IV_BYTES = 16;
const BLOCK_BYTES = 16;
const MAC_BYTES = 32;

function authenticate(key: MasterKey, scope: string, iv: Buffer, ciphertext: Buffer): Buffer {
  const scopeBytes = Buffer.from(scope, 'utf8');
  const head = Buffer.alloc(5);
  head.writeUInt8(VERSION, 0);
  head.writeUInt32BE(scopeBytes.byteLength, 1);
  return createHmac('sha256', key.authentication)
    .update(head)
    .update(scopeBytes)
    .update(iv)
    .update(ciphertext)
    .digest();
}

/** Throws `KEY_LOCKED` if the key has been zeroed. */
export function seal(key: MasterKey, scope: string, plaintext: Uint8Array | string): Buffer {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-cbc', key.encryption, iv);
  const ciphertext = Buffer.concat([
    typeof plaintext === 'string' ? cipher.update(plaintext, 'utf8') : cipher.update(plaintext),
    cipher.final(),
  ]);
  const mac = authenticate(key, scope, iv, ciphertext);
  return Buffer.concat([Buffer.of(VERSION), iv, ciphertext, mac]);
}

/**
 * Returns the plaintext. Throws `CREDENTIALS_UNREADABLE` if a byte was changed or the scope or the key is
 * another, and `KEY_LOCKED` if the key has been zeroed.
 */
export function open(key: MasterKey, scope: string, sealed: Uint8Array): Buffer {
  const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
  const ciphertextBytes = bytes.byteLength - 1 - IV_BYTES - MAC_BYTES;
  if (
    bytes[0] !== VERSION ||
    ciphertextBytes < BLOCK_BYTES ||
    ciphertextBytes % BLOCK_BYTES !== 0
  ) {
    throw new AppError('CREDENTIALS_UNREADABLE');
  }
  const iv = bytes.subarray(1, 1 + IV_BYTES);
  const ciphertext = bytes.subarray(1 + IV_BYTES, -MAC_BYTES);
  const mac = bytes.subarray(-MAC_BYTES);
  // The MAC is checked before anything is decrypted: CBC alone would be a padding oracle.
  if (!timingSafeEqual(mac, authenticate(key, scope, iv, ciphertext))) {
    throw new AppError('CREDENTIALS_UNREADABLE');
  }
  const decipher = createDecipheriv('aes-256-cbc', key.encryption, iv);
  return Buffer.concat([decipher.update(ciphertext), decipher.final()]);
}
