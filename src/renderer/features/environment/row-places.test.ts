import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rowPlaces } from './row-places';

const HEIGHT = 34;

describe('places of rows', () => {
  test('one below the other; a tall row moves those below it', () => {
    const places = rowPlaces(5, HEIGHT, new Map([[1, 100]]));
    expect([0, 1, 2, 4].map(places.topOf)).toEqual([0, 34, 168, 236]);
    expect(places.total).toBe(270);
    expect([0, 33, 34, 167, 168, 9999, -5].map(places.indexAt)).toEqual([0, 0, 1, 1, 2, 4, 0]);
  });

  test('no rows', () => {
    const places = rowPlaces(0, HEIGHT, new Map());
    expect([places.total, places.indexAt(50)]).toEqual([0, 0]);
  });

  test('a row is found anywhere in its height', () => {
    const extras = fc.dictionary(fc.nat(199).map(String), fc.nat(500), { maxKeys: 20 });
    fc.assert(
      fc.property(extras, fc.nat(199), fc.nat(), (record, index, within) => {
        const byIndex = new Map(Object.entries(record).map(([at, extra]) => [Number(at), extra]));
        const { topOf, indexAt } = rowPlaces(200, HEIGHT, byIndex);
        const height = topOf(index + 1) - topOf(index);
        expect(height).toBe(HEIGHT + (byIndex.get(index) ?? 0));
        expect(indexAt(topOf(index) + (within % height))).toBe(index);
      }),
    );
  });
});
