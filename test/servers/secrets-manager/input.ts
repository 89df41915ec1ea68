/** Rules for the members of requests that only Secrets Manager has. */
import { validationError } from '../aws/errors';
import { checkLength, type Input } from '../aws/input';
import { invalidParameter, invalidRequest } from './errors';

export const secretIdOf = (input: Input): string =>
  input.requiredString('SecretId', { min: 1, max: 2048 });

export const maxValueBytes = 65_536;

/** Exactly one of SecretString and SecretBinary, or neither. Throws InvalidParameterException. */
export function secretValue(
  input: Input,
):
  | { readonly kind: 'string'; readonly text: string }
  | { readonly kind: 'binary'; readonly bytes: Buffer }
  | undefined {
  const text = input.string('SecretString', { min: 1, max: maxValueBytes });
  const encoded = input.string('SecretBinary');
  if (text !== undefined && encoded !== undefined) {
    throw invalidParameter(
      "You can't specify both a binary secret value and a string secret value in the same secret.",
    );
  }
  if (text !== undefined) {
    checkLength('SecretString', Buffer.byteLength(text), 1, maxValueBytes);
    return { kind: 'string', text };
  }
  if (encoded === undefined) return undefined;
  const bytes = Buffer.from(encoded, 'base64');
  checkLength('SecretBinary', bytes.length, 1, maxValueBytes);
  return { kind: 'binary', bytes };
}

/** Throws ValidationException. AWS uses `!` in the names of secrets of other services. */
export function checkName(name: string): void {
  if (!/^[A-Za-z0-9/_+=.@!-]+$/.test(name)) {
    throw validationError(
      'Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!',
    );
  }
}

/** Every SDK sends a token; a raw request must add one. */
export function clientRequestToken(input: Input): string {
  const token = input.string('ClientRequestToken', { max: 64 });
  if (token === undefined || token === '') {
    throw invalidRequest(
      'You must provide a ClientRequestToken value. We recommend a UUID-type value.',
    );
  }
  if (token.length < 32) {
    throw invalidParameter('ClientRequestToken must be 32-64 characters long.');
  }
  return token;
}
