/** Decides whether a pasted text is variables or the new content of a cell. */
import { parseDotenv } from '@shared/model/dotenv';

export type Place = 'row' | 'key' | 'value';

type Pasted =
  | {
      readonly kind: 'variables';
      readonly entries: readonly { readonly key: string; readonly value: string }[];
      /** Whether some lines are not variables, so that a person must look at them first. */
      readonly hasProblems: boolean;
    }
  | { readonly kind: 'cell'; readonly text: string };

/** A key as people write it in a file. `QUFBQQ==` or `a=b` is more likely part of a value. */
const LIKELY_KEY = /^[A-Za-z_][\w.-]*$/;

/**
 * Pasted into a value, one line is a value, and several lines are variables only if every line is one: PEM
 * keys and JSON are values with several lines. Elsewhere a first line of the form `KEY=value` decides.
 */
export function readPaste(source: string, place: Place): Pasted {
  const text = source.replace(/\r?\n$/, '');
  const cell: Pasted = { kind: 'cell', text };
  const { entries, problems } = parseDotenv(text);
  const [first] = entries;
  if (first === undefined || entries.some(({ key }) => !LIKELY_KEY.test(key))) return cell;
  const isOneLine = !text.trim().includes('\n');
  if (place === 'value' && (isOneLine || problems.length > 0)) return cell;
  if (problems.some(({ line }) => line < first.line)) return cell;
  return { kind: 'variables', entries, hasProblems: problems.length > 0 };
}
