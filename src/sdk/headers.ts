/** The headers of a request, with the secrets that they refer to. */
import { AppError } from '@shared/errors';
import { untilAborted } from '@core/network/until-aborted';
import type { RequestHeaders, SecretReference } from './types';

/** The value of a secret; `undefined` if there is none. */
export type ResolveReference = (
  reference: SecretReference,
  signal: AbortSignal,
) => Promise<string | undefined>;

export interface ResolvedHeaders {
  readonly headers: Headers;
  /** The names, in lower case, of the headers that hold a secret. */
  readonly secret: ReadonlySet<string>;
}

const isPairs = (headers: RequestHeaders): headers is Extract<RequestHeaders, Iterable<unknown>> =>
  Symbol.iterator in headers;

/**
 * Reads all secrets before anything is sent. Throws `NO_SUCH_VARIABLE` if one does not exist, `INVALID_INPUT` if a
 * value cannot be a header, and what `resolve` throws. No error holds a value.
 */
export async function resolveHeaders(
  given: RequestHeaders | undefined,
  resolve: ResolveReference,
  signal: AbortSignal,
): Promise<ResolvedHeaders> {
  const pairs = given === undefined ? [] : isPairs(given) ? [...given] : Object.entries(given);
  const read = Promise.all(
    pairs.map(async ([name, value]) => {
      if (typeof value === 'string') return { name, value, isSecret: false };
      return { name, value: await valueOf(name, value, resolve, signal), isSecret: true };
    }),
  );
  const headers = new Headers();
  const secret = new Set<string>();
  for (const { name, value, isSecret } of await untilAborted(read, signal)) {
    if (isSecret) secret.add(name.toLowerCase());
    headers.append(name, value);
  }
  return { headers, secret };
}

async function valueOf(
  name: string,
  reference: SecretReference,
  resolve: ResolveReference,
  signal: AbortSignal,
): Promise<string> {
  const { vault, key } = reference as Partial<SecretReference>;
  if (typeof vault !== 'string' || typeof key !== 'string') {
    throw new AppError('INVALID_INPUT', {
      message: `The header ${name} is neither a string nor a reference.`,
      hint: 'Pass a string, or { vault, key }.',
      details: { field: name },
    });
  }
  const value = await resolve(reference, signal);
  if (value === undefined) {
    throw new AppError('NO_SUCH_VARIABLE', {
      message: `The header ${name} needs the secret ${key} of the vault ${vault}, which does not exist.`,
      likelyCause: 'It was never set or was deleted, or one of the two names is misspelt.',
      hint: `Set ${key} in ${vault}. Nothing was sent.`,
      details: { field: name },
    });
  }
  // `Headers` would quote the value in its error. It removes white space around the value by itself.
  if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(value.trim())) {
    throw new AppError('INVALID_INPUT', {
      message: `The secret ${key} of the vault ${vault} cannot be sent in the header ${name}.`,
      likelyCause: 'It has several lines, or a character that headers do not allow.',
      hint: `Set ${key} again, as one line of plain characters. Nothing was sent.`,
      details: { field: name },
    });
  }
  return value;
}
