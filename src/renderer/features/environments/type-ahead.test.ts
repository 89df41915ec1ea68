import { expect, it } from 'vitest';
import { createTypeAhead } from './type-ahead';

const labels = ['alpha', 'beta', 'bravo', 'Bulk-10'];

it('goes on to the next name with the same first letter, and narrows with more letters', () => {
  let now = 0;
  const find = createTypeAhead(() => now);
  expect(find('b', labels, 1)).toBe(2);
  expect(find('u', labels, 2)).toBe(3);
  now = 5000;
  expect(find('b', labels, 3)).toBe(1);
  expect(find('x', labels, 1)).toBeUndefined();
  // These are shortcuts of the window.
  now = 10_000;
  expect(find('/', labels, 1)).toBeUndefined();
});
