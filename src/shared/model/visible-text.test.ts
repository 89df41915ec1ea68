import { expect, it } from 'vitest';
import { visibleText } from './visible-text';

it.each([
  ['a plain reason', 'a plain reason'],
  ['two\r\nlines\tand a tab', 'two  lines and a tab'],
  ['\u001B[31mred\u0007', '\uFFFD[31mred\uFFFD'],
  // Reads “refund exe.pdf” with the override in place.
  ['refund \u202Efdp.exe', 'refund \uFFFDfdp.exe'],
  ['\u2066isolated\u2069 \u200Ejoined\u200Bhere', '\uFFFDisolated\uFFFD \uFFFDjoined\uFFFDhere'],
  ['hidden\u3164\u115F\uFE0F text', 'hidden text'],
  ['one\u2028two\u2029three', 'one two three'],
  ['half \uD800 pair', 'half \uFFFD pair'],
  [`z\u0300\u0301\u0302\u0303\u0304\u0305a`, 'z\u0300\u0301\u0302a'],
  ['Größe – שלום – 東京 – 💳', 'Größe – שלום – 東京 – 💳'],
  [' \t ', ''],
])('%j is shown as %j', (text, shown) => {
  expect(visibleText(text, 100)).toBe(shown);
});

it('is cut at its end, or in its middle, by whole characters', () => {
  expect(visibleText('💳💳💳💳💳', 4)).toBe('💳💳💳…');
  expect(visibleText('abcdefghij', 10)).toBe('abcdefghij');
  expect(visibleText('/aaaaaaaaaaaaaaaa/secret', 12, { cut: 'middle' })).toBe('/aaaaa…ecret');
  expect(
    Array.from(visibleText(`${'x'.repeat(1_000_000)}end`, 50, { cut: 'middle' })),
  ).toHaveLength(50);
});
