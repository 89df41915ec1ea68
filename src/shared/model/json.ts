/**
 * JSON without loss: numbers keep their digits, and objects keep the order of their keys. `JSON.parse` rounds
 * integers beyond 2^53 and moves keys such as "1" to the front.
 */

export class JsonNumber {
  constructor(readonly source: string) {}
}

export type JsonObject = ReadonlyMap<string, JsonValue>;
export type JsonValue = string | boolean | null | JsonNumber | readonly JsonValue[] | JsonObject;

const MAX_DEPTH = 200;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
// A JSON string: no raw control characters, and only the escapes that JSON knows.
// oxlint-disable-next-line no-control-regex -- the grammar of JSON names them
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const SPACE = /[ \t\n\r]*/y;
const SPACE_CODE = 0x20;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** The string that begins at a position; `undefined` if there is none, or it has escapes or what a string may not have. */
function plainString(text: string, at: number): string | undefined {
  if (text.charCodeAt(at) !== QUOTE) return undefined;
  for (let end = at + 1; end < text.length; end += 1) {
    const code = text.charCodeAt(end);
    if (code === QUOTE) return text.slice(at + 1, end);
    if (code === BACKSLASH || code < SPACE_CODE) return undefined;
  }
  return undefined;
}

export class JsonError extends SyntaxError {
  override readonly name = 'JsonError';

  constructor(
    /** Where the text stops being JSON, counted from 0. */
    readonly position: number,
  ) {
    super(`Not valid JSON at position ${String(position)}`);
  }
}

/**
 * Parses RFC 8259 text. A key that appears twice keeps its first place and its last value; `onRepeated`
 * gets each such key of the outermost object. Throws a `JsonError` if it is not JSON.
 */
export function parseJson(text: string, onRepeated?: (key: string) => void): JsonValue {
  let at = 0;

  const fail = (): never => {
    throw new JsonError(at);
  };
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    if (found !== undefined) at += found.length;
    return found;
  };
  const skipSpace = (): void => {
    // Compact text has none, and a comparison takes a fraction of what the expression does.
    if (text.charCodeAt(at) <= SPACE_CODE) match(SPACE);
  };
  const skip = (character: string): boolean => {
    skipSpace();
    if (text[at] !== character) return false;
    at += 1;
    return true;
  };
  const literal = (word: string): boolean => {
    if (!text.startsWith(word, at)) return false;
    at += word.length;
    return true;
  };
  const parseString = (): string => {
    skipSpace();
    const plain = plainString(text, at);
    if (plain === undefined) return JSON.parse(match(STRING) ?? fail()) as string;
    at += plain.length + 2;
    return plain;
  };

  const parseValue = (depth: number): JsonValue => {
    if (depth > MAX_DEPTH) fail();
    if (skip('{')) {
      const object = new Map<string, JsonValue>();
      if (skip('}')) return object;
      do {
        const key = parseString();
        if (!skip(':')) fail();
        if (depth === 0 && object.has(key)) onRepeated?.(key);
        object.set(key, parseValue(depth + 1));
      } while (skip(','));
      return skip('}') ? object : fail();
    }
    if (skip('[')) {
      const array: JsonValue[] = [];
      if (skip(']')) return array;
      do array.push(parseValue(depth + 1));
      while (skip(','));
      return skip(']') ? array : fail();
    }
    if (text[at] === '"') return parseString();
    if (literal('true')) return true;
    if (literal('false')) return false;
    if (literal('null')) return null;
    return new JsonNumber(match(NUMBER) ?? fail());
  };

  const value = parseValue(0);
  skipSpace();
  return at === text.length ? value : fail();
}

/** Compact JSON text; `parseJson` of it gives the same value again. */
export function stringifyJson(value: JsonValue): string {
  if (value instanceof JsonNumber) return value.source;
  if (value instanceof Map) {
    const entries = [...(value as JsonObject)].map(
      ([key, entry]) => `${JSON.stringify(key)}:${stringifyJson(entry)}`,
    );
    return `{${entries.join(',')}}`;
  }
  if (Array.isArray(value)) return `[${value.map(stringifyJson).join(',')}]`;
  return JSON.stringify(value);
}

export const isJsonObject = (value: JsonValue | undefined): value is JsonObject =>
  value instanceof Map;
