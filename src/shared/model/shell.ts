/** Quotes a text, so that a POSIX shell reads it back as the same value. It must not contain NUL. */
const quoteForShell = (value: string): string => `'${value.replaceAll("'", String.raw`'\''`)}'`;

/** Lines for `source` or `eval`. Keys must pass `isShellKey`. */
export const formatShell = (
  entries: Iterable<{ readonly key: string; readonly value: string }>,
): string =>
  [...entries].map(({ key, value }) => `export ${key}=${quoteForShell(value)}\n`).join('');
