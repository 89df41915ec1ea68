import { expect, it } from 'vitest';
import { BoundedSet } from './bounded-set';

it('drops the oldest for a new one, and only then', () => {
  const dropped: string[] = [];
  const set = new BoundedSet<string>(2, (item) => dropped.push(item));
  set.add('a');
  set.add('b');
  expect(dropped).toEqual([]);
  set.add('c');
  expect(dropped).toEqual(['a']);
  set.delete('b');
  set.add('d');
  expect(dropped).toEqual(['a']);
  set.add('e');
  expect(dropped).toEqual(['a', 'c']);
});
