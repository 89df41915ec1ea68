/**
 * References: texts in place of the value of a variable. See docs/decisions/0039-references-and-redaction.md.
 *
 * `@ENV/NAME` is the variable NAME of the environment ENV. `@NAME` and `@/NAME` name a variable of the
 * environment that the text is in, or that was chosen with `--env`.
 *
 * Names of environments often contain slashes, and names of variables hardly ever do. So the **last** slash
 * separates them. In a name of a variable, `\/` is a slash; in both, `\\` is a backslash.
 */
import { z } from 'zod';
import { AppError } from '../errors';
import { isShellKey } from './key-rules';

export const referenceSchema = z.object({
  /** The name of the environment; absent for the environment that the reference is in. */
  vault: z.string().min(1).optional(),
  /** The name of the variable. */
  key: z.string().min(1),
});
export type Reference = z.infer<typeof referenceSchema>;

/** The last slash that is not escaped, and what is on both sides of it. */
const AT_LAST_SLASH = /^((?:\\[\s\S]|[^\\])*)\/((?:\\[\s\S]|[^\\/])*\\?)$/;

const unescape = (text: string): string => text.replaceAll(/\\([\\/])/g, '$1');
const escape = (text: string): string => text.replaceAll('\\', String.raw`\\`);

/** Reads `@ENV/NAME`, `@/NAME` or `@NAME`; `undefined` if the text is none of them. */
export function parseReference(text: string): Reference | undefined {
  if (!text.startsWith('@')) return undefined;
  const rest = text.slice(1);
  const [, vault, name] = AT_LAST_SLASH.exec(rest) ?? [];
  const key = unescape(name ?? rest);
  if (key === '') return undefined;
  return vault === undefined || vault === '' ? { key } : { vault: unescape(vault), key };
}

/** Writes a reference so that `parseReference` reads it back. */
export function formatReference({ vault, key }: Reference): string {
  const name = escape(key).replaceAll('/', String.raw`\/`);
  return vault === undefined ? `@${name}` : `@${escape(vault)}/${name}`;
}

/** Where the value of a variable comes from. */
export type ValueSource =
  | { readonly text: string; readonly reference?: never }
  | { readonly reference: Reference; readonly text?: never };

export interface Assignment {
  readonly key: string;
  readonly source: ValueSource;
}

/**
 * Reads the text behind `KEY=`: `@ENV/NAME`, `@NAME`, `@` for the variable `key` itself, else a text. `\@…`
 * is the text `@…`, `\\@…` is `\@…`, and so on. Throws `INVALID_INPUT` for `@ENV/`, which names no variable.
 */
export function parseValue(key: string, text: string): ValueSource {
  if (text === '@') return { reference: { key } };
  if (/^\\+@/.test(text)) return { text: text.slice(1) };
  if (!text.startsWith('@')) return { text };
  const reference = parseReference(text);
  if (reference !== undefined) return { reference };
  throw new AppError('INVALID_INPUT', {
    message: `The reference for ${key} does not name a variable.`,
    hint: String.raw`Write ${key}=@ENV/NAME. For a text that starts with @, write ${key}=\@…`,
  });
}

/**
 * Reads one `KEY=VALUE`, see `parseValue`. `place` names the argument in the error if it has no key, because
 * the text may be a value. Throws `INVALID_INPUT`.
 */
function parseAssignment(text: string, place: string): Assignment {
  const equals = text.indexOf('=');
  const key = equals === -1 ? text : text.slice(0, equals);
  if (equals === -1) {
    const named = isShellKey(key) && key.length <= LONGEST_NAMED ? `${place}, ${key},` : place;
    throw new AppError('INVALID_INPUT', {
      message: `${named} has no “=”.`,
      hint: 'Write KEY=VALUE, KEY=@NAME, KEY=@ENV/NAME, or KEY=@ for the variable of the same name.',
    });
  }
  if (key === '') {
    throw new AppError('INVALID_INPUT', {
      message: `${place} has no name before “=”.`,
      hint: 'Write KEY=VALUE.',
    });
  }
  return { key, source: parseValue(key, text.slice(equals + 1)) };
}

/** Longer than that, an argument without “=” is rather a value. */
const LONGEST_NAMED = 40;

/**
 * Reads the arguments of one option, such as `--var`. Of two for the same key, the last is used. Throws
 * `INVALID_INPUT` with the argument.
 */
export function parseAssignments(texts: readonly string[], option: string): Assignment[] {
  const byKey = new Map<string, Assignment>();
  for (const [index, text] of texts.entries()) {
    const place = texts.length === 1 ? option : `${option} number ${String(index + 1)}`;
    const assignment = parseAssignment(text, place);
    byKey.delete(assignment.key);
    byKey.set(assignment.key, assignment);
  }
  return [...byKey.values()];
}

/** `{{ @ENV/NAME }}`, with or without the spaces. A backslash in front makes it a text. */
const PLACEHOLDER = /(\\?)\{\{[ \t]*(@(?:\\[^\n]|[^{}\n\\])*?)[ \t]*\}\}/g;

/** The text of a file, cut at its references. */
export type TextPart = string | Reference;

/**
 * Cuts the text of a file at its references, `{{ @ENV/NAME }}` or `{{ @/NAME }}`. Other braces are left to
 * template languages: a slash is required, so `{{@index}}` of Handlebars stays. `\{{ @ENV/NAME }}` stays too,
 * without its backslash.
 */
export function splitAtReferences(text: string): TextPart[] {
  const parts: TextPart[] = [];
  let done = 0;
  for (const match of text.matchAll(PLACEHOLDER)) {
    const [whole, backslash = '', inside = ''] = match;
    const reference = inside.includes('/') ? parseReference(inside) : undefined;
    if (reference === undefined) continue;
    parts.push(text.slice(done, match.index));
    parts.push(backslash === '' ? reference : whole.slice(1));
    done = match.index + whole.length;
  }
  return [...parts, text.slice(done)].filter((part) => part !== '');
}
