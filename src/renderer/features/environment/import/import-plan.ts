/** What a `.env` file would do to an environment, before it does. */
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
  refusal: `This is larger than ${formatBytes(IMPORT_MAX_BYTES)}: it has ${formatCount(bytes)} bytes. Nothing was read from it.`,
});

/** The text of a file, or why it is none. */
export async function readSource(file: Blob): Promise<Source> {
  if (file.size > IMPORT_MAX_BYTES) return tooLarge(file.size);
  const bytes = new Uint8Array(await file.arrayBuffer());
  const refusal =
    'This file is not text in UTF-8, so it is no .env file. Nothing was read from it.';
  if (bytes.includes(0)) return { refusal };
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return { refusal };
  }
}

/** The same limits for a text that was pasted. */
export function checkText(text: string): Source {
  const bytes = new Blob([text]).size;
  if (bytes > IMPORT_MAX_BYTES) return tooLarge(bytes);
  return text.includes('\0')
    ? { refusal: 'This text holds NUL characters, so it is no .env file.' }
    : { text };
}

export const readImport = (text: string): ImportFile => parseDotenv(text);

export const NOTHING_TO_IMPORT = 'There is no line of the form KEY=value in it.';

const FIRST_NAME = 'development';

/** What an environment may be called that is made of a file: `.env.staging` and `staging.env` are staging. */
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
  /** A key that is not there yet. */
  | 'add'
  /** Another value for a key that is there, with “Overwrite” on. */
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
 * `compared` is main's word on the values that are stored; what was typed since and not saved is held
 * against the rows.
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
