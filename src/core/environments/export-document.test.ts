import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDotenv } from '@shared/model/import/parse-dotenv';
import { exportFormats } from '@shared/model/open-environment';
import { describe, expect, it } from 'vitest';
import {
  documentFromBytes,
  documentFromText,
  mapDocument,
  textEntry,
} from '@core/secrets/document';
import { envReaders } from '@test/support/env-readers';
import { temporaryDirectory } from '@test/support/temporary-directory';
import { exportDocument } from './export-document';

const TRICKY: Readonly<Record<string, string>> = {
  PLAIN: 'value',
  EMPTY: '',
  QUOTES: `it's "quoted" \`here\``,
  DOLLAR: '$HOME ${PATH} $(id) \\$x',
  LINES: 'one\ntwo\n\nfour\n',
  TABS: '\tleading and trailing \t ',
  BACKSLASHES: String.raw`C:\new\table\\`,
  HASH: '# not a comment',
  UNICODE: 'Schlüssel 🔑 \u2028 end',
  BANG: '!history !!',
  CARRIAGE: 'a\r\nb',
  CONTROL: '\u0001\u001b[31m',
  JSON: '{"a": ["b", 1]}',
};

const document = mapDocument(
  Object.entries(TRICKY).map(([key, value]) => [key, textEntry(value)] as const),
);

const none = new Map();

/** What a real shell has in its environment after it has read the file. */
function shellReads(shell: string, text: string, keys: readonly string[]): Record<string, string> {
  const file = join(temporaryDirectory(), 'export.sh');
  writeFileSync(file, text);
  const print = `const out = {}; for (const key of process.argv.slice(1)) out[key] = process.env[key]; process.stdout.write(JSON.stringify(out));`;
  const output = execFileSync(
    shell,
    ['-eu', '-c', '. "$1"; shift; exec "$@"', 'sh', file, process.execPath, '-e', print, ...keys],
    {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env['PATH'] ?? '' },
    },
  );
  return JSON.parse(output) as Record<string, string>;
}

describe('as a shell script', () => {
  it.each(['/bin/sh', '/bin/bash'])('is read back by %s as it was', (shell) => {
    const { text, warnings } = exportDocument(document, none, 'shell');
    // Every shell reads it right. Our own import takes both line endings for one.
    expect(warnings).toEqual([expect.stringMatching(/^CARRIAGE: Strongroom reads another value/)]);
    expect(shellReads(shell, text, Object.keys(TRICKY))).toEqual(TRICKY);
  });

  it('leaves out what a shell cannot export, and says so', () => {
    const odd = mapDocument([
      ['GOOD', textEntry('1')],
      ['with-dash', textEntry('2')],
      ['1ST', textEntry('3')],
      ['A=$(id)', textEntry('4')],
      ['NUL', textEntry('a\0b')],
    ]);
    const { text, warnings } = exportDocument(odd, none, 'shell');
    expect(text).toBe("export GOOD='1'\n");
    expect(warnings).toEqual([
      'with-dash is left out: this key cannot be exported by a shell.',
      '1ST is left out: this key cannot be exported by a shell.',
      'A=$(id) is left out: this key cannot be exported by a shell.',
      'NUL is left out: its value holds a NUL character.',
    ]);
  });
});

describe('as a .env file', () => {
  it('is read back as it was, and names the readers that read something else', () => {
    const { text, warnings } = exportDocument(document, none, 'dotenv');
    expect(warnings).toEqual([
      'DOLLAR: python-dotenv reads another value, because of the ${…} in it.',
      'CARRIAGE: Node reads another value, because of a carriage return in it.',
      'Do not source this file in a shell, which would run parts of QUOTES as commands. Choose Shell for that.',
    ]);
    const { entries } = parseDotenv(text);
    expect(Object.fromEntries(entries.map(({ key, value }) => [key, value]))).toEqual(TRICKY);
  });

  it('says what becomes text', () => {
    const mixed = documentFromText('{"N":1.50,"ON":true,"NO":null,"X":{"a":[1]},"T":"x"}');
    const { text, warnings } = exportDocument(mixed, none, 'dotenv');
    const { entries } = parseDotenv(text);
    expect(entries.map(({ key, value }) => `${key}=${value}`)).toEqual([
      'N=1.50',
      'ON=true',
      'NO=null',
      'X={"a":[1]}',
      'T=x',
    ]);
    expect(warnings).toEqual([
      'N is a number, and is written as text.',
      'ON is a boolean, and is written as text.',
      'NO is a null, and is written as text.',
      'X is nested, and is written as JSON text.',
    ]);
  });
});

describe('for Docker', () => {
  it('has a format for Compose that holds everything', () => {
    const { text, warnings } = exportDocument(document, none, 'compose');
    expect(warnings).toEqual([
      'Do not source this file in a shell, which would run parts of QUOTES as commands. Choose Shell for that.',
    ]);
    const [found] = envReaders.Compose([text]);
    expect(Object.fromEntries(found ?? [])).toEqual(TRICKY);
  });

  it('has a format for docker run, which leaves out values of several lines', () => {
    const { text, warnings } = exportDocument(document, none, 'docker');
    expect(warnings).toEqual([
      'LINES is left out: its value has line breaks, and docker run reads one line for each variable.',
      'CARRIAGE is left out: its value has line breaks, and docker run reads one line for each variable.',
    ]);
    const { LINES: _, CARRIAGE: __, ...rest } = TRICKY;
    const [found] = envReaders['docker run']([text]);
    expect(Object.fromEntries(found ?? [])).toEqual(rest);
  });
});

describe('as JSON', () => {
  it('loses nothing', () => {
    const source = '{"2":"b","1":"a","BIG":12345678901234567890,"X":{"z":[1.0],"a":null}}';
    expect(exportDocument(documentFromText(source), none, 'json')).toEqual({
      text: `${source}\n`,
      warnings: [],
    });
  });

  it('takes a secret that is one text as it is, which the others cannot', () => {
    const text = documentFromText('just text');
    expect(exportDocument(text, none, 'json').text).toBe('just text\n');
    expect(() => exportDocument(text, none, 'dotenv')).toThrow('has no variables to export');
  });
});

it('leaves disabled variables out of every format, and says how many', () => {
  const marks = new Map([['B', { disabled: true }]]);
  const two = mapDocument([
    ['A', textEntry('1')],
    ['B', textEntry('2')],
  ]);
  for (const format of exportFormats) {
    const { text, warnings } = exportDocument(two, marks, format);
    expect(text).not.toContain('B');
    expect(warnings).toEqual(['1 disabled variable is left out.']);
  }
});

it('exports nothing binary', () => {
  const binary = documentFromBytes(Buffer.from([1]));
  expect(() => exportDocument(binary, none, 'json')).toThrow(
    expect.objectContaining({ code: 'BINARY_VALUE' }),
  );
});
