/** Recognises private keys, certificates and base64 by their shape, so that none becomes a variable. */

import { endOfLine, restOfLine } from './lines';

/** The label of the block that the line opens, such as `RSA PRIVATE KEY` (RFC 7468). */
export const pemLabel = (line: string): string | undefined =>
  /^\s*-----BEGIN ([A-Z0-9 ]+)-----/.exec(line)?.[1];

export interface KeyBlock {
  /** Behind its last line. */
  readonly end: number;
  readonly isClosed: boolean;
}

/** The block that opens on the line at `from`. It ends early before a line for which `isOver` holds. */
export function readKeyBlock(
  text: string,
  from: number,
  label: string,
  isOver: (line: string) => boolean,
): KeyBlock {
  const closing = `-----END ${label}-----`;
  let at = from;
  for (;;) {
    const end = endOfLine(text, at);
    const closed = text.slice(at, end).indexOf(closing);
    if (closed !== -1) return { end: at + closed + closing.length, isClosed: true };
    const next = restOfLine(text, end + 1);
    if (end === text.length || pemLabel(next) !== undefined || (!isBody(next) && isOver(next))) {
      return { end, isClosed: false };
    }
    at = end + 1;
  }
}

const isBody = (line: string): boolean => /^\s*[A-Za-z0-9+/]*={0,2}\s*$/.test(line);

const BASE64 = /^[A-Za-z0-9+/]+={1,2}$/;

/**
 * A whole line of padded base64. `AB==` would be the key AB with the value `=`, which nobody writes.
 * With one `=` it could be an empty value, so the text must also be long and look random.
 */
export function isBase64Line(line: string): boolean {
  const text = line.trim();
  if (text.length % 4 !== 0 || !BASE64.test(text)) return false;
  if (text.endsWith('==')) return true;
  return text.length >= 20 && /[a-z]/.test(text) && /[A-Z]/.test(text) && /[0-9+/]/.test(text);
}
