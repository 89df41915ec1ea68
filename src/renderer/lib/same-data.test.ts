import { describe, expect, it } from 'vitest';
import { keepSame } from './same-data';

describe('keepSame', () => {
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
  ])('tells %j and %j apart: the same is %s', (a: unknown, b: unknown, isSame) => {
    const [one, other] = [[{ id: 'x', value: a }], [{ id: 'x', value: b }]];
    expect(keepSame(one, other) === one).toBe(isSame);
    expect(keepSame(other, one) === other).toBe(isSame);
  });

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
