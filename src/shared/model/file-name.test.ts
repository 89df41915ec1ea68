import { expect, it } from 'vitest';
import { fileNamePart } from './file-name';

it.each([
  ['Production', 'production'],
  ['billing/EU west', 'billing-eu-west'],
  ['../../etc/passwd', 'etc-passwd'],
  ['C:\\con?*', 'c-con'],
  ['***', ''],
])('makes %j into %j', (name, expected) => {
  expect(fileNamePart(name)).toBe(expected);
});

it('fits into a file name, and cuts no letter in two', () => {
  for (const letter of ['x', 'é', '환', '𐐨']) {
    const part = fileNamePart(letter.repeat(200));
    expect(new TextEncoder().encode(part).length).toBeLessThanOrEqual(200);
    expect(part).toMatch(/^\p{L}+$/u);
  }
});
