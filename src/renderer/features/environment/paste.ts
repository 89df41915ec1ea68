/** Decides whether a pasted text is variables or the new content of a cell. */
import { parseDotenv, repeated } from '@shared/model/import/parse-dotenv';

export type Place = 'row' | 'key' | 'value';

export interface PastedVariable {
  readonly kind: 'variable';
  readonly key: string;
  readonly value: string;
}

interface PastedCell {
  readonly kind: 'cell';
  readonly text: string;
}

/** Import previews a `file`, with the lines that it cannot read. */
type Pasted = { readonly kind: 'file' } | PastedVariable | PastedCell;

/** A key as people write it in a file. `a/b=c` is more likely part of a value. */
const LIKELY_KEY = /^[\p{L}_][\p{L}\p{N}_.-]*$/u;

/** Without the end of the last line, which copying a whole line adds. */
export const asCell = (source: string): PastedCell => ({
  kind: 'cell',
  text: source.replace(/\r?\n$/, ''),
});

/**
 * Two or more lines of the form `KEY=value` are a file, wherever they are pasted. One is a variable, except
 * in a value: `a=b` may be all of it, and so may several lines of which one assigns something.
 */
export function readPaste(source: string, place: Place): Pasted {
  const cell = asCell(source);
  const { text } = cell;
  const { entries, problems } = parseDotenv(text);
  const likely = entries.filter(({ key }) => LIKELY_KEY.test(key));
  const [first] = likely;
  const isRepeated = problems.some(({ message }) =>
    likely.some(({ key }) => message === repeated(key)),
  );
  if (likely.length > 1 || isRepeated) return { kind: 'file' };
  if (first === undefined || entries.length > 1) return cell;
  const isOneLine = !text.trim().includes('\n');
  if (place === 'value' && (isOneLine || problems.length > 0)) return cell;
  if (problems.some(({ line }) => line < first.line)) return cell;
  if (problems.length > 0) return { kind: 'file' };
  return { kind: 'variable', key: first.key, value: first.value };
}
