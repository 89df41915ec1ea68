/**
 * Limits that hold for the stores of all platforms (AWS, Google Cloud, Azure, and plain files), so that an
 * environment can be moved between them.
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
    message: `${what} takes ${count(bytes)} bytes, ${count(bytes - valueBytes)} more than the limit of ${count(valueBytes)} (25 KB) for one value.`,
    likelyCause: 'The value is a file or a large list.',
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
        `Each part of the path of a new environment can have at most ${String(partLength)} characters.`,
      );
    }
  }
  return undefined;
}
