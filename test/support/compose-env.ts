/**
 * How Docker Compose reads an `env_file` and the `.env` beside `compose.yaml`, written from the code of
 * https://github.com/compose-spec/compose-go/blob/v2.16.2/dotenv/parser.go and
 * https://github.com/compose-spec/compose-go/blob/v2.16.2/template/template.go, with no variable set.
 */

const isKeyCharacter = (character: string): boolean => /[\p{L}\p{N}_.\-[\]]/u.test(character);
const isSpace = (character: string): boolean => /[\t\v\f\r \u0085\u00a0]/.test(character);
const SPACES = /^[\t\v\f\r \u0085\u00a0]+/;

interface Rest<T> {
  readonly found: T;
  readonly rest: string;
}

/** Throws an `Error` if Compose refuses the file. */
export function readComposeEnv(file: string): Map<string, string> {
  const variables = new Map<string, string>();
  let rest = statementOf(file.replace(/^\uFEFF/, ''));
  while (rest !== '') {
    const key = readKey(rest);
    if (key.found.key.includes(' ')) throw new Error('key cannot contain a space');
    if (key.found.isInherited) rest = key.rest;
    else {
      const value = readValue(key.rest);
      variables.set(key.found.key, value.found);
      rest = value.rest;
    }
    rest = statementOf(rest);
  }
  return new Map([...variables].filter(([key]) => !/^\s*\p{Nd}/u.test(key)));
}

function statementOf(text: string): string {
  let rest = text.replace(/^\p{White_Space}+/u, '');
  while (rest.startsWith('#')) {
    const end = rest.indexOf('\n');
    rest = end === -1 ? '' : rest.slice(end).replace(/^\p{White_Space}+/u, '');
  }
  return rest;
}

function readKey(text: string): Rest<{ key: string; isInherited: boolean }> {
  const source = /^export\s/.test(text) ? text.slice('export'.length).replace(SPACES, '') : text;
  let at = 0;
  for (const character of source) {
    if (character === '=' || character === ':' || character === '\n') {
      const key = source.slice(0, at).replace(/\p{White_Space}+$/u, '');
      const found = { key, isInherited: character === '\n' };
      return { found, rest: source.slice(at + 1).replace(SPACES, '') };
    }
    if (!isSpace(character) && !isKeyCharacter(character)) {
      throw new Error('unexpected character in variable name');
    }
    at += character.length;
  }
  throw new Error('a key without a value at the end is not needed here');
}

function readValue(text: string): Rest<string> {
  const quote = text[0];
  if (quote !== '"' && quote !== "'") {
    const end = text.includes('\n') ? text.indexOf('\n') : text.length;
    const [bare = ''] = text.slice(0, end).split(' #', 1);
    return { found: substitute(bare.replace(/\p{White_Space}+$/u, '')), rest: text.slice(end + 1) };
  }
  let value = '';
  let isEscaped = false;
  for (let at = 1; at < text.length; at += 1) {
    const character = text[at] ?? '';
    if (character === quote && !isEscaped) {
      return {
        found: quote === '"' ? substitute(unescape(value)) : value,
        rest: text.slice(at + 1),
      };
    }
    if (character === quote) {
      isEscaped = false;
      value += character;
    } else if (character === '\\' && !isEscaped) isEscaped = true;
    else {
      value += isEscaped ? `\\${character}` : character;
      isEscaped = false;
    }
  }
  throw new Error('unterminated quoted value');
}

const GO_ESCAPES: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '"': '"',
};

const unescape = (value: string): string =>
  value.replaceAll(/\\(?:[abcfnrtv$"\\]|0\d{0,3})/g, (escape) => {
    if (escape === String.raw`\$`) return '$$';
    const octal = /^\\0([0-3]?[0-7]{2})$/.exec(escape)?.[1];
    if (octal?.length === 3) return String.fromCodePoint(Number.parseInt(octal, 8));
    return GO_ESCAPES[escape.slice(1)] ?? escape;
  });

const VARIABLE = /\$(?:(\$)|([_a-z][_a-z0-9]*)|\{(?:([_a-z][_a-z0-9]*(?::?[-+?].*)?)\}|()))/gi;

const substitute = (value: string): string =>
  value.replaceAll(VARIABLE, (_all, escaped?: string, named?: string, braced?: string) => {
    if (escaped !== undefined) return '$';
    if (named === undefined && braced === undefined) throw new Error('Invalid template');
    return '';
  });
