/** Problems with the key of a variable. */

export interface KeyIssue {
  /** A key with an error cannot be saved; a key with a warning causes trouble in other programs. */
  readonly level: 'error' | 'warning';
  readonly message: string;
  /** Whether the grid has it in words for a saved variable too, and not only as a mark. */
  readonly inWords?: true;
}

const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Control and format characters, and every kind of space; the usual one is among them. */
const UNSEEN = String.raw`\p{C}\p{Z}\p{Default_Ignorable_Code_Point}`;
const ALL_INVISIBLE = new RegExp(`(?! )[${UNSEEN}]`, 'gu');

/**
 * A key in a `.env` file, as the source of a regular expression with the flag `u`. It allows what secrets
 * managers allow and shells do not, and excludes what begins JSON, YAML, a URL or a comment.
 */
export const DOTENV_KEY = String.raw`(?![:$[\-])(?:(?!://)[^=#'"\x60(){}<>,;?&|${UNSEEN}])+`;

const ONLY_DOTENV_KEY = new RegExp(`^${DOTENV_KEY}$`, 'u');

/** Whether a key can be written in `.env` syntax at all. */
export const isDotenvKey = (key: string): boolean => ONLY_DOTENV_KEY.test(key);

/** The text without characters that cannot be seen. */
export const withoutInvisible = (text: string): string => text.replaceAll(ALL_INVISIBLE, '');

/** The text with the code in place of each character that cannot be seen: `API[U+200B]KEY`. */
export const nameInvisible = (text: string): string =>
  text.replaceAll(ALL_INVISIBLE, (character) => `[${codeOf(character)}]`);

const codeOf = (character: string): string =>
  `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;

/** `others` are the other keys of the environment, without this one. */
export function keyIssue(key: string, others: ReadonlySet<string>): KeyIssue | undefined {
  if (key === '') return { level: 'error', message: 'Enter a key.' };
  if (others.has(key)) return { level: 'error', message: `There is already a variable ${key}.` };
  if (key !== key.trim()) {
    return { level: 'warning', message: 'The key begins or ends with a space.' };
  }
  const [hidden] = key.match(ALL_INVISIBLE) ?? [];
  if (hidden !== undefined) {
    return {
      level: 'warning',
      message: `The key holds a character that cannot be seen (${codeOf(hidden)}).`,
    };
  }
  const folded = key.toUpperCase();
  for (const other of others) {
    if (other.toUpperCase() === folded) {
      return {
        level: 'warning',
        message: `Windows does not tell ${key} and ${other} apart.`,
      };
    }
  }
  if (!IDENTIFIER.test(key)) {
    return {
      level: 'warning',
      message:
        'A shell cannot export this key: it takes letters, digits and _, and no digit at the start.',
    };
  }
  return undefined;
}

/** Whether a POSIX shell can export it. */
export const isShellKey = (key: string): boolean => IDENTIFIER.test(key);
