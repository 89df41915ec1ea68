import { expect, it } from 'vitest';
import { crc32c } from './crc32c';

/** The check value of the algorithm, and the examples of RFC 3720, B.4. */
it.each([
  [Buffer.from(''), 0],
  [Buffer.from('123456789'), 0xe3069283],
  [Buffer.alloc(32), 0x8a9136aa],
  [Buffer.alloc(32, 0xff), 0x62a8ab43],
  [Buffer.from(Array.from({ length: 32 }, (_, n) => n)), 0x46dd794e],
])('%j', (bytes, expected) => {
  expect(crc32c(bytes)).toBe(expected);
});
