/**
 * What a key vault lets a secret be called and hold, checked before a call is made. Sources:
 * https://learn.microsoft.com/en-us/azure/key-vault/general/about-keys-secrets-certificates#object-identifiers and
 * https://learn.microsoft.com/en-us/azure/key-vault/secrets/about-secrets
 */
import { AppError, isAppError } from '@shared/errors';
import { documentToText, entriesOf, type SecretDocument } from '@core/secrets/document';
import { textOfEntry } from '../entries';
import { isFolder } from '@shared/model/layout';
import { pathProblem, platformLimits } from '@shared/model/platform-limits';
import { beginningOf, FOLDER_TAG, KEY_TAG, keyIn, nameOf, type Tagged } from './names';

const NAME_MAX = 127;
const VALUE_MAX_BYTES = 25_600;

/** Of a tag, which keeps the true key of a variable, or its note. */
export const TAG_MAX = 256;
export const TAGS_MAX = 15;

/** Throws `NAME_NOT_ALLOWED`. */
export function checkName(name: string, path: string): void {
  if (/^[A-Za-z0-9-]+$/.test(name) && name.length <= NAME_MAX) return;
  const allowed = 'Azure allows the letters a–z and A–Z, digits and hyphens, and no underscore';
  const suggestion = name.replaceAll(/[^A-Za-z0-9-]+/g, '-').replaceAll(/^-+|-+$/g, '');
  const [wrong] = /[^A-Za-z0-9-]/u.exec(name) ?? [];
  throw new AppError('NAME_NOT_ALLOWED', {
    message:
      wrong === undefined
        ? name === ''
          ? 'A secret needs a name.'
          : `The name has ${String(name.length)} characters. Azure allows ${String(NAME_MAX)} at most.`
        : `Azure does not allow ${wrong === ' ' ? 'a space' : `“${wrong}”`} in the name of a secret.`,
    hint:
      suggestion === '' || wrong === undefined ? `${allowed}.` : `${allowed}. Try ${suggestion}.`,
    details: { path, ...(wrong !== undefined && suggestion !== '' && { suggestion }) },
  });
}

function checkSize(bytes: number, what: string): void {
  if (bytes <= VALUE_MAX_BYTES) return;
  const count = (value: number): string => value.toLocaleString('en');
  throw new AppError('VALUE_TOO_LARGE', {
    message: `${what} takes ${count(bytes)} bytes, ${count(bytes - VALUE_MAX_BYTES)} more than the ${count(VALUE_MAX_BYTES)} that Azure accepts in one secret.`,
    hint: 'Store the environment as a folder, one secret for each variable: a path with a slash at its end.',
  });
}

/** Two variables of a folder would share one secret. */
export const sameName = (path: string, other: string, key: string): AppError =>
  new AppError('NAME_NOT_ALLOWED', {
    message: `${other} and ${key} would be the same secret, ${nameOf(path, key)}.`,
    likelyCause: 'Azure ignores case in names, and a name has no underscore.',
    hint: 'Rename one of them, or store the environment as one secret.',
    details: { field: key },
  });

/**
 * The tags of a variable's secret: those that it has, its folder and its key. A secret that somebody else made
 * may have no room for more; then the key must be the one that its name tells. Throws `REQUEST_REFUSED`.
 */
export function tagsFor(path: string, key: string, before: Tagged | undefined): Tagged['tags'] {
  const tags = { ...before?.tags, [FOLDER_TAG]: path, [KEY_TAG]: key };
  if (before === undefined || Object.keys(tags).length <= TAGS_MAX) return tags;
  if (keyIn(path, before) === key) return before.tags;
  throw new AppError('REQUEST_REFUSED', {
    message: `The secret ${before.name} has no room for the tags that keep its folder and its key.`,
    likelyCause: `Azure allows ${String(TAGS_MAX)} tags.`,
    hint: 'Remove two of its tags in Azure, then save again.',
    details: { path: before.name },
  });
}

/** Throws the first problem of what is to be written to a path. */
export function checkPath(path: string, document: SecretDocument): void {
  if (document.shape === 'binary') throw new AppError('BINARY_VALUE');
  if (!isFolder(path)) {
    checkName(path, path);
    checkSize(Buffer.byteLength(documentToText(document)), 'The environment');
    return;
  }
  if (document.shape !== 'map') {
    throw new AppError('INVALID_INPUT', {
      message: 'A folder contains variables, but this is one text.',
      hint: 'Choose a path without a slash at its end.',
    });
  }
  checkName(beginningOf(path), path);
  const taken = new Map<string, string>();
  for (const [key, entry] of entriesOf(document)) {
    const name = nameOf(path, key);
    checkName(name, path);
    checkSize(Buffer.byteLength(textOfEntry(entry)), key);
    if (key.length > TAG_MAX) {
      throw new AppError('NAME_NOT_ALLOWED', {
        message: `The key ${key} is longer than the ${String(TAG_MAX)} characters of a tag, which keeps it.`,
        details: { field: key },
      });
    }
    // Names ignore case.
    const other = taken.get(name.toLowerCase());
    if (other !== undefined) throw sameName(path, other, key);
    taken.set(name.toLowerCase(), key);
  }
}

/** Throws what `checkPath` throws, and the first problem of the path of an environment that is new. */
export function checkNew(path: string, document: SecretDocument): void {
  checkPath(path, document);
  const problem = pathProblem(platformLimits, path);
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
