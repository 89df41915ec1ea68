import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDotenv, isDotenvKey, parseDotenv } from './dotenv';

const read = (text: string): Record<string, string> =>
  Object.fromEntries(parseDotenv(text).entries.map(({ key, value }) => [key, value]));

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

  it('lets the last of two equal keys count, and says so', () => {
    const { problems } = parseDotenv('A=1\nA=2');
    expect(read('A=1\nA=2')).toEqual({ A: '2' });
    expect(problems).toEqual([{ line: 2, message: 'A stands twice: the last one counts.' }]);
  });

  it('reads any text without throwing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(parseDotenv(text).entries.length).toBeLessThanOrEqual(text.length);
      }),
    );
  });
});

describe('formatDotenv', () => {
  it('writes what parseDotenv reads back', () => {
    const key = fc.string({ unit: 'grapheme', minLength: 1 }).filter(isDotenvKey);
    const value = fc
      .oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }), hardText)
      // A lone carriage return is a line end in the syntax, and survives in quotes only as an escape.
      .filter((text) => !text.includes('\0'));
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.record({ key, value }), { selector: (e) => e.key }),
        (entries) => {
          const { entries: again, problems } = parseDotenv(formatDotenv(entries));
          expect(again.map(({ key, value }) => ({ key, value }))).toEqual(entries);
          expect(problems).toEqual([]);
        },
      ),
    );
  });
});

const hardText = fc
  .array(
    fc.constantFrom('\n', '\r', "'", '"', '`', '\\', '$', '#', ' ', '\t', '=', 'a', '\\n', '${X}'),
  )
  .map((parts) => parts.join(''));
