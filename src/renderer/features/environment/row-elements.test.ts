import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rowElements } from './row-elements';

const range = (from: number, to: number): readonly string[] =>
  Array.from({ length: to - from }, (_, at) => String(from + at));

describe('rowElements', () => {
  it('takes all elements again after a jump', () => {
    const elementsOf = rowElements();
    const first = elementsOf(range(0, 20), undefined);
    expect(elementsOf(range(500, 520), undefined)).toEqual(first);
  });

  it('makes elements only for rows that come into sight', () => {
    const elementsOf = rowElements();
    const first = elementsOf(range(0, 20), undefined);
    expect(elementsOf(range(4, 24), undefined)).toEqual([...first.slice(4), 21, 22, 23, 24]);
  });

  it.each([
    { name: 'above', kept: 2, jump: range(500, 520) },
    { name: 'below', kept: 519, jump: range(0, 20) },
  ])('leaves the row with the focus that stays $name', ({ kept, jump }) => {
    const elementsOf = rowElements();
    const start = kept < 20 ? range(0, 20) : range(500, 520);
    const element = elementsOf(start, String(kept))[start.indexOf(String(kept))];
    const rows = kept < 20 ? [String(kept), ...jump] : [...jump, String(kept)];
    expect(elementsOf(rows, String(kept))[rows.indexOf(String(kept))]).toBe(element);
  });

  it('gives each row an element of its own, and moves none', () => {
    const views = fc.array(
      fc.uniqueArray(fc.nat(40), { maxLength: 12 }).map((all) => all.toSorted((a, b) => a - b)),
    );
    fc.assert(
      fc.property(views, (all) => {
        const elementsOf = rowElements();
        let before: readonly number[] = [];
        let rowsBefore: readonly string[] = [];
        for (const view of all) {
          const rows = view.map(String);
          const now = elementsOf(rows, '7');
          expect(new Set(now).size).toBe(rows.length);
          const staying = rows.filter((row) => rowsBefore.includes(row));
          const isJump = staying.length * 2 < rows.length;
          const kept = staying.filter((row) => row === '7' || !isJump);
          expect(kept.map((row) => now[rows.indexOf(row)])).toEqual(
            kept.map((row) => before[rowsBefore.indexOf(row)]),
          );
          const again = now.filter((element) => before.includes(element));
          expect(again).toEqual(before.filter((element) => now.includes(element)));
          before = now;
          rowsBefore = rows;
        }
      }),
    );
  });
});
