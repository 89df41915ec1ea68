/**
 * The environment and the workspace that a configuration names for every command. They are read from the text of the
 * file, and not by running it: otherwise `strongroom secret list` in a folder would run the code of that folder, and
 * wait for it.
 */
import { readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { AppError } from '@shared/errors';
import { nearestConfig } from './find';

/** The nearest configuration, as far as it can be read without running it. */
export class WrittenConfig {
  readonly #written: ReadonlyMap<string, Written>;

  constructor(
    readonly file: string,
    private readonly source: string,
  ) {
    this.#written = writtenIn(file, source);
  }

  /** `undefined` if it names none, or computes it. */
  get workspace(): string | undefined {
    return this.#written.get('workspace')?.text || undefined;
  }

  /** `undefined` if it names none. Throws `INVALID_INPUT` with file and line if it is computed. */
  environment(): string | undefined {
    const environment = this.#text('environment');
    // It would be the one of this name in another workspace.
    if (environment !== undefined) this.#text('workspace');
    return environment;
  }

  #text(name: string): string | undefined {
    const value = this.#written.get(name);
    if (value === undefined || value.text === '') return undefined;
    if (value.text !== undefined) return value.text;
    const line = this.source.slice(0, value.at).split('\n').length;
    throw new AppError('INVALID_INPUT', {
      message: `${this.file}:${String(line)}: the ${name} is not written as a text.`,
      hint: `Write ${name}: 'NAME': commands read it without running the file. Or name the environment with -e.`,
    });
  }
}

/** `undefined` if there is none. Throws `INVALID_INPUT` if it cannot be read. */
export function writtenConfig(cwd: string): WrittenConfig | undefined {
  const { file } = nearestConfig(cwd);
  if (file === undefined) return undefined;
  try {
    return new WrittenConfig(file, readFileSync(file, 'utf8'));
  } catch (error) {
    throw new AppError('INVALID_INPUT', {
      message: `The file ${file} cannot be read.`,
      hint: 'Check its permissions.',
      cause: error,
    });
  }
}

/** The value of a property. */
interface Written {
  /** `undefined` if it is computed. */
  readonly text: string | undefined;
  /** Where the value begins, counted from 0. */
  readonly at: number;
}

interface Token {
  readonly kind: 'word' | 'text' | 'mark';
  /** As it is written. */
  readonly source: string;
  readonly at: number;
}

/** Comments and spaces, then a word, a text in quotes, a template, or one mark. */
const TOKEN =
  /(?:\s|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*(?:([\w$]+)|("(?:\\[\s\S]|[^"\\\n])*"|'(?:\\[\s\S]|[^'\\\n])*'|`(?:\\[\s\S]|[^`\\])*`)|([\s\S]))/y;

function tokensOf(source: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  for (;;) {
    const match = TOKEN.exec(source);
    if (match === null) return tokens;
    const [, word, text, mark] = match;
    const written = word ?? text ?? mark ?? '';
    const kind = word === undefined ? (text === undefined ? 'mark' : 'text') : 'word';
    tokens.push({ kind, source: written, at: TOKEN.lastIndex - written.length });
  }
}

/** The properties of the object that is the default export, or the JSON. */
function writtenIn(file: string, source: string): ReadonlyMap<string, Written> {
  // Most configurations name neither.
  if (!/\b(?:environment|workspace)\b/.test(source)) return new Map();
  const tokens = tokensOf(source);
  const isJson = extname(file) === '.json';
  const start = isJson ? 0 : defaultExport(tokens);
  return start === undefined ? new Map() : propertiesAt(tokens, start, isJson);
}

const isAt = (tokens: readonly Token[], index: number, ...sources: readonly string[]): boolean =>
  sources.every((source, offset) => tokens[index + offset]?.source === source);

/** Where the object of the default export begins; `undefined` if that is no object in this file. */
function defaultExport(tokens: readonly Token[]): number | undefined {
  const exported = tokens.findIndex(
    (_, index) =>
      isAt(tokens, index, 'export', 'default') ||
      isAt(tokens, index, 'module', '.', 'exports', '='),
  );
  if (exported === -1) return undefined;
  const value = exported + (isAt(tokens, exported, 'export') ? 2 : 4);
  const name = tokens[value];
  const isName = name?.kind === 'word' && !isAt(tokens, value + 1, '(');
  if (!isName) return objectIn(tokens, value);
  const declared = tokens.findIndex(
    ({ source }, index) =>
      ['const', 'let', 'var'].includes(source) && isAt(tokens, index + 1, name.source),
  );
  if (declared === -1) return undefined;
  const equals = tokens.findIndex(({ source }, index) => index > declared && source === '=');
  return equals === -1 ? undefined : objectIn(tokens, equals + 1);
}

/** The object, or that which is the argument of `defineConfig(…)`. */
function objectIn(tokens: readonly Token[], index: number): number | undefined {
  if (isAt(tokens, index, '{')) return index;
  const isCall = tokens[index]?.kind === 'word' && isAt(tokens, index + 1, '(', '{');
  return isCall ? index + 2 : undefined;
}

const OPENING = new Set(['{', '[', '(']);
const CLOSING = new Set(['}', ']', ')']);

/** The properties of the object that begins here, and not those of objects in it. */
function propertiesAt(
  tokens: readonly Token[],
  start: number,
  isJson: boolean,
): ReadonlyMap<string, Written> {
  const properties = new Map<string, Written>();
  let depth = 0;
  let isKey = false;
  for (let index = start; index < tokens.length; index += 1) {
    const token = tokens[index];
    if (token === undefined) break;
    if (OPENING.has(token.source)) depth += 1;
    else if (CLOSING.has(token.source)) depth -= 1;
    if (depth === 0) break;
    if (depth === 1 && isKey && token.kind !== 'mark') {
      properties.set(plain(token, isJson) ?? '', valueAfter(tokens, index, isJson));
    }
    isKey = depth === 1 && (token.source === ',' || index === start);
  }
  return properties;
}

function valueAfter(tokens: readonly Token[], key: number, isJson: boolean): Written {
  const at = tokens[key + 2]?.at ?? 0;
  // Without a colon it is the name of a variable.
  if (!isAt(tokens, key + 1, ':')) return { text: undefined, at: tokens[key]?.at ?? 0 };
  const value = tokens[key + 2];
  const end = isAt(tokens, key + 3, 'as', 'const') ? key + 5 : key + 3;
  const isAlone = isAt(tokens, end, ',') || isAt(tokens, end, '}');
  return { text: value?.kind === 'text' && isAlone ? plain(value, isJson) : undefined, at };
}

/** A word, or the content of a text; `undefined` for a text that has to be computed. */
function plain({ kind, source }: Token, isJson: boolean): string | undefined {
  if (kind === 'word') return source;
  const inside = source.slice(1, -1);
  if (!inside.includes('\\'))
    return source.startsWith('`') && inside.includes('${') ? undefined : inside;
  return isJson ? unescaped(source) : undefined;
}

function unescaped(json: string): string | undefined {
  try {
    return String(JSON.parse(json));
  } catch {
    return undefined;
  }
}
