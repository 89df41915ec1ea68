/**
 * The variables that the environments of a workspace are expected to have, and what their values look like. A rule
 * holds no value. Values are compared with it inside the core; a misfit names the rule, and no part of the value.
 */
import { z } from 'zod';
import { linearPattern, PATTERN_MAX, PATTERN_TEXT_MAX, PatternError } from './linear-pattern';

/** Rules of a workspace, at most. */
export const EXPECTED_MAX = 500;
/** Characters of a note, at most. */
export const NOTE_MAX = 500;
const CHOICES_MAX = 50;

export const expectedTypes = ['url', 'number', 'integer', 'boolean', 'one-of', 'pattern'] as const;
export type ExpectedType = (typeof expectedTypes)[number];

export const noteSchema = z
  .string()
  .trim()
  .max(NOTE_MAX, `A note can have at most ${String(NOTE_MAX)} characters.`);

export const expectedVariableSchema = z
  .strictObject({
    key: z
      .string()
      .min(1, 'Enter a key.')
      .max(200, 'A key can have at most 200 characters.')
      .regex(/^[^\s=]+$/, 'A key has no spaces and no “=”.'),
    /** Nobody misses it; only its value is checked. */
    optional: z.literal(true).optional(),
    /** Default: any text. */
    type: z.enum(expectedTypes).optional(),
    /** For `one-of`: the values that are allowed. */
    choices: z.array(z.string().min(1).max(200)).min(1).max(CHOICES_MAX).optional(),
    /** For `pattern`: what the whole value matches, see `linearPattern`. */
    pattern: z.string().min(1).max(PATTERN_MAX).optional(),
    /** What the variable is for. */
    note: noteSchema.min(1).optional(),
    /** Only for the environment of this name and those below it. Default: all of the workspace. */
    under: z.string().trim().min(1).max(200).optional(),
  })
  .superRefine(({ type, choices, pattern }, context) => {
    const complain = (field: string, message: string): void => {
      context.addIssue({ code: 'custom', path: [field], message });
    };
    if (type === 'one-of' && choices === undefined) {
      complain('choices', 'Enter the values that are allowed.');
    }
    if (type !== 'one-of' && choices !== undefined) {
      complain('choices', 'Only the type one-of has choices.');
    }
    if (type === 'pattern' && pattern === undefined) complain('pattern', 'Enter a pattern.');
    if (type !== 'pattern' && pattern !== undefined) {
      complain('pattern', 'Only the type pattern has a pattern.');
    }
    if (pattern === undefined) return;
    try {
      linearPattern(pattern);
    } catch (error) {
      if (!(error instanceof PatternError)) throw error;
      complain('pattern', error.message);
    }
  });
export type ExpectedVariable = z.infer<typeof expectedVariableSchema>;

/** What tells rules apart: a key can have one for each folder. */
export const expectedId = ({ key, under = '' }: Pick<ExpectedVariable, 'key' | 'under'>): string =>
  JSON.stringify([under, key]);

export const expectedVariablesSchema = z
  .array(expectedVariableSchema)
  .max(EXPECTED_MAX, `At most ${String(EXPECTED_MAX)} variables can be expected.`)
  .superRefine((rules, context) => {
    const seen = new Set<string>();
    for (const [at, rule] of rules.entries()) {
      if (seen.has(expectedId(rule))) {
        context.addIssue({
          code: 'custom',
          path: [at, 'key'],
          message: `${rule.key} is there twice.`,
        });
      }
      seen.add(expectedId(rule));
    }
  });

const concerns = ({ under }: ExpectedVariable, environment: string): boolean =>
  under === undefined ||
  environment === under ||
  environment.startsWith(under.endsWith('/') ? under : `${under}/`);

/** The rules for one environment, by key, in their order. Of two for one key, that of the deeper folder counts. */
export function expectedOf(
  rules: readonly ExpectedVariable[],
  environment: string,
): ReadonlyMap<string, ExpectedVariable> {
  const found = new Map<string, ExpectedVariable>();
  for (const rule of rules) {
    if (!concerns(rule, environment)) continue;
    const other = found.get(rule.key);
    const isDeeper = (rule.under ?? '').length > (other?.under ?? '').length;
    if (other === undefined || isDeeper) found.set(rule.key, rule);
  }
  return found;
}

/** The keys that an environment with these keys is missing. */
export const missingOf = (
  expected: ReadonlyMap<string, ExpectedVariable>,
  has: (key: string) => boolean,
): ExpectedVariable[] =>
  [...expected.values()].filter(({ key, optional }) => optional !== true && !has(key));

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const INTEGER = /^[+-]?\d+$/;
/** A scheme, and something behind it. Several hosts are allowed, as MongoDB has them, which `URL` refuses. */
const URL_TEXT = /^[a-z][a-z\d+.-]*:\/\/[^\s]+$/i;
const BOOLEAN = /^(?:true|false|yes|no|on|off|1|0)$/i;

/** What a value should be, in a few words: `a URL`. */
export function expectedWords({ type, choices = [], pattern = '' }: ExpectedVariable): string {
  switch (type) {
    case undefined:
      return 'any text';
    case 'url':
      return 'a URL';
    case 'number':
      return 'a number';
    case 'integer':
      return 'a whole number';
    case 'boolean':
      return 'true or false';
    case 'one-of':
      return `one of ${choices.join(', ')}`;
    case 'pattern':
      return `like ${pattern}`;
  }
}

function fits({ type, choices = [], pattern = '' }: ExpectedVariable, value: string): boolean {
  switch (type) {
    case undefined:
      return true;
    case 'url':
      return URL_TEXT.test(value);
    case 'number':
      return NUMBER.test(value);
    case 'integer':
      return INTEGER.test(value);
    case 'boolean':
      return BOOLEAN.test(value);
    case 'one-of':
      return choices.includes(value);
    case 'pattern':
      return linearPattern(pattern)(value);
  }
}

/** Why a value does not fit, as a sentence that has no part of the value; `undefined` if it fits. */
export function misfitOf(rule: ExpectedVariable, value: string): string | undefined {
  if (value === '') return rule.optional === true ? undefined : 'The value is empty.';
  if (fits(rule, value)) return undefined;
  if (rule.type === 'pattern' && value.length > PATTERN_TEXT_MAX) {
    return `The value is too long for a pattern: it has more than ${String(PATTERN_TEXT_MAX)} characters.`;
  }
  return `The value should be ${expectedWords(rule)}.`;
}
