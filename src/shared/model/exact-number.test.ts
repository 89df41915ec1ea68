import { expect, it } from 'vitest';
import { isRounded } from './exact-number';

it.each([
  ['9007199254740993', true],
  ['-9007199254740993', true],
  ['9007199254740992', false],
  ['9007199254740994', false],
  ['0.1', false],
  ['0.12345678901234567890', true],
  ['1e3', false],
  ['1000.0', false],
  ['1e400', true],
  ['1e-400', true],
  ['0', false],
  ['-0', false],
  ['123456789012345680000', false],
  ['{"id":[1,9007199254740993]}', true],
  ['{"id":[1,2],"n":null,"s":"9007199254740993"}', false],
  ['not json', false],
])('knows whether floating point changes %s: %s', (json, rounded) => {
  expect(isRounded(json)).toBe(rounded);
});
