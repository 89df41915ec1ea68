/** Notes of variables as stores keep them: short texts beside a secret, of printable characters. */
import type { NoteRefusal } from '@shared/model/note';

/** The mark of a note. For a secret with several variables, a colon and the key follow. */
export const NOTE_MARK = 'strongroom-note';

/** Notes by the key of their variable. */
export type Notes = ReadonlyMap<string, string>;

/** Notes to set, by key; `null` removes one. */
export type NoteChanges = ReadonlyMap<string, string | null>;

/** That none of these notes is taken. */
export const refusalOf = (notes: NoteChanges, why: NoteRefusal): ReadonlyMap<string, NoteRefusal> =>
  new Map([...notes.keys()].map((key) => [key, why] as const));

/** What Go's `unicode.IsPrint` does not allow, see https://pkg.go.dev/unicode#IsPrint; and the backslash. */
const TO_ESCAPE = /[^\p{L}\p{M}\p{N}\p{P}\p{S} ]|\\/gu;

const ESCAPED = /\\(?:(\\)|(n)|u\{([0-9a-f]{1,6})\})/g;

const CODE_POINT_MAX = 0x10_ff_ff;

/** One line of printable characters: `\n` for a line break, `\\` for a backslash, `\u{9}` for others. */
export const toPrintable = (text: string): string =>
  text.replaceAll(TO_ESCAPE, (character) => {
    if (character === '\\') return '\\\\';
    if (character === '\n') return '\\n';
    return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
  });

/** The text that `toPrintable` was given. Leaves alone what it never writes: people may write notes too. */
export const fromPrintable = (text: string): string =>
  text.replaceAll(ESCAPED, (all, backslash?: string, line?: string, code?: string) => {
    if (backslash !== undefined) return '\\';
    if (line !== undefined) return '\n';
    const point = Number.parseInt(code ?? '', 16);
    return point <= CODE_POINT_MAX ? String.fromCodePoint(point) : all;
  });
