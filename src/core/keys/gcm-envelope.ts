/**
 * How the secrets of grants are sealed: AES-256-GCM with a fresh random nonce, under a key that is derived from the
 * master key for this use only. The scope is authenticated, so one blob cannot replace another, and a grant whose
 * hosts were changed in the file does not open its secrets.
 *
 * Layout: version (1 byte) ‖ nonce (12) ‖ ciphertext ‖ tag (16). The additional data is version ‖ scope.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { AppError } from '@shared/errors';
import type { MasterKey } from './master-key';
import type { Envelope } from './sealed-store';

const VERSION = 2;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

const additionalData = (scope: string): Buffer =>
  Buffer.concat([Buffer.of(VERSION), Buffer.from(scope, 'utf8')]);

/** Throws `KEY_LOCKED` if the key has been zeroed. */
function seal(key: MasterKey, scope: string, plaintext: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key.grants, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(additionalData(scope));
  const ciphertext = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final()]);
  return Buffer.concat([Buffer.of(VERSION), nonce, ciphertext, cipher.getAuthTag()]);
}

/**
 * Returns the plaintext. Throws `CREDENTIALS_UNREADABLE` if a byte was changed or the scope or the key is another,
 * and `KEY_LOCKED` if the key has been zeroed.
 */
function open(key: MasterKey, scope: string, sealed: Uint8Array): Buffer {
  const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
  if (bytes[0] !== VERSION || bytes.byteLength < 1 + NONCE_BYTES + TAG_BYTES) {
    throw new AppError('CREDENTIALS_UNREADABLE');
  }
  const nonce = bytes.subarray(1, 1 + NONCE_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', key.grants, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(additionalData(scope));
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  try {
    return Buffer.concat([
      decipher.update(bytes.subarray(1 + NONCE_BYTES, -TAG_BYTES)),
      decipher.final(),
    ]);
  } catch (error) {
    throw new AppError('CREDENTIALS_UNREADABLE', { cause: error });
  }
}

export const gcmEnvelope: Envelope = { seal, open };
