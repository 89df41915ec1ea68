import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDotenv, isDotenvKey } from './dotenv';
import { parseDotenv } from './import/parse-dotenv';

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
