/** Quotes a text, so that a POSIX shell reads it back as the same value. It must not contain NUL. */
export const quoteForShell = (value: string): string =>
  `'${value.replaceAll("'", String.raw`'\''`)}'`;
