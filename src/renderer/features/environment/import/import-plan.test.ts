import { parseDotenv } from '@shared/model/import/parse-dotenv';
import type { Variable } from '@shared/model/variable';
import { describe, expect, it } from 'vitest';
import { addVariables, editVariable, emptyDraft, removeRows, rowsOf } from '../draft';
import {
  IMPORT_MAX_BYTES,
  checkText,
  effective,
  nameFromFile,
  planImport,
  readSource,
  readVariables,
} from './import-plan';

it.each([
  ['.env', 'development'],
  ['env', 'development'],
  ['.env.production', 'production'],
  ['staging.env', 'staging'],
  ['.env.qa.txt', 'qa'],
  ['production.json', 'production'],
  ['qa.yml', 'qa'],
  ['secrets', 'secrets'],
  [`${'x'.repeat(300)}.env`, 'x'.repeat(200)],
])('makes of %s the environment %s', (file, name) => {
  expect(nameFromFile(file)).toBe(name);
});

const SAME: Variable = { key: 'SAME', kind: 'text', secret: true };
const OTHER: Variable = { key: 'OTHER', kind: 'text', secret: true };
const variables = [SAME, OTHER];
const { entries } = parseDotenv('NEW=1\nSAME=s\nOTHER=o\nBLANK=\n');
const compared = [
  { key: 'NEW', state: 'new' },
  { key: 'SAME', state: 'same' },
  { key: 'OTHER', state: 'different' },
  { key: 'BLANK', state: 'new' },
] as const;

const plan = (overwrite: boolean, rows = rowsOf(variables, undefined), empty = false) =>
  Object.fromEntries(
    planImport(entries, rows, compared, { overwrite, empty }).map(({ key, action }) => [
      key,
      action,
    ]),
  );

describe('a plan', () => {
  it('keeps existing keys and skips blank values', () => {
    expect(plan(false)).toEqual({ NEW: 'add', SAME: 'same', OTHER: 'keep', BLANK: 'blank' });
  });

  it('changes existing keys with “Overwrite”', () => {
    expect(plan(true)).toEqual({ NEW: 'add', SAME: 'same', OTHER: 'change', BLANK: 'blank' });
    const steps = planImport(entries, rowsOf(variables, undefined), compared, {
      overwrite: true,
      empty: false,
    });
    expect(effective(steps).map(({ key }) => key)).toEqual(['NEW', 'OTHER']);
  });

  it('imports empty values only with the switch on', () => {
    const empty = parseDotenv('NEW=\nHERE=\n').entries;
    const here: Variable = { key: 'HERE', kind: 'text', secret: true };
    const planned = (options: { overwrite: boolean; empty: boolean }) =>
      planImport(
        empty,
        rowsOf([here], undefined),
        [
          { key: 'NEW', state: 'new' },
          { key: 'HERE', state: 'different' },
        ],
        options,
      ).map(({ action }) => action);
    expect(planned({ overwrite: true, empty: false })).toEqual(['blank', 'blank']);
    expect(planned({ overwrite: false, empty: true })).toEqual(['add', 'keep']);
    expect(planned({ overwrite: true, empty: true })).toEqual(['add', 'change']);
  });

  it('skips a line that is not clear, also with “Overwrite”', () => {
    const unclear = parseDotenv(`OTHER='x',\n`).entries;
    const steps = planImport(unclear, rowsOf(variables, undefined), compared, {
      overwrite: true,
      empty: true,
    });
    expect(steps.map(({ action }) => action)).toEqual(['unread']);
    expect(effective(steps)).toEqual([]);
  });

  it('compares with values that were typed and not saved', () => {
    let draft = editVariable(emptyDraft('r'), OTHER, { value: 'o' });
    draft = addVariables(removeRows(draft, rowsOf([SAME], undefined)), [
      { key: 'NEW', value: 'typed' },
    ]);
    expect(plan(false, rowsOf(variables, draft))).toEqual({
      NEW: 'keep',
      SAME: 'add',
      OTHER: 'same',
      BLANK: 'blank',
    });
  });
});

describe('a file that is no .env file', () => {
  it('is refused by its size, which the refusal names', async () => {
    const large = new Blob([new Uint8Array(IMPORT_MAX_BYTES + 1).fill(65)]);
    expect((await readSource(large)).refusal).toBe(
      'This is larger than 5 MB: it has 5,242,881 bytes. Nothing was imported.',
    );
    expect(checkText('A'.repeat(IMPORT_MAX_BYTES + 1)).refusal).toContain('larger than 5 MB');
    expect(checkText('A'.repeat(IMPORT_MAX_BYTES)).refusal).toBeUndefined();
  });

  it.each([
    ['zero bytes', [65, 0, 66]],
    ['bytes that are not UTF-8', [0xff, 0xfe, 0x41]],
  ])('is refused for %s', async (_what, bytes) => {
    expect((await readSource(new Blob([new Uint8Array(bytes)]))).refusal).toContain(
      'not UTF-8 text',
    );
  });

  it.each([
    ['little endian', [0xff, 0xfe, 0x41, 0, 0x3d, 0, 0x71, 0x67, 0x0a, 0]],
    ['big endian', [0xfe, 0xff, 0, 0x41, 0, 0x3d, 0x67, 0x71, 0, 0x0a]],
  ])('is not confused with UTF-16 with a byte order mark, %s', async (_what, bytes) => {
    expect(await readSource(new Blob([new Uint8Array(bytes)]))).toEqual({ text: 'A=東\n' });
  });

  it('is refused if it is gone when it is read', async () => {
    // As Chromium answers after the file was moved.
    const gone = new DOMException('A requested file could not be found.', 'NotFoundError');
    const file = Object.assign(new Blob(['A=1']), { arrayBuffer: () => Promise.reject(gone) });
    expect((await readSource(file)).refusal).toContain('cannot be read');
  });

  it('is refused with the remedy', async () => {
    const utf16 = new Uint8Array([0x41, 0, 0x3d, 0, 0x31, 0]);
    expect((await readSource(new Blob([utf16]))).refusal).toContain('Save it as UTF-8');
  });

  it('is not confused with text of any script', async () => {
    expect(await readSource(new Blob(['NAME=東京\n']))).toEqual({ text: 'NAME=東京\n' });
  });
});

/** What a file with the name gives: its variables, and what is said. */
async function imported(text: string, name = 'pasted text') {
  const { file, refusal } = await readVariables(text, name);
  if (refusal !== undefined) return refusal;
  return {
    entries: Object.fromEntries(file.entries.map(({ key, value }) => [key, value])),
    says: file.problems.map(({ line, message }) =>
      line === undefined ? message : `${String(line)} ${message}`,
    ),
  };
}

describe('a JSON file', () => {
  it.each(['pasted text', 'production.json', '.env'])('called %s is read as such', async (name) => {
    expect(await imported('{"URL":"pg://h/db?ssl=true","B":"2"}', name)).toEqual({
      entries: { URL: 'pg://h/db?ssl=true', B: '2' },
      says: [],
    });
  });

  it('gives text, and names what was not text', async () => {
    const json = '{"N":1.50,"ON":true,"NO":null,"X":{"a":[1]},"T":"x","T":"y"}';
    expect(await imported(json)).toEqual({
      entries: { N: '1.50', ON: 'true', NO: '', X: '{"a":[1]}', T: 'y' },
      says: [
        'T appears twice; the last value is used.',
        'N and ON are not text. A new variable holds the text.',
        'X is nested. A new variable holds it as JSON text.',
      ],
    });
  });

  it.each([
    ['[1, 2]', /^This is JSON, but not a map of keys and values\. Nothing was imported\.$/],
    ['{"A": 1,\n"B": }', /^This looks like JSON, but it cannot be read from line 2 on\./],
    ['{}', /^It has no keys\./],
    ['{"": 1}', /^It has no keys\./],
  ])('is refused with the reason: %j', async (json, says) => {
    expect(await imported(json)).toMatch(says);
  });

  it('is not seen in a .env file that begins with a section', async () => {
    expect(await imported('[db]\nA=1')).toMatchObject({ entries: { A: '1' } });
  });

  it('has keys that cannot be seen, which are named', async () => {
    expect(await imported('{"API\u200bKEY":"1"}')).toMatchObject({
      says: ['API[U+200B]KEY: the key holds a character that cannot be seen.'],
    });
  });
});

describe('a YAML file', () => {
  const yaml = [
    '# comment',
    'URL: pg://h/db?ssl=true',
    'PORT: 5432',
    'EXACT: 1.50',
    'HEX: 0x1F',
    'ON: true',
    'YES: yes',
    'QUOTED: "a\\nb"',
    'EMPTY:',
    'KEY: |',
    '  -----BEGIN KEY-----',
    '  A=1',
    'LIMITS: {daily: 5, tags: [a, "b"]}',
    '',
  ].join('\n');

  it.each(['pasted text', 'production.yaml'])('called %s is read as such', async (name) => {
    expect(await imported(yaml, name)).toEqual({
      entries: {
        URL: 'pg://h/db?ssl=true',
        PORT: '5432',
        EXACT: '1.50',
        HEX: '0x1F',
        ON: 'true',
        YES: 'yes',
        QUOTED: 'a\nb',
        EMPTY: '',
        KEY: '-----BEGIN KEY-----\nA=1\n',
        LIMITS: '{"daily":5,"tags":["a","b"]}',
      },
      says: [
        'PORT, EXACT and ON are not text. A new variable holds the text.',
        'LIMITS is nested. A new variable holds it as JSON text.',
      ],
    });
  });

  it('has anchors, merged maps and repeated keys', async () => {
    const text = 'base: &b {A: "1", B: "2"}\nagain: *b\n<<: *b\nB: "3"\nB: "4"\n';
    expect(await imported(text)).toMatchObject({
      entries: { base: '{"A":"1","B":"2"}', again: '{"A":"1","B":"2"}', A: '1', B: '4' },
      says: ['5 B appears twice; the last value is used.', expect.stringContaining('nested')],
    });
  });

  it('does not grow by aliases of aliases', async () => {
    const lines = Array.from(
      { length: 12 },
      (_, at) => `k${String(at + 1)}: &k${String(at + 1)} [${`*k${String(at)},`.repeat(9)}]`,
    );
    expect(await imported(`k0: &k0 [x]\n${lines.join('\n')}\n`)).toMatch(/^This looks like YAML/);
  });

  it.each([
    ['a: [1\nb: 2\n', 'x.yml', /^This looks like YAML, but it cannot be read from line \d on\./],
    ['a: *b\n', 'x.yml', /^This looks like YAML, but it cannot be read/],
    ['a: &a [*a]\n', 'x.yml', /^This looks like YAML, but it cannot be read/],
    ['- A=1\n- B=2\n', 'x.yml', /^This is YAML, but not a map/],
    ['a: 1\n---\nb: 2\n', 'x.yml', /cannot be read from line 2 on/],
    [`a: ${'['.repeat(50_000)}`, 'x.yml', /^This looks like YAML, but it cannot be read/],
    ['', 'x.yml', /^This/],
  ])('is refused with the reason: %#', async (text, name, says) => {
    expect(await imported(text, name)).toMatch(says);
  });

  it.each([
    ['A=1\nB: 2', { A: '1' }],
    ['A=b: c', { A: 'b: c' }],
    ['export A=1', { A: '1' }],
  ])('is not seen in %j', async (text, entries) => {
    expect(await imported(text)).toMatchObject({ entries });
  });
});

describe('a text without variables', () => {
  it.each([
    ['nothing of the kind', 'It has no line of the form KEY=value. This line is not of the form'],
    [
      '-----BEGIN PRIVATE KEY-----\nAAA=\n-----END PRIVATE KEY-----',
      'It has no line of the form KEY=value. Lines 1–3 are key material (PRIVATE KEY)',
    ],
    ['', 'It has no line of the form KEY=value. Nothing was imported.'],
  ])('is refused: %j', async (text, says) => {
    expect(await imported(text)).toContain(says);
  });
});
