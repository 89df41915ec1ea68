import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quoteForShell } from '../shell';
import { parseDotenv } from './parse-dotenv';

const read = (text: string): Record<string, string> =>
  Object.fromEntries(parseDotenv(text).entries.map(({ key, value }) => [key, value]));

/** What is read without doubt, and what is said about the rest. */
const outcome = (text: string): { read: Record<string, string>; says: string[] } => {
  const { entries, problems } = parseDotenv(text);
  const certain = entries.filter(({ doubtful }) => doubtful !== true);
  return {
    read: Object.fromEntries(certain.map(({ key, value }) => [key, value])),
    says: problems.map(({ line, message }) => `${String(line)} ${message}`),
  };
};

const PEM = '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg==\nQUFB=\n-----END PRIVATE KEY-----';

describe('parseDotenv', () => {
  it.each([
    ['A=1', { A: '1' }],
    ['export A=1', { A: '1' }],
    ['  A = spaced out  ', { A: 'spaced out' }],
    ['A=', { A: '' }],
    ['A=""', { A: '' }],
    ['A=b=c', { A: 'b=c' }],
    ['A=x # comment', { A: 'x' }],
    ['A=x#not-a-comment', { A: 'x#not-a-comment' }],
    ['A=#comment', { A: '' }],
    ["A='# $HOME \\n'", { A: '# $HOME \\n' }],
    ['A="line\\nline" # comment', { A: 'line\nline' }],
    ['A="say \\"hi\\" \\$5 \\\\"', { A: 'say "hi" $5 \\' }],
    ['A="first\nsecond"\nB=2', { A: 'first\nsecond', B: '2' }],
    [
      "A='-----BEGIN KEY-----\r\nabc\r\n-----END KEY-----'\r\nB=2",
      { A: '-----BEGIN KEY-----\nabc\n-----END KEY-----', B: '2' },
    ],
    ['A=`it\'s "both"`', { A: 'it\'s "both"' }],
    ['\uFEFFA=1', { A: '1' }],
    ['# only a comment\n\n   \n', {}],
    ['spring.datasource.url=jdbc', { 'spring.datasource.url': 'jdbc' }],
  ])('reads %j', (text, expected) => {
    const { problems } = parseDotenv(text);
    expect(read(text)).toEqual(expected);
    expect(problems).toEqual([]);
  });

  it('names the line of what it cannot read, and goes on', () => {
    const { entries, problems } = parseDotenv('A="x\ny"\nnonsense\nB=2\n=3\nC="open');
    expect(entries.map(({ key, line }) => [key, line])).toEqual([
      ['A', 1],
      ['B', 4],
      ['C', 6],
    ]);
    expect(problems.map(({ line }) => line)).toEqual([3, 5, 6]);
  });

  it('uses the last of two equal keys, and says so', () => {
    const { problems } = parseDotenv('A=1\nA=2');
    expect(read('A=1\nA=2')).toEqual({ A: '2' });
    expect(problems).toEqual([{ line: 2, message: 'A appears twice; the last value is used.' }]);
  });

  it('reads any text without throwing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(parseDotenv(text).entries.length).toBeLessThanOrEqual(text.length);
      }),
    );
  });
});

describe('quotes as shells write them', () => {
  it.each([
    [String.raw`export A='it'\''s'`, { A: "it's" }],
    [String.raw`A='Let\'s go'`, { A: "Let's go" }],
    [String.raw`A='Let\'s go' # said`, { A: "Let's go" }],
    [`A='it'"'"'s'`, { A: "it's" }],
    [`A="a"'b'"c"`, { A: 'abc' }],
    [`A="""three"""`, { A: 'three' }],
    [String.raw`A='C:\dir\'`, { A: 'C:\\dir\\' }],
    [String.raw`A='C:\dir\' # home`, { A: 'C:\\dir\\' }],
    [String.raw`declare -x A="say \"hi\" \$5"`, { A: 'say "hi" $5' }],
    [`typeset -x A=1\ndeclare -rx B=2`, { A: '1', B: '2' }],
    [String.raw`export A=$'x\ny'`, { A: 'x\ny' }],
    [String.raw`export A=$'it\'s \303\251 \u00e9 \x41\tend' # c`, { A: "it's é é A\tend" }],
  ])('reads %s', (text, expected) => {
    expect(outcome(`${text}\nZ=z`)).toEqual({ read: { ...expected, Z: 'z' }, says: [] });
  });

  it.each([
    ["A='x' y", { A: 'x' }, '1 A: text after the closing quote was ignored.'],
    [`A="a"b"c"`, {}, '1 A: the quotes on this line do not match, so A was not read.'],
    [`A='x',`, {}, '1 A: the quotes on this line do not match, so A was not read.'],
    ["A=$'x", {}, '1 A: the quotes on this line do not match, so A was not read.'],
    [String.raw`A=$'a\0b'`, {}, "1 A: $'…' holds something that is not text, so A was not read."],
    [String.raw`A=$'\xff'`, {}, "1 A: $'…' holds something that is not text, so A was not read."],
  ])('says of %s what it did', (text, expected, says) => {
    expect(outcome(`${text}\nZ=z`)).toEqual({ read: { ...expected, Z: 'z' }, says: [says] });
  });

  it('reads back what quoteForShell writes', () => {
    const value = fc
      .array(fc.constantFrom(...Array.from('\'"`\\$#= a\nB'), '\nB=', "''"))
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 4 }), (values) => {
        const text = values.map((one, at) => `export K${String(at)}=${quoteForShell(one)}\n`);
        const { entries, problems } = parseDotenv(text.join(''));
        expect(entries.map((entry) => entry.value)).toEqual(values);
        expect(problems).toEqual([]);
      }),
    );
  });
});

describe('a quote that is not closed', () => {
  it('is named with its line, and the lines after it are read', () => {
    expect(outcome(`A="oops\nB=keep\nC='fine'\nD="x"\nE=1`)).toEqual({
      read: { B: 'keep', C: 'fine', D: 'x', E: '1' },
      says: [
        '1 A: the quote on this line is not closed, so A was not read. The lines after it were read by themselves.',
      ],
    });
  });

  it.each([
    ['A="oops\nB=1\nC=""\nD=1', { B: '1', C: '', D: '1' }],
    ['A="oops\nB=1\nC="#fff"\nD=1', { B: '1', C: '#fff', D: '1' }],
    ["A='oops\nB=1\nC='x y'\nD=1", { B: '1', C: 'x y', D: '1' }],
    ['A="oops\n\n# note\nB=1', { B: '1' }],
    ['A="oops\nexport B="x"', { B: 'x' }],
    [`A="oops\nK="${PEM}"\nB=1`, { K: PEM, B: '1' }],
  ])('does not take in the variables after it: %j', (text, expected) => {
    const { read: found, says } = outcome(text);
    expect(found).toEqual(expected);
    expect(says).toHaveLength(1);
    expect(says[0]).toMatch(/^1 A: the quote on this line is not closed/);
  });

  it.each([
    ["A='[db]\nhost=x\nport=1'\nB=2", { A: '[db]\nhost=x\nport=1', B: '2' }],
    ["A='x\nB='\nC=1", { A: 'x\nB=', C: '1' }],
  ])('is not seen in a value of several lines that holds assignments: %j', (text, expected) => {
    expect(outcome(text)).toEqual({ read: expected, says: [] });
  });
});

describe('JSON as a value', () => {
  it.each([
    ['CFG="{"a": 1}"', '{"a": 1}'],
    [`CFG='{"a": "it's"}'`, `{"a": "it's"}`],
    ['CFG="{\\"a\\": 1}"', '{"a": 1}'],
    ['CFG={"c":"red #fff","d":1}', '{"c":"red #fff","d":1}'],
    ['CFG={"a": 1} # comment', '{"a": 1}'],
    ['CFG={"a # b": [1, 2]} # comment', '{"a # b": [1, 2]}'],
    ['CFG={\n  "a": "b=c",\n  "d": [1]\n}', '{\n  "a": "b=c",\n  "d": [1]\n}'],
    ['CFG="[\n  {"a": "#"}\n]"', '[\n  {"a": "#"}\n]'],
    ['CFG=say "red #fff" twice # comment', 'say "red #fff" twice'],
    ['CFG={red #fff}', '{red #fff}'],
    ['CFG={{ .Values.x }} # comment', '{{ .Values.x }}'],
  ])('is whole: %j', (text, expected) => {
    expect(outcome(`${text}\nZ=z`)).toEqual({ read: { CFG: expected, Z: 'z' }, says: [] });
  });

  it('is cut at a comment only with a notice, if it is not closed', () => {
    expect(outcome('A={red #fff\nB=5" # inches')).toEqual({
      read: { A: '{red', B: '5"' },
      says: [
        '1 A: the text after # was read as a comment.',
        '2 B: the text after # was read as a comment.',
      ],
    });
  });

  it('that is not complete is not read', () => {
    expect(outcome('CFG={\n  a: 1\n}\nZ=z')).toEqual({
      read: { Z: 'z' },
      says: [
        '1 CFG: the value goes on after this line, so CFG was not read.',
        '2 This line is not of the form KEY=value.',
        '3 This line is not of the form KEY=value.',
      ],
    });
  });
});

describe('a line that only looks like an assignment', () => {
  it.each([
    ['{"URL":"pg://h/db?ssl=true","B":"2"}', /not of the form KEY=value/],
    ['["a=b"]', /not of the form KEY=value/],
    ['"URL": "pg://h/db?ssl=true"', /not of the form KEY=value/],
    ['URL: pg://h/db?ssl=true', /not of the form KEY=value/],
    ['URL:pg://h/db?ssl=true', /not of the form KEY=value/],
    ['- A=1', /not of the form KEY=value/],
    ['https://example.com/?a=1', /not of the form KEY=value/],
    ['$env:A = "b"', /not of the form KEY=value/],
    ['MIIEvQIBADANBg==', /base64/],
    ['cGFzc3dvcmRwYXNzd29yZHBhc3N3b3I=', /base64/],
    ['ssh-rsa AAAAB3NzaC1yc2E= me@host', /not of the form KEY=value/],
    ['API\u200bKEY=1', /^1 API\[U\+200B\]KEY: the key holds a character that cannot be seen\.$/],
    ['\u200bA=1', /^1 \[U\+200B\]A: the key holds a character that cannot be seen\.$/],
    ['A\u00a0=1', /^1 A\[U\+00A0\]: the key holds a character that cannot be seen\.$/],
    ['\u2060A\ufeffB=1', /^1 \[U\+2060\]A\[U\+FEFF\]B: the key/],
    ['A\u3164=1', /^1 A\[U\+3164\]: the key/],
  ])('makes no variable: %j', (line, says) => {
    const { read: found, says: said } = outcome(`${line}\nZ=z`);
    expect(found).toEqual({ Z: 'z' });
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(says);
  });

  it('says that key material is key material', () => {
    expect(outcome(`A=1\n${PEM}\nB=2`)).toEqual({
      read: { A: '1', B: '2' },
      says: ['2 Lines 2–5 are key material (PRIVATE KEY), not KEY=value.'],
    });
    expect(outcome(`A=1\n-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg==\nB=2`).read).toEqual({
      A: '1',
      B: '2',
    });
  });

  it('takes key material without quotes as one value, and says so', () => {
    expect(outcome(`A=${PEM}\nB=2`)).toEqual({
      read: { A: PEM, B: '2' },
      says: ['1 A: all lines of the PRIVATE KEY were read as one value.'],
    });
    expect(outcome(`A=-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg==\nB=2`)).toEqual({
      read: { B: '2' },
      says: ['1 A: the PRIVATE KEY does not end, so A was not read.'],
    });
    const oneLine = PEM.replaceAll('\n', '\\n');
    expect(outcome(`A=${oneLine}\nB=2`)).toEqual({ read: { A: oneLine, B: '2' }, says: [] });
  });

  it('takes keys of every kind that are one', () => {
    const keys = [
      'a.b',
      'a-b',
      '/app/db',
      'Logging:Level',
      'größe',
      'a[0]',
      '@scope',
      '1A',
      'TOKEN',
    ];
    const text = keys.map((key) => `${key}=\n`).join('');
    expect(outcome(text)).toEqual({
      read: Object.fromEntries(keys.map((key) => [key, ''])),
      says: [],
    });
  });
});

it('takes a time that grows with the file, and no faster', () => {
  const size = 256 * 1024;
  const lines = [
    'A="x\n',
    "A='x\\\n",
    'A={\n',
    'ключ={"\n',
    'A="{\n',
    '-----BEGIN A-----\n',
    'A=-----BEGIN A-----\n',
    "A=$'\n",
    'A="" ""\n',
    'A=[ #\n',
    'A=` #\n',
    '""""',
    "A='\\''",
    '[',
  ];
  const slow = lines.filter((line) => {
    const text = line.repeat(Math.floor(size / line.length));
    const startedAt = performance.now();
    parseDotenv(text);
    parseDotenv(`K=${text}`);
    parseDotenv(`K="${text}`);
    return performance.now() - startedAt > 10_000;
  });
  expect(slow).toEqual([]);
});
