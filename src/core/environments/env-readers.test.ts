/** What is written for other programs is read back by these programs, and what shells print is read. */
import { spawnSync } from 'node:child_process';
import { envReaders, hasPythonDotenv, type EnvReader } from '@test/support/env-readers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  shellOwnVariables,
  writeVariable,
  type EnvFormat,
  type Written,
} from '@shared/model/env-format';
import { parseDotenv } from '@shared/model/import/parse-dotenv';

const fragments = [
  ...Array.from('\'"`\\$#=:;{}[]()&|<>! \tab'),
  '\n',
  '\r',
  '\\n',
  '${A}',
  '${A:-b}',
  '$(id)',
  '\nB=1',
  ' #',
  'é',
  '\u00a0',
  '\u2028',
  '\u200b',
  '\u001f',
  '🔑',
];
const value = fc.oneof(
  { weight: 5, arbitrary: fc.array(fc.constantFrom(...fragments), { maxLength: 10 }) },
  { weight: 1, arbitrary: fc.array(fc.string({ unit: 'binary' }), { maxLength: 1 }) },
);
const key = fc.oneof(
  { weight: 8, arbitrary: fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,3}$/) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('a.b', 'a-b', '1a', 'a/b', 'a#b', 'é', '__proto__', 'UID', 'export'),
  },
);
const file = fc.uniqueArray(fc.record({ key, value: value.map((parts) => parts.join('')) }), {
  selector: (variable) => variable.key,
  minLength: 1,
  maxLength: 6,
});

interface WrittenFile {
  readonly text: string;
  readonly variables: readonly {
    readonly key: string;
    readonly value: string;
    readonly written: Written;
  }[];
}

const write = (
  format: EnvFormat,
  variables: readonly { readonly key: string; readonly value: string }[],
): WrittenFile => {
  const all = variables.map((one) => ({
    ...one,
    written: writeVariable(format, one.key, one.value),
  }));
  return { text: all.map(({ written }) => written.text ?? '').join(''), variables: all };
};

const sorted = (variables: Iterable<readonly [string, string]>): string =>
  JSON.stringify([...variables].toSorted(([a], [b]) => (a < b ? -1 : 1)));

/** Files of which the reader finds something else than was written, though no warning names the reader. */
function misreadings(name: string, files: readonly WrittenFile[], read: EnvReader): unknown[] {
  const found = read(files.map(({ text }) => text));
  // “python-dotenv” does not name “dotenv”.
  const isNamed = new RegExp(`(?<!-)\\b${name}\\b`);
  return files.flatMap(({ text, variables }, index) => {
    const written = variables.filter((one) => one.written.text !== undefined);
    const named = new Set(
      written.filter((one) => isNamed.test(one.written.warnings.join(' '))).map((one) => one.key),
    );
    const expected = sorted(
      written.filter((one) => !named.has(one.key)).map((one) => [one.key, one.value] as const),
    );
    const got = found[index];
    const rest = got && sorted([...got].filter(([read]) => !named.has(read)));
    return rest === expected ? [] : [{ text, expected, got: rest ?? 'refused' }];
  });
}

const formats: readonly (readonly [format: EnvFormat, reader: keyof typeof envReaders])[] = [
  ['dotenv', 'dotenv'],
  ['dotenv', 'Node'],
  ['dotenv', 'python-dotenv'],
  ['compose', 'Compose'],
  ['docker', 'docker run'],
  ['shell', 'sh'],
  ['shell', 'bash'],
];

/** Values from public reports about other tools. */
const reported = {
  BOTH_QUOTES: `it's "x"`,
  DOLLAR: "it's $5",
  BACKSLASH_N: String.raw`it's a\nb`,
  JSON: `{"k":"it's"}`,
  DIRECTORY: 'C:\\my dir\\',
  AFTER_IT: 'x y',
  SHARE: String.raw`\\srv\share x`,
  PATTERN: String.raw`^\\d+ $`,
};
const reportedFile = Object.entries(reported).map(([key, value]) => ({ key, value }));

describe.each(formats)('%s', (format, name) => {
  const isMissing = name === 'python-dotenv' && !hasPythonDotenv();

  it.skipIf(isMissing)(`is read back by ${name}`, () => {
    // All files in one process of the reader. The message of a failure has the file.
    const files = fc.sample(file, 400).map((variables) => write(format, variables));
    expect(misreadings(name, files, envReaders[name])).toEqual([]);
  });

  it.skipIf(isMissing)(`is read back by ${name}, with the values from public reports`, () => {
    const written = write(format, reportedFile);
    expect(written.variables.flatMap((one) => one.written.warnings)).toEqual([]);
    const [found] = envReaders[name]([written.text]);
    expect(Object.fromEntries(found ?? [])).toEqual(reported);
  });
});

it.each(['dotenv', 'compose', 'shell'] as const)('%s is imported as it was exported', (format) => {
  const files = fc.sample(file, 400).map((variables) => write(format, variables));
  const imported: EnvReader = (texts) =>
    texts.map(
      (text) => new Map(parseDotenv(text).entries.map((entry) => [entry.key, entry.value])),
    );
  expect(misreadings('Strongroom', files, imported)).toEqual([]);
});

describe('a value that not all readers of the format read', () => {
  it.each([
    ['dotenv', '${A}', 'K: python-dotenv reads another value, because of the ${…} in it.'],
    ['dotenv', 'a\rb', 'K: Node reads another value, because of a carriage return in it.'],
    ['dotenv', `# it's "x"`, 'K: dotenv and Node read another value, because of the quotes in it.'],
    [
      'dotenv',
      '# x\\',
      'K is left out: its value ends with a backslash, which would damage the lines after it.',
    ],
    ['docker', 'a\nb', /^K is left out: its value has line breaks/],
    ['docker', 'x'.repeat(2 ** 16), /^K is left out: docker run refuses lines of 64 KiB/],
    ['compose', '\0', 'K is left out: its value holds a NUL character.'],
    ['shell', 'a\rb', 'K: Strongroom reads another value, because of a carriage return in it.'],
    ['shell', '\ud800', /^K is left out: its value holds half a character/],
  ] as const)('%s: %j', (format, text, says) => {
    const { warnings } = writeVariable(format, 'K', text);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(says);
  });

  it.each([
    ['dotenv', 'a/b', 'a/b: dotenv cannot read this key.'],
    ['dotenv', '__proto__', '__proto__: dotenv and Node cannot read this key.'],
    ['dotenv', 'a b', 'a b is left out: this key cannot be written in a .env file.'],
    ['compose', 'a/b', 'a/b is left out: Compose cannot read this key.'],
    ['docker', 'a b', 'a b is left out: docker run cannot read this key.'],
    ['shell', 'UID', 'UID is left out: shells set this variable themselves.'],
  ] as const)('%s has a key %s', (format, name, says) => {
    expect(writeVariable(format, name, 'x').warnings).toEqual([says]);
  });

  it('is not written under a key that a reader skips, if it has several lines', () => {
    expect(writeVariable('dotenv', 'a/b', 'x\nB=1').text).toBeUndefined();
  });
});

it('leaves out what shells set themselves, and nothing else', () => {
  const files = [...shellOwnVariables].map((name) => `export ${name}='x y'\n`);
  const [bash, sh] = [envReaders.bash(files), envReaders.sh(files)];
  const kept = [...shellOwnVariables].filter(
    (name, at) => bash[at]?.get(name) === 'x y' && sh[at]?.get(name) === 'x y',
  );
  expect(kept).toEqual([]);
});

it.each(['dotenv', 'compose'] as const)(
  '%s: writes no line that a shell runs without saying so',
  (format) => {
    // It would end the shell that reads all of the files.
    const deadly = fc.constantFrom(
      '$(kill -9 $$)',
      '`kill -9 $$`',
      ';kill -9 $$;',
      '\nkill -9 $$\n',
    );
    const files = fc
      .sample(fc.tuple(value, deadly, value), 300)
      .map(([before, command, after]) =>
        writeVariable(format, 'K', [...before, command, ...after].join('')),
      )
      .filter((written) => written.isRunByShells !== true)
      .map(({ text = '' }) => text);
    expect(files.length).toBeGreaterThan(50);
    expect(() => envReaders.bash(files)).not.toThrow();
    expect(() => envReaders.sh(files)).not.toThrow();
  },
);

it.each(['/bin/sh', '/bin/bash'])('reads what %s prints with export -p', (shell) => {
  const printed = [...Array.from('\'"`\\$#=;{}[]()!~ \tab1'), '\n', '\u001b', '\u0001', 'é', '🔑'];
  const parts = fc.array(fc.constantFrom(...printed), { maxLength: 8 });
  const values = fc.sample(parts, 300).map((one) => one.join(''));
  const env = Object.fromEntries(values.map((one, at) => [`K${String(at)}`, one]));
  const { stdout } = spawnSync(shell, ['-c', 'export -p'], {
    env: { ...env, LC_ALL: 'C.UTF-8' },
    encoding: 'utf8',
  });
  const { entries } = parseDotenv(stdout);
  expect(Object.fromEntries(entries.map((one) => [one.key, one.value]))).toMatchObject(env);
});
