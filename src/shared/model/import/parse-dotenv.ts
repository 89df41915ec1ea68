/**
 * Reads `.env` text. Programs read the same line differently; if they agree, so does this reader, and if
 * they do not, a line is read only if it is clear from its shape. Nothing is expanded: `$NAME` stays as
 * it is. Everything that is not read, or not in full, is a problem with its line.
 */
import { DOTENV_KEY, isDotenvKey, nameInvisible, withoutInvisible } from '../key-rules';
import { readAnsiC } from './ansi-c';
import { endOfJson, jsonOf } from './json-extent';
import { isBase64Line, pemLabel, readKeyBlock } from './key-material';
import { endOfLine, restOfLine } from './lines';

export interface DotenvEntry {
  readonly key: string;
  readonly value: string;
  /** The line of the key, counted from 1. */
  readonly line: number;
  /** The value is a guess: the line is not clear, and a problem names it. */
  readonly doubtful?: true;
}

export interface DotenvProblem {
  /** Counted from 1. */
  readonly line: number;
  readonly message: string;
}

export interface DotenvFile {
  /** In the order of the file, each key once. If a key appears twice, the last value is used. */
  readonly entries: readonly DotenvEntry[];
  /** Lines that were not read, not read in full, or read in a way that may surprise. */
  readonly problems: readonly DotenvProblem[];
  /** The text of each line that is a comment, by its line, counted from 1. */
  readonly comments: ReadonlyMap<number, string>;
}

export const repeated = (key: string): string => `${key} appears twice; the last value is used.`;

const PREFIX = String.raw`^[ \t]*(?:(?:export|(?:declare|typeset)[ \t]+-[A-Za-z]+)[ \t]+)?`;
const ASSIGNMENT = new RegExp(`${PREFIX}(${DOTENV_KEY})[ \\t]*=[ \\t]*`, 'u');
/** An assignment with a key as people write one, which is no part of a value of several lines. */
const PLAIN_ASSIGNMENT = new RegExp(`${PREFIX}[A-Za-z_][\\w.-]*[ \\t]*=`);
/** The same up to where its value begins, if nothing follows. */
const OPEN_ASSIGNMENT = new RegExp(`${PREFIX}[A-Za-z_][\\w.-]*[ \\t]*=[ \\t]*$`);
const SPACE_OR_COMMENT = /^[ \t]*(?:#.*)?$/;

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  '"': '"',
  '\\': '\\',
  $: '$',
  '`': '`',
};

const unescapeDouble = (text: string): string =>
  text.replaceAll(/\\([\s\S])/g, (pair, character: string) => ESCAPES[character] ?? pair);

interface Read {
  /** Empty without an assignment. */
  readonly value: string;
  /** Behind the last character that was read. */
  readonly end: number;
  readonly message?: string;
  readonly doubtful?: true;
}

const isAssignment = (line: string): boolean => ASSIGNMENT.test(line);

const isPlainAssignment = (line: string): boolean =>
  PLAIN_ASSIGNMENT.test(line) && !isBase64Line(line);

/** Reads a whole file. Never throws. */
export function parseDotenv(source: string): DotenvFile {
  const text = source.replace(/^\uFEFF/, '').replaceAll(/\r\n?/g, '\n');
  const entries = new Map<string, DotenvEntry>();
  const problems: DotenvProblem[] = [];
  const comments = new Map<number, string>();
  let at = 0;
  let line = 1;

  while (at < text.length) {
    const content = restOfLine(text, at);
    const assignment = isBase64Line(content) ? null : ASSIGNMENT.exec(content);
    const key = assignment?.[1];
    const read =
      assignment === null || key === undefined
        ? readOther(text, at, line)
        : readValue(text, at + assignment[0].length, key);
    const comment =
      key === undefined ? /^[ \t]*#+[ \t]*(.*?)[ \t]*$/.exec(content)?.[1] : undefined;
    if (comment !== undefined) comments.set(line, comment);
    if (read.message !== undefined) {
      problems.push({
        line,
        message: key === undefined ? read.message : `${key}: ${read.message}`,
      });
    }
    if (key !== undefined) {
      if (entries.has(key)) {
        problems.push({ line, message: repeated(key) });
      }
      const { value, doubtful } = read;
      entries.set(key, { key, value, line, ...(doubtful === true && { doubtful }) });
    }
    const next = endOfLine(text, read.end) + 1;
    line += countOfLines(text, at, next);
    at = next;
  }
  return { entries: [...entries.values()], problems, comments };
}

/** How many lines end between two places. */
function countOfLines(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = text.indexOf('\n', from); at !== -1 && at < to; at = text.indexOf('\n', at + 1)) {
    count += 1;
  }
  return count;
}

/** A line without an assignment: blank, a comment, or a problem. */
function readOther(text: string, at: number, line: number): Read {
  const content = restOfLine(text, at);
  const end = at + content.length;
  const value = '';
  if (/^\s*(?:#|$)/.test(content)) return { value, end };
  const label = pemLabel(content);
  if (label !== undefined) {
    const block = readKeyBlock(text, at, label, isPlainAssignment);
    const last = line + countOfLines(text, at, block.end);
    const lines = last === line ? 'This line is' : `Lines ${String(line)}–${String(last)} are`;
    return { value, end: block.end, message: `${lines} key material (${label}), not KEY=value.` };
  }
  if (isBase64Line(content)) return { value, end, message: 'This line is base64, not KEY=value.' };
  const key = /^[ \t]*([^=]*?)[ \t]*=/.exec(content)?.[1] ?? '';
  if (isDotenvKey(withoutInvisible(key))) {
    return {
      value,
      end,
      message: `${nameInvisible(key)}: the key holds a character that cannot be seen.`,
    };
  }
  return { value, end, message: 'This line is not of the form KEY=value.' };
}

function readValue(text: string, at: number, key: string): Read {
  const content = restOfLine(text, at);
  if (/^['"`]/.test(content)) return readQuoted(text, at, key);
  if (content.startsWith("$'")) return readDollarQuoted(text, at, key);
  if (/^[[{]/.test(content)) return readJson(text, at, key);
  const label = pemLabel(content);
  return label === undefined ? readBare(text, at) : readPem(text, at, key, label);
}

/** Everything up to a comment. */
function readBare(text: string, at: number): Read {
  const content = restOfLine(text, at);
  const end = at + content.length;
  const comment = commentIn(content);
  if (comment !== 'unclear') return { value: content.slice(0, comment).trimEnd(), end };
  return {
    value: withoutComment(content),
    end,
    message: 'the text after # was read as a comment.',
  };
}

const withoutComment = (content: string): string => content.replace(/(^|[ \t])#.*$/, '').trimEnd();

/** Where a comment begins. A `#` inside closed quotes or brackets is a part of the value. */
function commentIn(content: string): number | 'unclear' | undefined {
  if (!/(?:^|[ \t])#/.test(content)) return undefined;
  let depth = 0;
  let inText = false;
  for (let at = 0; at < content.length; at += 1) {
    const character = content[at];
    if (character === '\\') at += 1;
    else if (character === '"') inText = !inText;
    else if (inText) continue;
    else if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') depth = Math.max(0, depth - 1);
    else if (character === '#' && depth === 0 && /^[ \t]?$/.test(content[at - 1] ?? '')) return at;
  }
  return inText || depth > 0 ? 'unclear' : undefined;
}

/** JSON without quotes, which may take several lines. */
function readJson(text: string, at: number, key: string): Read {
  const end = endOfJson(text, at, isAssignment);
  const isJson =
    end !== -1 &&
    SPACE_OR_COMMENT.test(restOfLine(text, end)) &&
    jsonOf(text.slice(at, end)) !== undefined;
  if (isJson) return { value: text.slice(at, end), end };
  const bare = readBare(text, at);
  return goesOn(text, at)
    ? doubt(text, at, `the value goes on after this line, ${not(key)}`)
    : bare;
}

/** Whether brackets are open at the end of the line, and the next line is not one by itself. */
function goesOn(text: string, at: number): boolean {
  const content = restOfLine(text, at);
  const next = restOfLine(text, at + content.length + 1);
  const opened = content.match(/[[{]/g)?.length ?? 0;
  const closed = content.match(/[\]}]/g)?.length ?? 0;
  return opened > closed && !/^\s*(?:#|$)/.test(next) && !isAssignment(next);
}

const not = (key: string): string => `so ${key} was not read.`;

const doubt = (text: string, at: number, message: string): Read => {
  const content = restOfLine(text, at);
  return { value: withoutComment(content), end: at + content.length, message, doubtful: true };
};

function readPem(text: string, at: number, key: string, label: string): Read {
  const { end, isClosed } = readKeyBlock(text, at, label, isPlainAssignment);
  if (end <= endOfLine(text, at)) return readBare(text, at);
  if (!isClosed) return { ...doubt(text, at, `the ${label} does not end, ${not(key)}`), end };
  return {
    value: text.slice(at, end),
    end,
    message: `all lines of the ${label} were read as one value.`,
  };
}

function readDollarQuoted(text: string, at: number, key: string): Read {
  const read = readAnsiC(text, at + 2);
  const end = read?.end ?? -1;
  if (read === undefined || !SPACE_OR_COMMENT.test(restOfLine(text, end))) {
    return doubt(text, at, `the quotes on this line do not match, ${not(key)}`);
  }
  if (read.value !== undefined) return { value: read.value, end };
  return { ...doubt(text, at, `$'…' holds something that is not text, ${not(key)}`), end };
}

/** One reading of a quoted value. `end` is behind its last quote. */
interface Quoted {
  readonly value: string;
  readonly end: number;
}

/** The end of the text in quotes that begins at `from`; -1 if the quote is not closed. */
function closingQuote(text: string, quote: string, from: number, escapes: boolean): number {
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === quote) return at;
    if (escapes && text[at] === '\\') at += 1;
  }
  return -1;
}

/** As a shell reads it: pieces in quotes and escaped quotes, side by side. */
function readPieces(text: string, from: number): Quoted | undefined {
  let value = '';
  let at = from;
  for (;;) {
    const quote = text[at];
    if (quote === '\\' && /['"`$\\]/.test(text[at + 1] ?? '')) {
      value += text[at + 1] ?? '';
      at += 2;
    } else if (quote === '"' || quote === "'" || (quote === '`' && at === from)) {
      const close = closingQuote(text, quote, at + 1, quote === '"');
      if (close === -1) return undefined;
      const piece = text.slice(at + 1, close);
      // Nobody writes `KEY=` at the end of a value and opens the same quote again.
      if (text[close + 1] === quote && opensAnother(text, at, close)) return undefined;
      value += quote === '"' ? unescapeDouble(piece) : piece;
      at = close + 1;
    } else return { value, end: at };
  }
}

/** In single quotes, with `\'` for the quote: as python-dotenv and Compose read it. */
function readEscapedSingle(text: string, from: number): Quoted | undefined {
  if (text[from] !== "'") return undefined;
  const close = closingQuote(text, "'", from + 1, true);
  if (close === -1) return undefined;
  return { value: text.slice(from + 1, close).replaceAll(String.raw`\'`, "'"), end: close + 1 };
}

/** JSON in quotes that do not escape the quotes of the JSON: as dotenv reads it. */
function readQuotedJson(text: string, from: number): Quoted | undefined {
  const quote = text[from];
  if (!/^[[{]/.test(text.slice(from + 1, from + 2))) return undefined;
  const end = endOfJson(text, from + 1, isAssignment);
  if (end === -1 || text[end] !== quote) return undefined;
  const value = text.slice(from + 1, end);
  return jsonOf(value) === undefined ? undefined : { value, end: end + 1 };
}

/** Whether the quote at `close` looks like the opening quote of another variable. */
function opensAnother(text: string, from: number, close: number): boolean {
  const lines = text.slice(from, close);
  const newline = lines.lastIndexOf('\n');
  return newline !== -1 && OPEN_ASSIGNMENT.test(lines.slice(newline + 1));
}

function isWhole(text: string, from: number, { end }: Quoted): boolean {
  const rest = restOfLine(text, end);
  return opensAnother(text, from, end - 1) ? rest.trim() === '' : SPACE_OR_COMMENT.test(rest);
}

function readQuoted(text: string, at: number, key: string): Read {
  const pieces = readPieces(text, at);
  if (pieces !== undefined && isWhole(text, at, pieces)) return pieces;
  for (const read of [readEscapedSingle, readQuotedJson]) {
    const quoted = read(text, at);
    if (quoted !== undefined && isWhole(text, at, quoted)) return quoted;
  }
  const lineEnd = endOfLine(text, at);
  const isOneLine = pieces !== undefined && pieces.end <= lineEnd;
  if (!isOneLine && (pieces === undefined || holdsAssignment(text, at, pieces.end))) {
    const following =
      lineEnd + 1 < text.length ? ' The lines after it were read by themselves.' : '';
    return doubt(text, at, `the quote on this line is not closed, ${not(key)}${following}`);
  }
  if (pieces !== undefined && /[ \t]/.test(text[pieces.end] ?? '')) {
    return { ...pieces, message: 'text after the closing quote was ignored.' };
  }
  return doubt(text, at, `the quotes on this line do not match, ${not(key)}`);
}

/** Whether one of the lines behind the first up to `to` assigns something. */
const holdsAssignment = (text: string, from: number, to: number): boolean =>
  text.slice(endOfLine(text, from), to).split('\n').some(isPlainAssignment);
