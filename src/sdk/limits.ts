/** What a vault and its secrets can be called, and how large a value can be. */
import { AppError } from '@shared/errors';

const ID_MAX = 64;

/** Bytes. The least of what the cloud providers keep in one secret, which is that of Azure Key Vault. */
const VALUE_MAX = 25 * 1024;

const NAME_MAX = 256;

export const isVaultId = (id: unknown): id is string =>
  typeof id === 'string' && /^[\w-]+$/.test(id) && id.length <= ID_MAX;

/** Throws `NAME_NOT_ALLOWED`. */
export function assertVaultId(id: unknown): asserts id is string {
  if (isVaultId(id)) return;
  throw new AppError('NAME_NOT_ALLOWED', {
    message:
      typeof id === 'string' && id.length > ID_MAX
        ? `The id of the vault has ${String(id.length)} characters.`
        : `${typeof id === 'string' ? `“${id}”` : 'What was given'} is no id of a vault.`,
    hint: `Use the letters a–z and A–Z, digits, - and _, and ${String(ID_MAX)} characters at most.`,
    details: { field: 'id' },
  });
}

/** Throws `NAME_NOT_ALLOWED`. */
export function assertSecretName(name: unknown): asserts name is string {
  const isText = typeof name === 'string';
  if (isText && name !== '' && name.length <= NAME_MAX && !/\p{Cc}/u.test(name)) return;
  throw new AppError('NAME_NOT_ALLOWED', {
    message: isText
      ? name === ''
        ? 'The name of the secret is empty.'
        : 'The name of the secret is too long, or has a line break or another control character.'
      : 'The name of the secret is no text.',
    hint: `Use a name such as STRIPE_API_KEY, of ${String(NAME_MAX)} characters at most.`,
    details: { field: 'name' },
  });
}

/** Throws `INVALID_INPUT` and `VALUE_TOO_LARGE`; neither quotes the value. */
export function assertSecretValue(value: unknown, name: string): asserts value is string {
  if (typeof value !== 'string') {
    throw new AppError('INVALID_INPUT', {
      message: `The value of ${name} is ${value === undefined ? 'undefined' : 'not a string'}.`,
      likelyCause:
        value === undefined
          ? 'It comes from an environment variable that is not set.'
          : 'It is a number or an object.',
      hint: 'Pass a string. JSON.stringify turns any other value into a string.',
      details: { field: 'value' },
    });
  }
  const bytes = Buffer.byteLength(value);
  if (bytes <= VALUE_MAX) return;
  const count = (amount: number): string => amount.toLocaleString('en');
  throw new AppError('VALUE_TOO_LARGE', {
    message: `The value of ${name} takes ${count(bytes)} bytes, ${count(bytes - VALUE_MAX)} more than the limit of ${count(VALUE_MAX)}.`,
    likelyCause: 'The value is a file, or data that is not secret.',
    hint: 'Keep large data in a bucket or a database, and only the key to it in the vault.',
    details: { field: 'value' },
  });
}
