/**
 * What the stores of the platforms (AWS, Google Cloud, Azure, and plain files on this computer) may be given, so
 * that an environment can be moved from each of them to every other.
 */
import { AppError } from '../errors';

export interface PlatformLimits {
  /** Bytes of one value, in UTF-8. */
  readonly valueBytes: number;
  /** Characters of one part of a path, which are letters, digits, hyphens and underscores. */
  readonly partLength: number;
}

export const platformLimits: PlatformLimits = { valueBytes: 25 * 1024, partLength: 64 };

const count = (value: number): string => value.toLocaleString('en');

/** What is wrong with a new value of this many bytes; `what` names it. */
export function valueProblem(
  { valueBytes }: PlatformLimits,
  what: string,
  bytes: number,
): AppError | undefined {
  if (bytes <= valueBytes) return undefined;
  return new AppError('VALUE_OVER_LIMIT', {
    message: `${what} takes ${count(bytes)} bytes, ${count(bytes - valueBytes)} more than the ${count(valueBytes)} (25 KB) that one value may have here.`,
    likelyCause: 'It is a file, or a large list.',
    hint: 'Shorten it, or keep it at a provider without this limit, such as HashiCorp Vault.',
    details: { field: what },
  });
}

/** What is wrong with the path of a new environment. A slash at its start or its end is none of its parts. */
export function pathProblem({ partLength }: PlatformLimits, path: string): AppError | undefined {
  const refuse = (message: string, hint: string): AppError =>
    new AppError('NAME_NOT_ALLOWED', { message, hint, details: { path } });
  for (const part of path.split('/')) {
    const [wrong] = /[^A-Za-z0-9_-]/u.exec(part) ?? [];
    if (wrong !== undefined) {
      return refuse(
        `The path has ${wrong === ' ' ? 'a space' : `“${wrong}”`}, which is not allowed in the name of a new environment.`,
        'Use the letters a–z and A–Z, digits, - and _.',
      );
    }
    if (part.length > partLength) {
      return refuse(
        `“${part.slice(0, 12)}…” has ${count(part.length)} characters.`,
        `A part of the path of a new environment has at most ${String(partLength)}.`,
      );
    }
  }
  return undefined;
}
