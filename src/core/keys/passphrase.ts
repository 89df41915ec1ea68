/** Wrapping the master key by a passphrase, or by a PIN together with a key in the keychain. */
import { hkdfSync, randomBytes, scrypt } from 'node:crypto';
import { z } from 'zod';
import { AppError, isAppError } from '@shared/errors';
import { open, seal } from './envelope';
import { MASTER_KEY_BYTES, MasterKey } from './master-key';

/** Parameters of scrypt (RFC 7914): its memory is 128 · N · r bytes. */
export interface PassphraseCost {
  readonly N: number;
  readonly r: number;
  readonly p: number;
}

/** Each guess costs 128 MiB and some tenths of a second. */
export const PASSPHRASE_COST: PassphraseCost = { N: 2 ** 17, r: 8, p: 1 };

const SALT_BYTES = 16;
const SCOPE = 'master key under a passphrase';
const BESIDE_INFO = 'strongroom keychain and PIN';
const SCOPE_BESIDE = 'master key under a PIN and a key of the keychain';

/** Bytes. Twice what a guess costs now, and far from all memory. */
const MAX_MEMORY = 2 ** 28;

/** The limits keep a file that was tampered with from taking all memory, or from costing nothing. */
export const wrappedKeySchema = z
  .object({
    kdf: z.literal('scrypt'),
    N: z
      .number()
      .int()
      .min(2 ** 14)
      .max(2 ** 20)
      .refine((n) => Number.isInteger(Math.log2(n))),
    r: z.number().int().min(1).max(16),
    p: z.number().int().min(1).max(2),
    salt: z.base64(),
    sealed: z.base64(),
  })
  .refine(({ N, r }) => 128 * N * r <= MAX_MEMORY);
export type WrappedKey = z.infer<typeof wrappedKeySchema>;

/**
 * The key that wraps. With a key `beside` the passphrase it takes both, by HKDF-SHA-256 with that key as its salt: then
 * nobody can try passphrases who does not have it.
 */
async function deriveKey(
  passphrase: string,
  salt: Buffer,
  cost: PassphraseCost,
  beside: MasterKey | undefined,
): Promise<MasterKey> {
  const derived = await deriveBytes(passphrase, salt, cost);
  if (beside === undefined) {
    const key = MasterKey.from(derived);
    derived.fill(0);
    return key;
  }
  const other = beside.reveal();
  const both = Buffer.from(hkdfSync('sha256', derived, other, BESIDE_INFO, MASTER_KEY_BYTES));
  const key = MasterKey.from(both);
  for (const bytes of [derived, other, both]) bytes.fill(0);
  return key;
}

function deriveBytes(
  passphrase: string,
  salt: Buffer,
  { N, r, p }: PassphraseCost,
): Promise<Buffer> {
  // Another keyboard may compose the same characters differently.
  const normalised = passphrase.normalize('NFKC');
  return new Promise((resolve, reject) => {
    const maxmem = 128 * N * r + 128 * r * p + 2 ** 20;
    scrypt(normalised, salt, MASTER_KEY_BYTES, { N, r, p, maxmem }, (error, derived) => {
      if (error !== null) return reject(error);
      resolve(derived);
    });
  });
}

export async function wrapKey(
  key: MasterKey,
  passphrase: string,
  cost: PassphraseCost,
  beside?: MasterKey,
): Promise<WrappedKey> {
  const salt = randomBytes(SALT_BYTES);
  const wrapping = await deriveKey(passphrase, salt, cost, beside);
  const bytes = key.reveal();
  const sealed = seal(wrapping, beside === undefined ? SCOPE : SCOPE_BESIDE, bytes);
  bytes.fill(0);
  wrapping.destroy();
  return {
    kdf: 'scrypt',
    N: cost.N,
    r: cost.r,
    p: cost.p,
    salt: salt.toString('base64'),
    sealed: sealed.toString('base64'),
  };
}

/** Throws `WRONG_PASSPHRASE`. */
export async function unwrapKey(
  wrapped: WrappedKey,
  passphrase: string,
  beside?: MasterKey,
): Promise<MasterKey> {
  const salt = Buffer.from(wrapped.salt, 'base64');
  const wrapping = await deriveKey(passphrase, salt, wrapped, beside);
  try {
    const scope = beside === undefined ? SCOPE : SCOPE_BESIDE;
    const bytes = open(wrapping, scope, Buffer.from(wrapped.sealed, 'base64'));
    const key = MasterKey.from(bytes);
    bytes.fill(0);
    return key;
  } catch (error) {
    if (isAppError(error, 'CREDENTIALS_UNREADABLE')) {
      throw new AppError('WRONG_PASSPHRASE', { cause: error });
    }
    throw error;
  } finally {
    wrapping.destroy();
  }
}
