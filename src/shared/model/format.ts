const UNITS = ['KB', 'MB', 'GB'] as const;

let grouping: Intl.NumberFormat | undefined;

/** `999`, `1,000`. The first use of `Intl` takes a sixth of the start of a command, so it waits for a long number. */
const formatCount = (count: number): string =>
  count < 1000 ? String(count) : (grouping ??= new Intl.NumberFormat('en-GB')).format(count);

/** A size for people: `1 byte`, `1,000 bytes`, `1.2 KB`, `64 KB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1024) return bytes === 1 ? '1 byte' : `${formatCount(bytes)} bytes`;
  const power = Math.min(Math.floor(Math.log2(bytes) / 10), UNITS.length);
  const size = bytes / 1024 ** power;
  const text = size < 10 ? size.toFixed(1).replace(/\.0$/, '') : formatCount(Math.round(size));
  return `${text} ${UNITS[power - 1] ?? 'KB'}`;
}

/** `1 variable`, `214 variables`. */
export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${formatCount(count)} ${count === 1 ? one : many}`;

/** `A`, `A and B`, `A, B and C`. */
export const listOf = (names: readonly string[]): string =>
  names.length < 2
    ? names.join('')
    : `${names.slice(0, -1).join(', ')} and ${names.slice(-1).join('')}`;
