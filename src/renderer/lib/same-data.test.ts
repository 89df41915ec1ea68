import { describe, expect, it } from 'vitest';
import { isSameData, keepSame } from './same-data';

describe('isSameData', () => {
  it.each([
    [1, 1, true],
    ['a', 'b', false],
    [null, {}, false],
    [[1, 2], [1, 2], true],
    [[1, 2], [2, 1], false],
    [[], {}, false],
    [{ a: { b: [1] } }, { a: { b: [1] } }, true],
    [{ a: 1 }, { a: 1, b: undefined }, false],
    [{ a: undefined }, { b: undefined }, false],
  ])('%j and %j: %s', (a, b, isSame) => {
    expect(isSameData(a, b)).toBe(isSame);
    expect(isSameData(b, a)).toBe(isSame);
  });
});

describe('keepSame', () => {
  const before = [
    { id: 'a', tags: ['x'] },
    { id: 'b', tags: [] },
  ];

  it('keeps the list if nothing has changed', () => {
    expect(keepSame(before, structuredClone(before))).toBe(before);
  });

  it('keeps the items that have not changed', () => {
    const list = keepSame(before, [
      { id: 'a', tags: ['x'] },
      { id: 'b', tags: ['new'] },
    ]);
    expect(list[0]).toBe(before[0]);
    expect(list[1]).toEqual({ id: 'b', tags: ['new'] });
  });

  it('follows the order, and what is added and removed', () => {
    const list = keepSame(before, [
      { id: 'b', tags: [] },
      { id: 'c', tags: [] },
    ]);
    expect(list.map(({ id }) => id)).toEqual(['b', 'c']);
    expect(list[0]).toBe(before[1]);
  });
});
