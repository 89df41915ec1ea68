import { execFileSync } from 'node:child_process';
import { copyFormats } from '@shared/model/open-environment';
import { parseDotenv } from '@shared/model/import/parse-dotenv';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { textEntry } from '@core/secrets/document';
import { Secret } from '@core/secrets/secret';
import { copyText, type CopiedEntry } from './copy-text';

const TRICKY: Readonly<Record<string, string>> = {
  PLAIN: 'value',
  EMPTY: '',
  QUOTES: `it's "quoted" \`here\``,
  DOLLAR: '$HOME ${PATH} $(id)',
  LINES: 'one\ntwo\n\nfour',
  HASH: '# no: comment',
  no: 'yes',
};

const entries: readonly CopiedEntry[] = Object.entries(TRICKY).map(([key, value]) => ({
  key,
  entry: textEntry(value),
}));

const typed: readonly CopiedEntry[] = [
  ...entries.slice(0, 1),
  { key: 'PORT', entry: { kind: 'number', value: new Secret('5432') } },
  { key: 'LIST', entry: { kind: 'nested', value: new Secret('["a",1]') } },
];

/** What a shell has after a line that ends with the text. */
const shellReads = (line: string): string[] =>
  execFileSync('sh', ['-c', line], { env: {}, encoding: 'utf8' }).split('\0').slice(0, -1);

it('gives a shell the same values, as exports and as words for docker run', () => {
  const lines = copyText('export', entries).text;
  const keys = Object.keys(TRICKY);
  const print = keys.map((key) => `printf '%s\\0' "$${key}"`).join('; ');
  expect(shellReads(`${lines}${print}`)).toEqual(Object.values(TRICKY));
  const words = keys.flatMap((key) => ['-e', `${key}=${String(TRICKY[key])}`]);
  expect(shellReads(`printf '%s\\0' ${copyText('docker', entries).text}`)).toEqual(words);
});

it('is read back from .env, JSON and YAML, with the kinds that these know', () => {
  const dotenv = parseDotenv(copyText('dotenv', entries).text).entries;
  expect(Object.fromEntries(dotenv.map(({ key, value }) => [key, value]))).toEqual(TRICKY);
  const plain = { PLAIN: 'value', PORT: 5432, LIST: ['a', 1] };
  expect(JSON.parse(copyText('json', typed).text)).toEqual(plain);
  expect(parse(copyText('yaml', typed).text)).toEqual(plain);
  expect(parse(copyText('yaml', entries).text, { version: '1.1' })).toEqual(TRICKY);
});

it('copies values one below the other', () => {
  expect(copyText('value', typed).text).toBe('value\n5432\n["a",1]');
});

it('counts what a form cannot hold', () => {
  const odd = [...entries, { key: 'odd key', entry: textEntry('a\0b') }];
  const left = copyFormats.map((format) => [format, copyText(format, odd).leftOut] as const);
  expect(Object.fromEntries(left)).toEqual({
    value: 0,
    dotenv: 1,
    export: 1,
    json: 0,
    docker: 1,
    yaml: 0,
  });
});
