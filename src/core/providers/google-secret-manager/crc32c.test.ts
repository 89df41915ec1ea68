import { expect, it } from 'vitest';
import { crc32c } from './crc32c';

/** The check value of the algorithm, and the examples of RFC 3720, B.4. */
it.each([
  [Buffer.from(''), 0],
  [Buffer.from('123456789'), 0xe3_06_92_83],
  [Buffer.alloc(32), 0x8a_91_36_aa],
  [Buffer.alloc(32, 0xff), 0x62_a8_ab_43],
  [Buffer.from(Array.from({ length: 32 }, (_, index) => index)), 0x46_dd_79_4e],
])('%j', (bytes, expected) => {
  expect(crc32c(bytes)).toBe(expected);
});
