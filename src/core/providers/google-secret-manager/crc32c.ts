/** CRC-32C (Castagnoli), by which Google checks the content of a version: RFC 3720, appendix B.4. */
const POLYNOMIAL = 0x82_f6_3b_78;

const table = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit += 1) {
    value = (value >>> 1) ^ ((value & 1) === 1 ? POLYNOMIAL : 0);
  }
  return value;
});

/** An unsigned number of 32 bits. */
export function crc32c(bytes: Uint8Array): number {
  let value = 0xff_ff_ff_ff;
  for (const byte of bytes) value = (value >>> 8) ^ (table[(value ^ byte) & 0xff] ?? 0);
  return (value ^ 0xff_ff_ff_ff) >>> 0;
}
