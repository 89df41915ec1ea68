/** Reads a `.env.example`, or a list of keys, as a proposal of expected variables. */
import { NOTE_MAX, type ExpectedType, type ExpectedVariable } from '../expected';
import { isDotenvKey } from '../key-rules';
import { parseDotenv, type DotenvProblem } from './parse-dotenv';

export interface ExpectedProposal {
  /** In the order of the text, each key once. */
  readonly variables: readonly ExpectedVariable[];
  /** Lines that were not read. */
  readonly problems: readonly DotenvProblem[];
}

/** A line with nothing but a key. */
const ONLY_KEY = /^[ \t]*(?:export[ \t]+)?([A-Za-z_][\w.-]*)[ \t]*(?:#.*)?$/;

/**
 * The comment above a key becomes its note. A type is proposed only if the example value leaves no doubt: a URL, a
 * number, `true` or `false`. Never throws.
 */
export function readExpected(source: string): ExpectedProposal {
  const { entries, problems, comments } = parseDotenv(source);
  const lines = source.replace(/^\uFEFF/, '').split(/\r\n?|\n/);
  const found = new Map<string, { readonly line: number; readonly value: string }>();
  const left: DotenvProblem[] = [];
  for (const { key, value, line, doubtful } of entries) {
    found.set(key, { line, value: doubtful === true ? '' : value });
  }
  for (const problem of problems) {
    const key = ONLY_KEY.exec(lines[problem.line - 1] ?? '')?.[1];
    if (key === undefined || !isDotenvKey(key)) left.push(problem);
    else if (!found.has(key)) found.set(key, { line: problem.line, value: '' });
  }
  const variables = [...found]
    .toSorted(([, a], [, b]) => a.line - b.line)
    .map(([key, { line, value }]): ExpectedVariable => {
      const type = typeOf(value);
      const note = noteAbove(line, comments);
      return { key, ...(type !== undefined && { type }), ...(note !== '' && { note }) };
    });
  return { variables, problems: left };
}

function typeOf(value: string): ExpectedType | undefined {
  if (/^[a-z][a-z\d+.-]*:\/\/[^\s]+$/i.test(value)) return 'url';
  if (/^(?:true|false)$/.test(value)) return 'boolean';
  // A zero at the start or many digits are rather a code than a number.
  return /^(?:0|[1-9]\d{0,14})$/.test(value) ? 'integer' : undefined;
}

/** The comment right above a line, without lines that only draw and without disabled variables. */
function noteAbove(line: number, comments: ReadonlyMap<number, string>): string {
  const above: string[] = [];
  for (let at = line - 1; ; at -= 1) {
    const comment = comments.get(at);
    if (comment === undefined) break;
    above.unshift(comment);
  }
  return above
    .filter((text) => /[\p{L}\p{N}]/u.test(text) && !/^[A-Z_][A-Z\d_]*=/.test(text))
    .join(' ')
    .slice(0, NOTE_MAX)
    .trim();
}
