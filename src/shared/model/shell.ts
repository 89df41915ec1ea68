/** Text that a POSIX shell reads back as the same value, whatever it holds but NUL. */
export const quoteForShell = (value: string): string =>
  `'${value.replaceAll("'", String.raw`'\''`)}'`;
