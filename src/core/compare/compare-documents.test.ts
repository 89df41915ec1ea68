import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WHOLE_SECRET_KEY } from '@shared/model/variable';
import {
  documentFromBytes,
  documentFromText,
  mapDocument,
  textEntry,
  type SecretDocument,
} from '@core/secrets/document';
import { compareDocuments, type ComparedDocument } from './compare-documents';

const side = (
  document: SecretDocument | string,
  disabled: readonly string[] = [],
): ComparedDocument => ({
  document: typeof document === 'string' ? documentFromText(document) : document,
  isDisabled: (key) => disabled.includes(key),
  needed: new Set(),
  misfits: new Map(),
});

/** Each row as `key outcome cells`, a cell as its kind and group, `-` where missing, `?` where unknown. */
const compared = (...sides: (ComparedDocument | undefined)[]): string[] =>
  compareDocuments(sides).map(({ key, outcome, cells }) => {
    const shown = cells.map((cell) => {
      if (cell.state === 'missing') return '-';
      if (cell.state === 'unknown') return '?';
      return `${cell.kind}${String(cell.group)}${cell.disabled === true ? '!' : ''}`;
    });
    return [key, outcome, ...shown].join(' ');
  });

describe('a row', () => {
  it('is equal, different or missing, and groups what is equal', () => {
    expect(
      compared(
        side('{"A":"1","B":"1","C":"1"}'),
        side('{"A":"1","B":"2","C":"1"}'),
        side('{"A":"1","B":"1"}'),
      ),
    ).toEqual([
      'A equal text0 text0 text0',
      'B different text0 text1 text0',
      'C missing text0 text0 -',
    ]);
  });

  it('tells kinds apart, though they are written alike', () => {
    expect(
      compared(
        side('{"A":"1","B":"true","C":"null","D":"{}"}'),
        side('{"A":1,"B":true,"C":null,"D":{}}'),
      ),
    ).toEqual([
      'A different text0 number1',
      'B different text0 boolean1',
      'C different text0 null1',
      'D different text0 nested1',
    ]);
  });

  it('takes numbers and nested values for what they say, not for how they are written', () => {
    expect(
      compared(
        side('{"A":1000,"B":{"x":1,"y":[2]},"C":12345678901234567890}'),
        side('{"A":1e3,"B":{"y":[2],"x":1.0},"C":12345678901234567891}'),
      ),
    ).toEqual([
      'A equal number0 number0',
      'B equal nested0 nested0',
      'C different number0 number1',
    ]);
  });

  it('does not call an empty value missing', () => {
    expect(compared(side('{"A":""}'), side('{}'))).toEqual(['A missing text0 -']);
  });

  it('marks what is disabled, which is no difference', () => {
    expect(compared(side('{"A":"1"}', ['A']), side('{"A":"1"}'))).toEqual(['A equal text0! text0']);
  });

  it('leaves out of account what is not in memory', () => {
    expect(compared(side('{"A":"1"}'), undefined, side('{"A":"1"}'))).toEqual([
      'A equal text0 ? text0',
    ]);
    expect(compared(undefined, undefined)).toEqual([]);
  });
});

describe('secrets that are no list of variables', () => {
  it('have one row, a text or bytes', () => {
    const bytes = (...values: number[]) => side(documentFromBytes(Uint8Array.from(values)));
    expect(compared(side('just text'), side('just text'), side('other'))).toEqual([
      `${WHOLE_SECRET_KEY} different text0 text0 text1`,
    ]);
    expect(compared(bytes(0, 255), bytes(0, 255))).toEqual([
      `${WHOLE_SECRET_KEY} equal binary0 binary0`,
    ]);
    // The same letters as its base64 are not the same.
    expect(compared(bytes(0, 255), side('AP8='))).toEqual([
      `${WHOLE_SECRET_KEY} different binary0 text1`,
    ]);
  });
});

describe('the order', () => {
  const orderOf = (...sides: string[][]): string[] =>
    compareDocuments(
      sides.map((keys) => side(mapDocument(keys.map((key) => [key, textEntry('')])))),
    ).map(({ key }) => key);

  it('is that of the first, with the keys of others after their neighbours', () => {
    expect(orderOf(['A', 'B', 'C'], ['A', 'A2', 'A3', 'C', 'D'])).toEqual([
      'A',
      'A2',
      'A3',
      'B',
      'C',
      'D',
    ]);
    expect(orderOf(['B'], ['A', 'B'])).toEqual(['A', 'B']);
    expect(orderOf([], ['B', 'A'])).toEqual(['B', 'A']);
  });

  it('has every key once, and keeps the order of the first', () => {
    const keys = fc.uniqueArray(fc.constantFrom('A', 'B', 'C', 'D', 'E', '', '__proto__'));
    fc.assert(
      fc.property(fc.array(keys, { minLength: 1, maxLength: 5 }), (sides) => {
        const order = orderOf(...sides);
        expect(order.toSorted()).toEqual([...new Set(sides.flat())].toSorted());
        const first = new Set<string>(sides[0]);
        expect(order.filter((key) => first.has(key))).toEqual(sides[0]);
      }),
    );
  });
});

it('gives no value away', () => {
  const rows = compareDocuments([side('{"A":"s3cret-1","B":{"x":"s3cret-2"}}'), side('s3cret-3')]);
  expect(JSON.stringify(rows)).not.toContain('s3cret');
});

it('takes less than a second for ten environments of 10,000 keys that all differ', () => {
  const keys = Array.from({ length: 10_000 }, (_, index) => `KEY_${String(index)}`);
  const sides = Array.from({ length: 10 }, (_, index) =>
    side(mapDocument(keys.map((key) => [key, textEntry(`${key} ${String(index)}`)]))),
  );
  // Of the processor, so that a busy computer does not count.
  const before = process.cpuUsage();
  const rows = compareDocuments(sides);
  const { user, system } = process.cpuUsage(before);
  expect(rows).toHaveLength(10_000);
  expect((user + system) / 1000).toBeLessThan(1000);
});
