/** An environment as `.env` text, and what an edited text changes. */
import { formatDotenv, isDotenvKey } from '@shared/model/dotenv';
import { parseDotenv, type DotenvProblem } from '@shared/model/import/parse-dotenv';
import type { Variable } from '@shared/model/variable';
import { addVariables, removeRows, rowsOf, setValues, type Draft, type Row } from '../draft';

export interface Entry {
  readonly key: string;
  readonly value: string;
}

/** A variable that the text does not show, and that editing it does not change. */
interface Untouched {
  readonly key: string;
  readonly reason: 'disabled' | 'key' | 'removed';
}

export interface EnvironmentText {
  readonly entries: readonly Entry[];
  readonly untouched: readonly Untouched[];
  readonly text: string;
}

function reasonOf(row: Row, value: string | undefined): Untouched['reason'] | undefined {
  if (row.change === 'removed') return 'removed';
  if (row.variable.disabled === true) return 'disabled';
  return isDotenvKey(row.key) && value !== undefined && !value.includes('\0') ? undefined : 'key';
}

/** `stored` has the revealed values; typed values come from their rows. */
export function environmentText(rows: readonly Row[], stored: readonly Entry[]): EnvironmentText {
  const byKey = new Map(stored.map(({ key, value }) => [key, value]));
  const entries: Entry[] = [];
  const untouched: Untouched[] = [];
  for (const row of rows) {
    const value = row.typed ?? byKey.get(row.origin?.key ?? '');
    const reason = reasonOf(row, value);
    if (reason === undefined && value !== undefined) entries.push({ key: row.key, value });
    else untouched.push({ key: row.key, reason: reason ?? 'key' });
  }
  return { entries, untouched, text: formatDotenv(entries) };
}

export interface TextChanges {
  readonly entries: readonly Entry[];
  readonly problems: readonly DotenvProblem[];
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
}

/** The changes of a text compared with the text before. */
export function readText(text: string, before: EnvironmentText): TextChanges {
  const { entries, problems } = parseDotenv(text);
  const hidden = new Set(before.untouched.map(({ key }) => key));
  const values = new Map(before.entries.map(({ key, value }) => [key, value]));
  // A line that is not clear changes nothing: its variable keeps its value, and a new key is not added.
  const allowed = entries.flatMap(({ key, value, doubtful }) => {
    const read = doubtful === true ? values.get(key) : value;
    return hidden.has(key) || read === undefined ? [] : [{ key, value: read }];
  });
  const keys = new Set(allowed.map(({ key }) => key));
  return {
    entries: allowed,
    problems: [
      ...problems,
      ...entries
        .filter(({ key }) => hidden.has(key))
        .map(({ key, line }) => ({
          line,
          message: `${key} is not part of this text (see below), so this line is ignored.`,
        })),
    ].toSorted((a, b) => a.line - b.line),
    added: allowed.filter(({ key }) => !values.has(key)).length,
    changed: allowed.filter(({ key, value }) => values.has(key) && values.get(key) !== value)
      .length,
    removed: before.entries.filter(({ key }) => !keys.has(key)).length,
  };
}

/** The draft with the changes of the text. Variables that the text does not show stay unchanged. */
export function applyText(
  draft: Draft,
  variables: readonly Variable[],
  before: EnvironmentText,
  after: readonly Entry[],
): Draft {
  const was = new Map(before.entries.map(({ key, value }) => [key, value]));
  const is = new Map(after.map(({ key, value }) => [key, value]));
  const changed = new Map<Row, { readonly value: string }>();
  const removed: Row[] = [];
  for (const row of rowsOf(variables, draft)) {
    if (!was.has(row.key) || row.change === 'removed' || row.variable.disabled === true) continue;
    const value = is.get(row.key);
    if (value === undefined) removed.push(row);
    else if (value !== was.get(row.key)) changed.set(row, { value });
  }
  return addVariables(
    removeRows(setValues(draft, changed), removed),
    after.filter(({ key }) => !was.has(key)),
  );
}
