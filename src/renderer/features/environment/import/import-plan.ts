/** The effect of importing a file, computed before anything changes. */
import { ENVIRONMENT_NAME_MAX } from '@shared/model/limits';
import { formatBytes } from '@shared/model/format';
import { decodeText } from '@shared/model/import/decode-text';
import { readImport, type ImportEntry, type ImportResult } from '@shared/model/import/read-import';
import { formatCount } from '@renderer/lib/format';
import type { Row } from '../draft';

export const IMPORT_MAX_BYTES = 5 * 1024 * 1024;

export type Compared = readonly {
  readonly key: string;
  readonly state: 'new' | 'same' | 'different';
}[];

export type Source =
  | { readonly text: string; readonly refusal?: never }
  | { readonly text?: never; readonly refusal: string };

const tooLarge = (bytes: number): Source => ({
  refusal: `This is larger than ${formatBytes(IMPORT_MAX_BYTES)}: it has ${formatCount(bytes)} bytes. Nothing was imported.`,
});

/** The text of a file, or why it cannot be read. */
export async function readSource(file: Blob): Promise<Source> {
  if (file.size > IMPORT_MAX_BYTES) return tooLarge(file.size);
  let bytes: ArrayBuffer;
  try {
    bytes = await file.arrayBuffer();
  } catch {
    return {
      refusal:
        'This file cannot be read. It was moved or changed after you chose it, it is a folder, or you may not read it. Choose it again. Nothing was imported.',
    };
  }
  const text = decodeText(new Uint8Array(bytes));
  if (text !== undefined) return { text };
  return {
    refusal:
      'This file is not UTF-8 text. Save it as UTF-8 and import it again. Nothing was imported.',
  };
}

/** Applies the same limits to a pasted text. */
export function checkText(text: string): Source {
  const bytes = new Blob([text]).size;
  if (bytes > IMPORT_MAX_BYTES) return tooLarge(bytes);
  return text.includes('\0')
    ? { refusal: 'This text contains NUL characters, so it is not a text file.' }
    : { text };
}

/** The variables of a file, or why there are none. The parser for YAML is loaded when it is needed. */
export const readVariables = (text: string, fileName: string): Promise<ImportResult> =>
  readImport(text, fileName, async () => (await import('@shared/model/import/read-yaml')).readYaml);

const FIRST_NAME = 'development';

/** A name for the environment of a file: `staging` for `.env.staging` and `staging.env`. */
export function nameFromFile(fileName: string): string {
  const name = fileName
    .replace(/\.(?:txt|json|ya?ml)$/i, '')
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
  /** An empty value, with “Import empty values” off. */
  | 'blank'
  /** A line that is not clear. */
  | 'unread';

export interface ImportOptions {
  readonly overwrite: boolean;
  readonly empty: boolean;
}

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
  entries: readonly ImportEntry[],
  rows: readonly Row[],
  compared: Compared,
  options: ImportOptions,
): readonly ImportStep[] {
  const byKey = new Map(
    rows.filter(({ change }) => change !== 'removed').map((row) => [row.key, row]),
  );
  const states = new Map(compared.map(({ key, state }) => [key, state]));
  return entries.map((entry) => ({
    key: entry.key,
    value: entry.value,
    action: actionFor(entry, byKey.get(entry.key), states.get(entry.key), options),
  }));
}

function actionFor(
  { value, doubtful }: ImportEntry,
  row: Row | undefined,
  stored: Compared[number]['state'] | undefined,
  { overwrite, empty }: ImportOptions,
): ImportAction {
  if (doubtful === true) return 'unread';
  if (value === '' && !empty) return 'blank';
  if (row === undefined) return 'add';
  const isSame = row.typed === undefined ? stored === 'same' : row.typed === value;
  if (isSame) return 'same';
  return overwrite ? 'change' : 'keep';
}

/** The steps that change something. */
export const effective = (steps: readonly ImportStep[]): readonly ImportStep[] =>
  steps.filter(({ action }) => action === 'add' || action === 'change');
