/** The effect of importing a `.env` file, computed before anything changes. */
import { parseDotenv, type DotenvProblem } from '@shared/model/dotenv';
import { ENVIRONMENT_NAME_MAX } from '@shared/model/environment';
import { formatBytes } from '@shared/model/format';
import { formatCount } from '@renderer/lib/format';
import type { Row } from '../draft';

export const IMPORT_MAX_BYTES = 5 * 1024 * 1024;

export type Compared = readonly {
  readonly key: string;
  readonly state: 'new' | 'same' | 'different';
}[];

export interface ImportFile {
  readonly entries: readonly { readonly key: string; readonly value: string }[];
  readonly problems: readonly DotenvProblem[];
}

export type Source =
  | { readonly text: string; readonly refusal?: never }
  | { readonly text?: never; readonly refusal: string };

const tooLarge = (bytes: number): Source => ({
  refusal: `This is larger than ${formatBytes(IMPORT_MAX_BYTES)}: it has ${formatCount(bytes)} bytes. Nothing was imported.`,
});

/** The text of a file, or why it cannot be read. */
export async function readSource(file: Blob): Promise<Source> {
  if (file.size > IMPORT_MAX_BYTES) return tooLarge(file.size);
  const bytes = new Uint8Array(await file.arrayBuffer());
  const refusal = 'This file is not UTF-8 text, so it cannot be a .env file. Nothing was imported.';
  if (bytes.includes(0)) return { refusal };
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return { refusal };
  }
}

/** Applies the same limits to a pasted text. */
export function checkText(text: string): Source {
  const bytes = new Blob([text]).size;
  if (bytes > IMPORT_MAX_BYTES) return tooLarge(bytes);
  return text.includes('\0')
    ? { refusal: 'This text contains NUL characters, so it cannot be a .env file.' }
    : { text };
}

export const readImport = (text: string): ImportFile => parseDotenv(text);

export const NOTHING_TO_IMPORT = 'It has no line of the form KEY=value.';

const FIRST_NAME = 'development';

/** A name for the environment of a file: `staging` for `.env.staging` and `staging.env`. */
export function nameFromFile(fileName: string): string {
  const name = fileName
    .replace(/\.txt$/i, '')
    .replace(/^\.?env(\.|$)/i, '')
    .replace(/\.env$/i, '')
    .trim()
    .slice(0, ENVIRONMENT_NAME_MAX);
  return name === '' ? FIRST_NAME : name;
}

export type ImportAction =
  /** A new key. */
  | 'add'
  /** Another value for an existing key, with “Overwrite” on. */
  | 'change'
  /** The same, with “Overwrite” off. */
  | 'keep'
  | 'same'
  | 'blank';

export interface ImportStep {
  readonly key: string;
  readonly value: string;
  readonly action: ImportAction;
}

/**
 * The steps of an import. `compared` is the core's comparison with the stored values; values that were
 * typed and not saved are compared with the rows.
 */
export function planImport(
  { entries }: ImportFile,
  rows: readonly Row[],
  compared: Compared,
  overwrite: boolean,
): readonly ImportStep[] {
  const byKey = new Map(
    rows.filter(({ change }) => change !== 'removed').map((row) => [row.key, row]),
  );
  const states = new Map(compared.map(({ key, state }) => [key, state]));
  return entries.map(({ key, value }) => ({
    key,
    value,
    action: actionFor(value, byKey.get(key), states.get(key), overwrite),
  }));
}

function actionFor(
  value: string,
  row: Row | undefined,
  stored: Compared[number]['state'] | undefined,
  overwrite: boolean,
): ImportAction {
  if (value === '') return 'blank';
  if (row === undefined) return 'add';
  const isSame = row.typed === undefined ? stored === 'same' : row.typed === value;
  if (isSame) return 'same';
  return overwrite ? 'change' : 'keep';
}

/** The steps that change something. */
export const effective = (steps: readonly ImportStep[]): readonly ImportStep[] =>
  steps.filter(({ action }) => action === 'add' || action === 'change');
