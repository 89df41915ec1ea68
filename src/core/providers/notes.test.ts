import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fromPrintable, toPrintable } from './notes';

const units = fc.string({ unit: 'binary' });

it('gives every text back, and is printable', () => {
  fc.assert(
    fc.property(fc.oneof(units, fc.string({ unit: 'grapheme' })), (text) => {
      const printable = toPrintable(text);
      expect(printable).toMatch(/^[\p{L}\p{M}\p{N}\p{P}\p{S} ]*$/u);
      expect(fromPrintable(printable)).toBe(text);
    }),
  );
});

it('leaves what people read as it is', () => {
  expect(toPrintable('Ask in #shop: 10 €, naïve, 東京 🔑')).toBe(
    'Ask in #shop: 10 €, naïve, 東京 🔑',
  );
  expect(toPrintable('one\ntwo\tC:\\new')).toBe(String.raw`one\ntwo\u{9}C:\\new`);
});

it('leaves alone what it never writes', () => {
  for (const text of [String.raw`\x \u{} \u{110000} \u{g}`, '\\']) {
    expect(fromPrintable(text)).toBe(text);
  }
});
