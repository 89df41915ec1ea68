/** Problems with the key of a variable. */

export interface KeyIssue {
  /** A key with an error cannot be saved; a key with a warning causes trouble in other programs. */
  readonly level: 'error' | 'warning';
  readonly message: string;
}

const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** `others` are the other keys of the environment, without this one. */
export function keyIssue(key: string, others: ReadonlySet<string>): KeyIssue | undefined {
  if (key === '') return { level: 'error', message: 'Enter a key.' };
  if (others.has(key)) return { level: 'error', message: `There is already a variable ${key}.` };
  if (key !== key.trim()) {
    return { level: 'warning', message: 'The key begins or ends with a space.' };
  }
  if (/\p{Cc}/u.test(key)) {
    return { level: 'warning', message: 'The key holds a character that cannot be seen.' };
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
