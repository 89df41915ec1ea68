/** Paths of Vault's API. Only a path that was encoded here can be sent. */
import { AppError } from '@shared/errors';
import { codePointText } from '../check/texts';

/** What stands behind `/v1/`, each segment percent-encoded, the slashes between them not. */
export type EncodedPath = string & { readonly __encoded: true };

/** Servers refuse longer request lines, and some cut the connection without saying so. */
const MAX_LENGTH = 6000;

const notAllowed = (message: string): AppError => new AppError('NAME_NOT_ALLOWED', { message });

/** Segments that are encoded as they are, as nearly all are. */
const PLAIN = /^[\w-]+(?:\/[\w-]+)*$/;

function encodeSegment(segment: string): string {
  if (segment === '') {
    throw notAllowed('A path cannot have an empty part: no slash at either end, no double slash.');
  }
  if (segment === '.' || segment === '..') {
    throw notAllowed('A path cannot have “.” or “..” as one of its parts.');
  }
  try {
    return encodeURIComponent(segment);
  } catch {
    throw notAllowed('The path contains half of a surrogate pair, which is not a character.');
  }
}

/**
 * Joins the parts that are not empty and encodes each segment. Throws `NAME_NOT_ALLOWED` for
 * segments that the server, or a proxy before it, would resolve into another path.
 */
export function encodePath(...parts: readonly string[]): EncodedPath {
  const encoded = parts
    .filter((part) => part !== '')
    .map((part) => (PLAIN.test(part) ? part : part.split('/').map(encodeSegment).join('/')))
    .join('/');
  if (encoded.length > MAX_LENGTH) throw notAllowed('The path is too long.');
  return encoded as EncodedPath;
}

/** The same path with one parameter behind it. */
export const withParameter = (path: EncodedPath, name: string, value: string): EncodedPath =>
  `${path}?${name}=${encodeURIComponent(value)}` as EncodedPath;

/**
 * Whether a path holds a character that Vault takes for unprintable: it answers 400 with no body
 * then, unless its listener sets `disable_printable_check`. The rule is Go's `unicode.IsPrint`.
 */
export const hasUnprintable = (path: string): boolean => UNPRINTABLE.test(path);

const UNPRINTABLE = /[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/u;

/** Names the first unprintable character of a path that is to be made: nobody could type it again. */
export function unprintableError(path: string): AppError | undefined {
  const [character] = UNPRINTABLE.exec(path) ?? [];
  if (character === undefined) return undefined;
  return notAllowed(
    `The path contains the character ${codePointText(character)}, which cannot be seen.`,
  );
}
