/**
 * What Google lets a secret be called and hold, checked before a call is made.
 * Source: https://cloud.google.com/secret-manager/quotas#content_limits
 */
import { AppError, isAppError } from '@shared/errors';
import { documentToText, entriesOf, type SecretDocument } from '@core/secrets/document';
import { assertHasEntries, textOfEntry } from '../entries';
import { isFolder } from '@shared/model/layout';
import { pathProblem, platformLimits } from '@shared/model/platform-limits';
import { sizeProblem } from '../value-sizes';
import { beginningOf, idOf } from './names';

const ID_MAX = 255;
const VALUE_MAX_BYTES = 65_536;

/** Throws `NAME_NOT_ALLOWED`. `path` is what a person typed, for the message. */
export function checkId(id: string, path: string): void {
  const allowed = 'Google allows the letters a–z and A–Z, digits, - and _';
  if (/^[A-Za-z0-9_-]+$/.test(id) && id.length <= ID_MAX) return;
  const suggestion = id.replaceAll(/[^A-Za-z0-9_-]+/g, '-').replaceAll(/^-+|-+$/g, '');
  throw new AppError('NAME_NOT_ALLOWED', {
    message:
      id.length > ID_MAX
        ? `The id has ${String(id.length)} characters. Google allows ${String(ID_MAX)} at most.`
        : `Google does not allow ${wrongIn(id)} in the id of a secret.`,
    hint: suggestion === '' ? allowed : `${allowed}. Try ${suggestion}.`,
    details: { path, ...(suggestion !== '' && { suggestion }) },
  });
}

function wrongIn(id: string): string {
  const [wrong = ''] = /[^A-Za-z0-9_-]/u.exec(id) ?? [];
  if (id === '') return 'an empty id';
  return wrong === ' ' ? 'a space' : `“${wrong}”`;
}

/** Throws `INVALID_INPUT` for nothing at all, and `VALUE_TOO_LARGE`. */
function checkSize(bytes: number, what: string, key?: string): void {
  if (bytes === 0) {
    throw new AppError('INVALID_INPUT', {
      message: `Google cannot keep an empty value, and ${what} is empty.`,
      hint:
        key === undefined
          ? 'Enter a value.'
          : 'Enter a value, remove the variable, or store the environment as one secret.',
      details: { field: key },
    });
  }
  if (bytes <= VALUE_MAX_BYTES) return;
  const count = (value: number): string => value.toLocaleString('en');
  throw new AppError('VALUE_TOO_LARGE', {
    message: `${what} takes ${count(bytes)} bytes, ${count(bytes - VALUE_MAX_BYTES)} more than the ${count(VALUE_MAX_BYTES)} that Google accepts in one secret.`,
    likelyCause: 'The value is a file or a large list.',
    hint:
      key === undefined
        ? 'Store the environment as a folder, with a secret for each variable: a path with a slash at its end.'
        : 'Keep that value at another provider.',
    details: { field: key },
  });
}

/** Throws the first problem of what is to be written to a path. */
export function checkPath(path: string, document: SecretDocument): void {
  if (!isFolder(path)) {
    checkId(path, path);
    const bytes =
      document.shape === 'binary' ? document.bytes : Buffer.byteLength(documentToText(document));
    checkSize(bytes, 'The environment');
    return;
  }
  if (document.shape !== 'map') {
    throw new AppError('INVALID_INPUT', {
      message: 'A folder contains variables, but this is one value.',
      hint: 'Choose a path without a slash at its end.',
    });
  }
  checkId(beginningOf(path), path);
  assertHasEntries(document);
  const taken = new Map<string, string>();
  for (const [key, entry] of entriesOf(document)) {
    const id = idOf(path, key);
    checkId(id, path);
    checkSize(Buffer.byteLength(textOfEntry(entry)), key, key);
    const other = taken.get(id);
    if (other !== undefined) {
      throw new AppError('NAME_NOT_ALLOWED', {
        message: `${other} and ${key} would be the same secret, ${id}.`,
        likelyCause: 'Google’s ids have no other characters than letters, digits, - and _.',
        hint: 'Rename one of them, or store the environment as one secret.',
        details: { field: key },
      });
    }
    taken.set(id, key);
  }
}

/** Throws what `checkPath` throws, and the first problem of an environment that is new. */
export function checkNew(path: string, document: SecretDocument): void {
  checkPath(path, document);
  const problem = pathProblem(platformLimits, path) ?? sizeProblem(platformLimits, document);
  if (problem !== undefined) throw problem;
}

/** Why a document cannot be created at a path. */
export function problemOf(path: string, document: SecretDocument): AppError | undefined {
  try {
    checkNew(path, document);
    return undefined;
  } catch (error) {
    if (isAppError(error)) return error;
    throw error;
  }
}
