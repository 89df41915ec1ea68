/**
 * Writes variables for the programs that read them. Each format names its readers. A value gets the first
 * quoting that all of them read back as it is; if there is none, a warning names the key and the cause.
 * How each reader reads is tested with the reader itself: see `core/environments/env-readers.test.ts`.
 */
import { listOf } from './format';
import { parseDotenv } from './import/parse-dotenv';
import { isDotenvKey, isShellKey } from './key-rules';
import type { ExportFormat } from './open-environment';
import { quoteForShell } from './shell';

export type EnvFormat = Exclude<ExportFormat, 'json'>;

export interface Written {
  /** With the line break at its end. Absent if the variable is left out. */
  readonly text?: string;
  /** Whole sentences. None if all readers of the format read the value back. */
  readonly warnings: readonly string[];
  /** A shell that reads the file would run a part of the value. */
  readonly isRunByShells?: boolean;
}

type Quoting = 'bare' | 'single' | 'double' | 'escaped' | 'composeEscaped';

const ESCAPED: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '"': '\\"',
  $: '\\$',
  '\n': '\\n',
  '\r': '\\r',
};

const escapeAll = (value: string, pattern: RegExp): string =>
  `"${value.replaceAll(pattern, (character) => ESCAPED[character] ?? character)}"`;

const quotings: Readonly<Record<Quoting, (value: string) => string>> = {
  bare: (value) => value,
  single: (value) => `'${value}'`,
  double: (value) => `"${value}"`,
  // On one line: a reader that gets the quotes wrong does not lose the next variables too.
  escaped: (value) => escapeAll(value, /[\\"\n\r]/g),
  composeEscaped: (value) => escapeAll(value, /[\\"$\n\r]/g),
};

interface Reader {
  readonly name: string;
  readonly readsKey: (key: string) => boolean;
  /** Whether it reads a value that is quoted in this way back as it is. */
  readonly reads: (quoting: Quoting, value: string) => boolean;
}

const endsWithBackslash = (value: string): boolean => value.endsWith('\\');

/** One line without a comment, a quote at its start, and space that a reader would trim. */
const isBare = (value: string): boolean =>
  value === value.trim() && !/^['"`]|#|(?!\t)\p{Cc}|[\p{Zl}\p{Zp}]/u.test(value);

/** All readers give line breaks as `\n`. */
const isQuoted = (value: string, quote: string): boolean =>
  !value.includes(quote) && !value.includes('\r');

/** Whether an import reads this text after `A=` as the value, and loses no line after it. */
function isImportedAs(text: string, value: string): boolean {
  const { entries, problems } = parseDotenv(`A=${text}\nB=`);
  return problems.length === 0 && entries.length === 2 && entries[0]?.value === value;
}

const strongroom: Reader = {
  name: 'Strongroom',
  readsKey: isDotenvKey,
  reads: (quoting, value) => isImportedAs(quotings[quoting](value), value),
};

/** The npm package: `parse` of lib/main.js, the same from 16.0 to 18.0. */
const dotenv: Reader = {
  name: 'dotenv',
  readsKey: (key) => /^[\w.-]+$/.test(key) && key !== '__proto__',
  reads: (quoting, value) => {
    switch (quoting) {
      case 'bare':
        return isBare(value);
      case 'single':
        return isQuoted(value, "'") && !endsWithBackslash(value);
      case 'double':
        return isQuoted(value, '"') && !endsWithBackslash(value) && !/\\[nr]/.test(value);
      case 'escaped':
        return !/[\\"]/.test(value);
      case 'composeEscaped':
        return false;
    }
  },
};

/** `util.parseEnv` and `--env-file` of Node 20 and later: src/node_dotenv.cc. */
const node: Reader = {
  name: 'Node',
  readsKey: (key) => key !== '__proto__',
  reads: (quoting, value) => {
    switch (quoting) {
      case 'bare':
        return isBare(value);
      case 'single':
        return isQuoted(value, "'");
      case 'double':
        return isQuoted(value, '"') && !value.includes('\\n');
      case 'escaped':
        return !/[\\"\r]/.test(value);
      case 'composeEscaped':
        return false;
    }
  },
};

/** python-dotenv 1.0 and later: parser.py, and variables.py for `${NAME}`, which it replaces in any quotes. */
const python: Reader = {
  name: 'python-dotenv',
  readsKey: isDotenvKey,
  reads: (quoting, value) => {
    if (/\$\{[^}:]*(?::-[^}]*)?\}/.test(value)) return false;
    switch (quoting) {
      case 'bare':
        return isBare(value);
      case 'single':
        return isQuoted(value, "'") && !/\\(?:[\\\n]|$)/.test(value);
      case 'double':
        return isQuoted(value, '"') && !/\\(?:[\\'abfnrtv\n]|$)/.test(value);
      case 'escaped':
        return !endsWithBackslash(value);
      case 'composeEscaped':
        return false;
    }
  },
};

/** Docker Compose 2: https://github.com/compose-spec/compose-go/blob/v2.16.2/dotenv/parser.go */
const compose: Reader = {
  name: 'Compose',
  readsKey: (key) => /^[\p{L}_.\-[\]][\p{L}\p{N}_.\-[\]]*$/u.test(key),
  reads: (quoting, value) => {
    switch (quoting) {
      case 'bare':
        return isBare(value) && !value.includes('$');
      case 'single':
        return isQuoted(value, "'") && !/(?<!\\)(?:\\\\)*\\$/.test(value);
      case 'composeEscaped':
        return true;
      case 'double':
      case 'escaped':
        return false;
    }
  },
};

/** Characters that no reader gives a meaning to. */
const PLAIN = /^[\w./:@%+,-]*$/;

/** Why a value may not be read back, and what of it is the cause. */
const CAUSES: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/\$\{/g, 'the ${…} in it'],
  [/\r/g, 'a carriage return in it'],
  [/['"`]/g, 'the quotes in it'],
  [/\\/g, 'the backslashes in it'],
  [/#/g, 'the # in it'],
];

/** The first cause without which the value would be read back. */
const causeFor = (reads: (value: string) => boolean, value: string): string =>
  CAUSES.find(([pattern]) => reads(value.replaceAll(pattern, '')))?.[1] ??
  'the mix of characters in it';

/** Whether a reader that gets the value wrong still reads the variables after it. */
function isContained(quoting: Quoting, value: string): boolean {
  switch (quoting) {
    case 'bare':
      return !/^['"`\s\p{Cc}]|[\n\r\u2028\u2029]/u.test(value);
    case 'single':
      return !/'|\\(?:\n|$)/.test(value);
    case 'double':
      return !/"|\\(?:\n|$)/.test(value);
    case 'escaped':
    case 'composeEscaped':
      return !endsWithBackslash(value);
  }
}

/** Whether a shell that sources the line takes a part of the value for a command. */
function isRunByShells(quoting: Quoting, value: string): boolean {
  switch (quoting) {
    case 'bare':
      return /[\s'"`;&|<>()]/.test(value);
    case 'single':
      return false;
    case 'double':
    case 'escaped':
      return /`|\$[({]/.test(value);
    case 'composeEscaped':
      return value.includes('`');
  }
}

interface Syntax {
  readonly readers: readonly Reader[];
  /** In the order in which they are tried. */
  readonly quotings: readonly Quoting[];
  /** A key that it cannot read makes a reader refuse the whole file. */
  readonly isStrict: boolean;
  readonly keyComplaint: string;
}

const dotenvSyntax: Syntax = {
  readers: [strongroom, dotenv, node, python],
  quotings: ['single', 'double', 'bare', 'escaped'],
  isStrict: false,
  keyComplaint: 'this key cannot be written in a .env file',
};

const composeSyntax: Syntax = {
  readers: [strongroom, compose],
  quotings: ['single', 'composeEscaped'],
  isStrict: true,
  keyComplaint: 'Compose cannot read this key',
};

interface Choice {
  readonly quoting: Quoting;
  /** Readers that read another value. */
  readonly misreading: readonly Reader[];
}

/** The first quoting that all readers read back, else the one that most do. None if none is safe. */
function choose(syntax: Syntax, value: string): Choice | undefined {
  const order = PLAIN.test(value) ? (['bare', ...syntax.quotings] as const) : syntax.quotings;
  let best: Choice | undefined;
  for (const quoting of order) {
    const misreading = syntax.readers.filter(({ reads }) => !reads(quoting, value));
    if (misreading.length === 0) return { quoting, misreading };
    if (!isContained(quoting, value) || misreading.includes(strongroom)) continue;
    if (best === undefined || misreading.length < best.misreading.length) {
      best = { quoting, misreading };
    }
  }
  return best;
}

const leftOut = (key: string, why: string): Written => ({
  warnings: [`${key} is left out: ${why}.`],
});

/**
 * A value in quotes that Strongroom reads back, and as many of the readers of `.env` files as can. Not
 * for files in which a reader must not lose the next line.
 */
export const quoteForDotenv = (value: string): string =>
  quotings[choose(dotenvSyntax, value)?.quoting ?? 'escaped'](value);

function writeQuoted(syntax: Syntax, key: string, value: string): Written {
  const blind = syntax.readers.filter(({ readsKey }) => !readsKey(key));
  if (blind.includes(strongroom) || (syntax.isStrict && blind.length > 0)) {
    return leftOut(key, syntax.keyComplaint);
  }
  const choice = choose(syntax, value);
  if (choice === undefined) {
    return leftOut(key, 'its value ends with a backslash, which would damage the lines after it');
  }
  const { quoting, misreading } = choice;
  const text = quotings[quoting](value);
  const warnings: string[] = [];
  if (blind.length > 0) {
    // A reader that skips the first line would read the others as variables.
    if (/[\n\r\u2028\u2029]/.test(text)) return leftOut(key, syntax.keyComplaint);
    warnings.push(`${key}: ${listOf(blind.map(({ name }) => name))} cannot read this key.`);
  }
  const byCause = new Map<string, string[]>();
  for (const reader of misreading) {
    const cause = causeFor((other) => reader.reads(quoting, other), value);
    byCause.set(cause, [...(byCause.get(cause) ?? []), reader.name]);
  }
  for (const [cause, names] of byCause) {
    const verb = names.length === 1 ? 'reads' : 'read';
    warnings.push(`${key}: ${listOf(names)} ${verb} another value, because of ${cause}.`);
  }
  return {
    text: `${key}=${text}\n`,
    warnings,
    isRunByShells: isRunByShells(quoting, value),
  };
}

const DOCKER_LINE_MAX = 65_535;

/** https://github.com/docker/cli/blob/v29.9.3/pkg/kvfile/kvfile.go: nothing is quoted or escaped. */
function writeForDocker(key: string, value: string): Written {
  if (!isDotenvKey(key)) return leftOut(key, 'docker run cannot read this key');
  if (/\n|\r$/.test(value)) {
    return leftOut(
      key,
      'its value has line breaks, and docker run reads one line for each variable',
    );
  }
  const line = `${key}=${value}`;
  if (new TextEncoder().encode(line).length > DOCKER_LINE_MAX) {
    return leftOut(key, 'docker run refuses lines of 64 KiB');
  }
  return { text: `${line}\n`, warnings: [] };
}

/** Variables that bash or dash does not export with the value that a file gives them. */
export const shellOwnVariables: ReadonlySet<string> = new Set([
  'BASHOPTS',
  'BASHPID',
  'BASH_ALIASES',
  'BASH_ARGC',
  'BASH_ARGV',
  'BASH_CMDS',
  'BASH_COMMAND',
  'BASH_LINENO',
  'BASH_SOURCE',
  'BASH_SUBSHELL',
  'BASH_VERSINFO',
  'DIRSTACK',
  'EPOCHREALTIME',
  'EPOCHSECONDS',
  'EUID',
  'FUNCNAME',
  'GROUPS',
  'HISTCMD',
  'LINENO',
  'OPTIND',
  'PPID',
  'RANDOM',
  'SECONDS',
  'SHELLOPTS',
  'SHLVL',
  'SRANDOM',
  'UID',
  '_',
]);

function writeForShell(key: string, value: string): Written {
  if (!isShellKey(key)) return leftOut(key, 'this key cannot be exported by a shell');
  if (shellOwnVariables.has(key)) return leftOut(key, 'shells set this variable themselves');
  const text = quoteForShell(value);
  const isReadBack = (other: string): boolean => isImportedAs(quoteForShell(other), other);
  // `$'\r'` would keep it, but not every sh knows that quoting.
  const warnings = isReadBack(value)
    ? []
    : [`${key}: Strongroom reads another value, because of ${causeFor(isReadBack, value)}.`];
  return { text: `export ${key}=${text}\n`, warnings };
}

const writers: Readonly<Record<EnvFormat, (key: string, value: string) => Written>> = {
  dotenv: (key, value) => writeQuoted(dotenvSyntax, key, value),
  compose: (key, value) => writeQuoted(composeSyntax, key, value),
  docker: writeForDocker,
  shell: writeForShell,
};

/** One variable. It is left out, with a warning, if the format cannot hold it. */
export function writeVariable(format: EnvFormat, key: string, value: string): Written {
  if (value.includes('\0')) return leftOut(key, 'its value holds a NUL character');
  if (/\p{Surrogate}/u.test(value)) {
    return leftOut(key, 'its value holds half a character, which no file can hold');
  }
  return writers[format](key, value);
}
