/**
 * The `.env` syntax: what Node, Docker Compose and a POSIX shell have in common, and a documented choice
 * where they differ. Nothing is expanded: `$NAME` stays `$NAME`.
 */

export interface DotenvEntry {
  readonly key: string;
  readonly value: string;
  /** The line of the key, counted from 1. */
  readonly line: number;
}

export interface DotenvProblem {
  /** Counted from 1. */
  readonly line: number;
  readonly message: string;
}

export interface DotenvFile {
  /** In the order of the file, each key once: if a key appears twice, the last value is used. */
  readonly entries: readonly DotenvEntry[];
  /** Lines that were ignored, or that are probably mistakes. */
  readonly problems: readonly DotenvProblem[];
}

// Keys may contain characters that secrets managers allow and shells do not, unless they are ambiguous.
const ASSIGNMENT = /^[ \t]*(?:export[ \t]+)?([^\s=#'"`][^\s=]*)[ \t]*=[ \t]*/;
const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  '"': '"',
  '\\': '\\',
  $: '$',
  '`': '`',
};

const unescape = (text: string): string =>
  text.replaceAll(/\\([\s\S])/g, (pair, character: string) => ESCAPES[character] ?? pair);

/** The end of a quoted text that starts at `from`, after the opening quote; -1 if it does not end. */
function closingQuote(text: string, quote: string, from: number): number {
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === quote) return at;
    if (quote === '"' && text[at] === '\\') at += 1;
  }
  return -1;
}

const endOfLine = (text: string, from: number): number => {
  const end = text.indexOf('\n', from);
  return end === -1 ? text.length : end;
};

/** Reads a whole file. Never throws: a line that cannot be read is a problem. */
export function parseDotenv(source: string): DotenvFile {
  const text = source.replace(/^\uFEFF/, '').replaceAll(/\r\n?/g, '\n');
  const entries = new Map<string, DotenvEntry>();
  const problems: DotenvProblem[] = [];
  let at = 0;
  let line = 1;

  while (at < text.length) {
    const end = endOfLine(text, at);
    const content = text.slice(at, end);
    const startLine = line;
    const assignment = ASSIGNMENT.exec(content);
    let next = end + 1;

    if (assignment === null) {
      if (content.trim() !== '' && !/^\s*#/.test(content)) {
        problems.push({ line: startLine, message: 'This line is not of the form KEY=value.' });
      }
    } else {
      const key = assignment[1] ?? '';
      const valueAt = at + assignment[0].length;
      const quote = text[valueAt] ?? '';
      const isQuoted = quote !== '' && `'"\``.includes(quote);
      const close = isQuoted ? closingQuote(text, quote, valueAt + 1) : -1;
      let value: string;
      if (close === -1) {
        value = text
          .slice(valueAt, end)
          .replace(/(^|[ \t])#.*$/, '')
          .trimEnd();
        if (isQuoted) {
          problems.push({ line: startLine, message: `The quote of ${key} is never closed.` });
        }
      } else {
        const inner = text.slice(valueAt + 1, close);
        value = quote === '"' ? unescape(inner) : inner;
        const rest = endOfLine(text, close);
        next = rest + 1;
        if (!/^[ \t]*(#.*)?$/.test(text.slice(close + 1, rest))) {
          problems.push({
            line: startLine,
            message: `What stands behind the closing quote of ${key} is left out.`,
          });
        }
      }
      if (entries.has(key)) {
        problems.push({
          line: startLine,
          message: `${key} stands twice: the last one counts.`,
        });
      }
      entries.set(key, { key, value, line: startLine });
    }
    line += text.slice(at, next).split('\n').length - 1;
    at = next;
  }
  return { entries: [...entries.values()], problems };
}

/** Whether a key can be written in `.env` syntax at all. */
export const isDotenvKey = (key: string): boolean => ASSIGNMENT.exec(`${key}=`)?.[1] === key;

const PLAIN = /^[\w./:@%+,-]*$/;

/**
 * Writes one value so that `parseDotenv`, Node's dotenv and a POSIX shell read it back: bare if possible, in
 * single quotes if the value has none, else in double quotes with escapes.
 */
function quote(value: string): string {
  if (PLAIN.test(value)) return value;
  if (!/['\r]/.test(value)) return `'${value}'`;
  const escaped = value.replaceAll(/[\\"$`]/g, String.raw`\$&`).replaceAll('\r', String.raw`\r`);
  return `"${escaped}"`;
}

/** Writes a file that `parseDotenv` reads back as the same keys and values. Keys must pass `isDotenvKey`. */
export const formatDotenv = (
  entries: Iterable<{ readonly key: string; readonly value: string }>,
): string => [...entries].map(({ key, value }) => `${key}=${quote(value)}\n`).join('');
