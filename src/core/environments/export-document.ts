/** A document in a format that other tools read, and what that format cannot hold. */
import { AppError } from '@shared/errors';
import type { ExportFormat } from '@shared/model/open-environment';
import { formatDotenv, isDotenvKey } from '@shared/model/dotenv';
import { isShellKey } from '@shared/model/key-rules';
import { formatShell } from '@shared/model/shell';
import type { VariableMark } from '@core/storage/variable-marks';
import {
  documentToText,
  mapToJson,
  type SecretDocument,
  type SecretEntry,
} from '@core/secrets/document';

export interface Exported {
  readonly text: string;
  readonly warnings: string[];
}

type Entries = ReadonlyMap<string, SecretEntry>;

interface Format {
  /** Of the file, without the dot. */
  readonly extension: string;
  readonly write: (entries: Entries) => Exported;
  /** Absent if the format holds variables only. */
  readonly writeText?: (text: string) => string;
}

const FORMATS: Readonly<Record<ExportFormat, Format>> = {
  dotenv: {
    extension: 'env',
    write: (entries) =>
      writeLines(entries, isDotenvKey, 'cannot be written in a .env file', formatDotenv),
  },
  json: {
    extension: 'json',
    write: (entries) => ({ text: `${mapToJson(entries)}\n`, warnings: [] }),
    writeText: (text) => `${text}\n`,
  },
  shell: {
    extension: 'sh',
    write: (entries) =>
      writeLines(entries, isShellKey, 'cannot be exported by a shell', formatShell),
  },
};

/** `name` is what the file is to be called, without extension; may be empty. */
export const exportFileName = (name: string, format: ExportFormat): string =>
  `${name || 'environment'}.${FORMATS[format].extension}`;

/** Disabled variables are left out. Throws `BINARY_VALUE`; `INVALID_INPUT` if there are no variables. */
export function exportDocument(
  document: SecretDocument,
  marks: ReadonlyMap<string, VariableMark>,
  format: ExportFormat,
): Exported {
  const { write, writeText } = FORMATS[format];
  if (document.shape === 'binary') throw new AppError('BINARY_VALUE');
  if (document.shape === 'text') {
    if (writeText !== undefined) return { text: writeText(documentToText(document)), warnings: [] };
    throw new AppError('INVALID_INPUT', {
      message: 'This secret is one text and has no variables to export.',
      hint: 'Copy the text instead.',
    });
  }
  const entries = new Map(
    [...document.entries].filter(([key]) => marks.get(key)?.disabled !== true),
  );
  const { text, warnings } = write(entries);
  const disabled = document.entries.size - entries.size;
  if (disabled === 0) return { text, warnings };
  const variables = disabled === 1 ? 'variable is' : 'variables are';
  return { text, warnings: [`${String(disabled)} disabled ${variables} left out.`, ...warnings] };
}

/** One variable a line, each value as text. */
function writeLines(
  entries: Entries,
  isKey: (key: string) => boolean,
  complaint: string,
  format: (entries: Iterable<{ key: string; value: string }>) => string,
): Exported {
  const warnings: string[] = [];
  const written: { key: string; value: string }[] = [];
  for (const [key, { kind, value }] of entries) {
    const text = value.reveal();
    if (!isKey(key)) warnings.push(`${key} is left out: this key ${complaint}.`);
    else if (text.includes('\0')) {
      warnings.push(`${key} is left out: its value holds a NUL character.`);
    } else {
      if (kind === 'nested') warnings.push(`${key} is nested, and is written as JSON text.`);
      else if (kind !== 'text') warnings.push(`${key} is a ${kind}, and is written as text.`);
      written.push({ key, value: text });
    }
  }
  return { text: format(written), warnings };
}
