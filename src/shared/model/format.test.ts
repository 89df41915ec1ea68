import { expect, it } from 'vitest';
import { formatBytes } from './format';

it.each([
  [0, '0 bytes'],
  [1, '1 byte'],
  [1023, '1,023 bytes'],
  [1024, '1 KB'],
  [1280, '1.3 KB'],
  [10_300, '10 KB'],
  [65_536, '64 KB'],
  [524_288, '512 KB'],
  [5 * 1024 ** 2, '5 MB'],
  [3 * 1024 ** 4, '3,072 GB'],
])('formats %d as %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});
