/** Quotes a text, so that a POSIX shell reads it back as the same value. It must not contain NUL. */
export const quoteForShell = (value: string): string =>
  `'${value.replaceAll("'", String.raw`'\''`)}'`;

/** As a word of a command line, quoted only if it has to be. */
export const shellWord = (text: string): string =>
  /^[\w./@:=,+-]+$/.test(text) ? text : quoteForShell(text);
