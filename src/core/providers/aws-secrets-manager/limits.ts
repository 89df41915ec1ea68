/**
 * What AWS lets a secret be called and hold, checked before a call is made.
 * Source: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html.
 */
import { AppError, isAppError } from '@shared/errors';
import { nameOfCharacter } from '../check/texts';
import { documentToText, type SecretDocument } from '@core/secrets/document';

const NAME_MAX = 512;
const VALUE_MAX_BYTES = 65_536;

/** Throws `NAME_NOT_ALLOWED`, naming the first character that is not allowed. */
export function checkName(name: string): void {
  const refuse = (message: string, hint: string): never => {
    throw new AppError('NAME_NOT_ALLOWED', { message, hint, details: { path: name } });
  };
  const allowed = 'AWS allows the letters a–z and A–Z, digits, and / _ + = . @ -';
  if (name === '') refuse('A secret needs a name.', allowed);
  const [wrong] = /[^A-Za-z0-9/_+=.@-]/u.exec(name) ?? [];
  if (wrong !== undefined) {
    refuse(`AWS does not allow ${nameOfCharacter(wrong)} in the name of a secret.`, allowed);
  }
  if (name.length > NAME_MAX) {
    refuse(
      `The name has ${String(name.length)} characters.`,
      `AWS allows ${String(NAME_MAX)} at most.`,
    );
  }
}

export type Content = { readonly SecretString: string } | { readonly SecretBinary: Uint8Array };

/** What is sent for a document. Throws `VALUE_TOO_LARGE` and, for an empty text, `INVALID_INPUT`. */
export function contentOf(document: SecretDocument): Content {
  const content =
    document.shape === 'binary'
      ? { SecretBinary: Buffer.from(document.base64.reveal(), 'base64') }
      : { SecretString: documentToText(document) };
  const bytes = Buffer.byteLength(content.SecretBinary ?? content.SecretString);
  if (bytes === 0) {
    throw new AppError('INVALID_INPUT', {
      message: 'AWS cannot store an empty value.',
      hint: 'Enter a value, or remove the secret.',
    });
  }
  if (bytes > VALUE_MAX_BYTES) {
    const count = (value: number): string => value.toLocaleString('en');
    throw new AppError('VALUE_TOO_LARGE', {
      message: `All values together take ${count(bytes)} bytes, ${count(bytes - VALUE_MAX_BYTES)} more than the ${count(VALUE_MAX_BYTES)} that AWS accepts in one secret.`,
    });
  }
  return content;
}

/** Why a secret of this name and content cannot be created. */
export function problemOf(name: string, document: SecretDocument): AppError | undefined {
  try {
    checkName(name);
    contentOf(document);
    return undefined;
  } catch (error) {
    if (isAppError(error)) return error;
    throw error;
  }
}
