/**
 * The rules of a workspace for variables that are no secrets: patterns of keys, in which `*` is any
 * characters. Case does not count. What a person marked on a variable counts before every rule.
 */
import { z } from 'zod';
import type { Variable } from './variable';

const PATTERNS_MAX = 100;
const PATTERN_LENGTH_MAX = 100;

export const plainPatternSchema = z
  .string()
  .trim()
  .min(1, 'Enter a pattern.')
  .max(PATTERN_LENGTH_MAX, `A pattern can have at most ${String(PATTERN_LENGTH_MAX)} characters.`)
  .regex(/^[^\s=]+$/, 'A pattern has no spaces and no “=”.')
  .refine((pattern) => /[^*]/.test(pattern), 'A pattern needs more than *.');

export const plainPatternsSchema = z
  .array(plainPatternSchema)
  .max(PATTERNS_MAX, `At most ${String(PATTERNS_MAX)} patterns.`);

/** Patterns for keys that hardly ever name a secret. */
export const suggestedPatterns = [
  '*_ENV',
  'ENV',
  'ENVIRONMENT',
  'LOG_*',
  'PORT',
  '*_PORT',
  'HOST',
  '*_HOST',
  '*_REGION',
  'DEBUG',
  'TZ',
  '*_TIMEOUT',
  '*_ENABLED',
] as const;

/** A key with one of these in it rather names a credential. */
const CREDENTIAL =
  /pass|pwd|secret|token|key|cred|private|auth|cert|salt|dsn|cookie|signature|webhook/iu;

const sourceOf = (pattern: string): string =>
  pattern
    .split(/\*+/)
    .map((part) => part.replaceAll(/[.+?^${}()|[\]\\/]/g, String.raw`\$&`))
    .join('.*');

const anyOf = (patterns: readonly string[]): RegExp =>
  new RegExp(`^(?:${patterns.map(sourceOf).join('|')})$`, 'isu');

/**
 * Returns whether the rules make a key plain. A pattern with `*` leaves out keys that name a credential, such
 * as `LOG_TOKEN`: those have to be named in full.
 */
export function plainKeys(patterns: readonly string[]): (key: string) => boolean {
  if (patterns.length === 0) return () => false;
  const wide = patterns.filter((pattern) => pattern.includes('*'));
  const exact = patterns.filter((pattern) => !pattern.includes('*'));
  const [isWide, isExact] = [wide, exact].map((some) =>
    some.length === 0 ? undefined : anyOf(some),
  );
  return (key) =>
    isExact?.test(key) === true || (isWide?.test(key) === true && !CREDENTIAL.test(key));
}

/** A pattern and the keys that it would make plain. */
export interface PatternMatch {
  readonly pattern: string;
  readonly keys: readonly string[];
}

/** The patterns that would make at least one of these variables plain. A key is counted for the first of them. */
export function matchesOf(
  patterns: readonly string[],
  variables: readonly Variable[],
): readonly PatternMatch[] {
  const left = new Set(
    variables.flatMap(({ key, kind, secret, reference }) =>
      secret && kind === 'text' && reference === undefined ? [key] : [],
    ),
  );
  return patterns.flatMap((pattern) => {
    const keys = [...left].filter(plainKeys([pattern]));
    for (const key of keys) left.delete(key);
    return keys.length === 0 ? [] : [{ pattern, keys }];
  });
}
