/** Numbers as they are written, compared with 64-bit floating point. */
import { JsonNumber, isJsonObject, parseJson, type JsonValue } from './json';

/** One spelling for each number, exact to the last digit: `1e3`, `1000` and `1000.0` are the same. */
export function decimal(source: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(source) ?? [];
  const digits = (whole + fraction).replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  if (significant === '') return '0';
  const power =
    BigInt(exponent) - BigInt(fraction.length) + BigInt(digits.length - significant.length);
  return `${sign}${significant}e${String(power)}`;
}

/**
 * Whether floating point changes a number in `json`: an integer beyond 2^53, too many digits, or a number
 * that is too large. False if the text is not JSON.
 */
export function isRounded(json: string): boolean {
  try {
    return hasRounded(parseJson(json));
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

function hasRounded(value: JsonValue): boolean {
  if (value instanceof JsonNumber) {
    return decimal(String(Number(value.source))) !== decimal(value.source);
  }
  if (isJsonObject(value)) return [...value.values()].some(hasRounded);
  return Array.isArray(value) && value.some(hasRounded);
}
