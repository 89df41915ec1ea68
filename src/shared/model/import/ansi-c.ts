/**
 * `$'…'`, the quoting in which bash, zsh and ksh print values that hold control characters.
 * Source: Bash Reference Manual, 3.1.2.4 ANSI-C Quoting.
 */

const SIMPLE: Readonly<Record<string, number>> = {
  a: 0x07,
  b: 0x08,
  e: 0x1b,
  E: 0x1b,
  f: 0x0c,
  n: 0x0a,
  r: 0x0d,
  t: 0x09,
  v: 0x0b,
  '\\': 0x5c,
  "'": 0x27,
  '"': 0x22,
  '?': 0x3f,
};

const ESCAPE =
  /\\(?:([0-7]{1,3})|x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8})|c([\s\S])|([\s\S]))/uy;

const NUL = 0;
const DELETE = 0x7f;
const CONTROL = 0x1f;
const LAST_CODE_POINT = 0x10_ff_ff;

export interface AnsiC {
  /** `undefined` if it is not text: it holds a NUL character, or bytes that are not UTF-8. */
  readonly value: string | undefined;
  /** Behind the closing quote. */
  readonly end: number;
}

const PLAIN = /[^\\']+/y;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Reads from behind `$'`. Returns `undefined` if the quote is not closed. */
export function readAnsiC(text: string, from: number): AnsiC | undefined {
  const bytes: number[] = [];
  let at = from;
  while (at < text.length && text[at] !== "'") {
    PLAIN.lastIndex = at;
    const plain = PLAIN.exec(text)?.[0];
    ESCAPE.lastIndex = at;
    const escape = plain === undefined ? ESCAPE.exec(text) : null;
    const source = plain ?? escape?.[0] ?? text.slice(at);
    for (const byte of escape === null ? encoder.encode(source) : bytesOf(escape)) bytes.push(byte);
    at += source.length;
  }
  if (at >= text.length) return undefined;
  return { value: bytes.includes(NUL) ? undefined : decode(bytes), end: at + 1 };
}

/** An escape for a byte gives a part of a character in UTF-8; the others give characters. */
function bytesOf([
  source,
  octal,
  hex,
  short,
  long,
  control,
  other,
]: RegExpExecArray): Iterable<number> {
  if (octal !== undefined) return [Number.parseInt(octal, 8) & 0xff];
  if (hex !== undefined) return [Number.parseInt(hex, 16)];
  const point = short ?? long;
  if (point !== undefined) return encodePoint(Number.parseInt(point, 16));
  if (control !== undefined) {
    return encodePoint(control === '?' ? DELETE : (control.codePointAt(0) ?? NUL) & CONTROL);
  }
  const simple = SIMPLE[other ?? ''];
  return simple === undefined ? encoder.encode(source) : [simple];
}

/** A NUL byte for a number that is no character, which makes the whole no text. */
const encodePoint = (code: number): Iterable<number> =>
  code > LAST_CODE_POINT ? [NUL] : encoder.encode(String.fromCodePoint(code));

function decode(bytes: readonly number[]): string | undefined {
  try {
    return decoder.decode(new Uint8Array(bytes));
  } catch {
    return undefined;
  }
}
