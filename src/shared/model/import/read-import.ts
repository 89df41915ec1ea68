/** Reads variables from the text of a file: `.env`, JSON or YAML, recognised by their shape. */
import { listOf } from '../format';
import {
  JsonError,
  JsonNumber,
  isJsonObject,
  parseJson,
  stringifyJson,
  type JsonObject,
  type JsonValue,
} from '../json';
import { nameInvisible } from '../key-rules';
import { parseDotenv, repeated, type DotenvEntry, type DotenvProblem } from './parse-dotenv';

/** Those of JSON and YAML have no line. */
export type ImportEntry = Omit<DotenvEntry, 'line'> & { readonly line?: number };
export type ImportProblem = Omit<DotenvProblem, 'line'> & { readonly line?: number };

export interface ImportFile {
  readonly entries: readonly ImportEntry[];
  readonly problems: readonly ImportProblem[];
}

/** A file with variables, or why nothing was read from it, in whole sentences. */
export type ImportResult =
  | { readonly file: ImportFile; readonly refusal?: never }
  | { readonly file?: never; readonly refusal: string };

export type YamlResult =
  | { readonly value: JsonValue; readonly problems: readonly ImportProblem[] }
  /** It cannot be read from this line on, counted from 1; `undefined` if it is not about a line. */
  | { readonly value?: never; readonly line: number | undefined };

export type ReadYaml = (text: string) => YamlResult;

const NO_ASSIGNMENT = 'It has no line of the form KEY=value.';

const refuse = (refusal: string): ImportResult => ({ refusal: `${refusal} Nothing was imported.` });

/** `loadYaml` is called only for text that looks like YAML. */
export async function readImport(
  source: string,
  fileName: string,
  loadYaml: () => Promise<ReadYaml>,
): Promise<ImportResult> {
  const text = source.replace(/^\uFEFF/, '');
  const json = readJson(text, fileName);
  if (json !== undefined) return json;
  if (/\.ya?ml$/i.test(fileName) || isYamlMap(text)) return fromYaml((await loadYaml())(text));
  const file = parseDotenv(text);
  if (file.entries.length > 0) return { file };
  const [problem] = file.problems;
  return refuse(problem === undefined ? NO_ASSIGNMENT : `${NO_ASSIGNMENT} ${problem.message}`);
}

/** `undefined` if it does not look like JSON. */
function readJson(text: string, fileName: string): ImportResult | undefined {
  const isNamed = /\.json$/i.test(fileName);
  if (!isNamed && !/^\s*[[{]/.test(text)) return undefined;
  const problems: ImportProblem[] = [];
  try {
    const value = parseJson(text, (key) => problems.push({ message: repeated(key) }));
    return isJsonObject(value) ? fromMap(value, problems) : refuse(notAMap('JSON'));
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    if (!isNamed && !/^\s*\{\s*["}]/.test(text)) return undefined;
    const line = text.slice(0, error.position).split('\n').length;
    return refuse(unreadable('JSON', line));
  }
}

function fromYaml(result: YamlResult): ImportResult {
  if (result.value === undefined) return refuse(unreadable('YAML', result.line));
  if (!isJsonObject(result.value)) return refuse(notAMap('YAML'));
  return fromMap(result.value, result.problems);
}

const notAMap = (language: string): string =>
  `This is ${language}, but not a map of keys and values.`;

const unreadable = (language: string, line: number | undefined): string =>
  line === undefined
    ? `This looks like ${language}, but it cannot be read.`
    : `This looks like ${language}, but it cannot be read from line ${String(line)} on.`;

const KEYS_NAMED = 5;

function fromMap(map: JsonObject, before: readonly ImportProblem[]): ImportResult {
  const problems = [...before];
  const entries = [...map].filter(([key]) => key !== '');
  if (map.has('')) problems.push({ message: 'A value without a key was not read.' });
  if (entries.length === 0) return refuse('It has no keys.');
  for (const [key] of entries) {
    const named = nameInvisible(key);
    if (named !== key) {
      problems.push({ message: `${named}: the key holds a character that cannot be seen.` });
    }
  }
  const keysOf = (isSuch: (value: JsonValue) => boolean): string[] =>
    entries.filter(([, value]) => isSuch(value)).map(([key]) => key);
  const simple = keysOf((value) => value instanceof JsonNumber || typeof value === 'boolean');
  if (simple.length > 0) {
    const verb = simple.length === 1 ? 'is' : 'are';
    problems.push({ message: `${some(simple)} ${verb} not text. A new variable holds the text.` });
  }
  const nested = keysOf((value) => Array.isArray(value) || isJsonObject(value));
  if (nested.length > 0) {
    const verb = nested.length === 1 ? 'is' : 'are';
    problems.push({
      message: `${some(nested)} ${verb} nested. A new variable holds it as JSON text.`,
    });
  }
  return {
    file: { entries: entries.map(([key, value]) => ({ key, value: textOf(value) })), problems },
  };
}

const some = (keys: readonly string[]): string =>
  keys.length <= KEYS_NAMED
    ? listOf(keys)
    : listOf([...keys.slice(0, KEYS_NAMED - 1), `${String(keys.length - KEYS_NAMED + 1)} more`]);

/** `null` is a key without a value. */
function textOf(value: JsonValue): string {
  if (value === null) return '';
  return typeof value === 'string' ? value : stringifyJson(value);
}

const YAML_KEY = /^(?:"[^"]*"|'[^']*'|[^\s:=#"'{}[\],&*!|>%@`-][^\s:=#]*)\s*:(?:\s|$)/;
const YAML_MARK = /^(?:---|\.\.\.)(?:\s|$)|^- /;

/** Whether each line that is not indented is a `key: value` of YAML, and at least one is. */
function isYamlMap(text: string): boolean {
  let hasKey = false;
  for (const line of text.split(/\r?\n|\r/)) {
    if (/^\s|^#|^$/.test(line)) continue;
    if (YAML_KEY.test(line)) hasKey = true;
    else if (!YAML_MARK.test(line)) return false;
  }
  return hasKey;
}
