/** A document in a format that other tools read, and what that format cannot hold. */
import { AppError } from '@shared/errors';
import type { ExportFormat } from '@shared/model/open-environment';
import { writeVariable, type EnvFormat } from '@shared/model/env-format';
import { listOf } from '@shared/model/format';
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

const inLines = (extension: string, format: EnvFormat): Format => ({
  extension,
  write: (entries) => writeLines(entries, format),
});

const FORMATS: Readonly<Record<ExportFormat, Format>> = {
  dotenv: inLines('env', 'dotenv'),
  compose: inLines('env', 'compose'),
  docker: inLines('env', 'docker'),
  json: {
    extension: 'json',
    write: (entries) => ({ text: `${mapToJson(entries)}\n`, warnings: [] }),
    writeText: (text) => `${text}\n`,
  },
  shell: inLines('sh', 'shell'),
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

/** One variable after the other, each value as text. */
function writeLines(entries: Entries, format: EnvFormat): Exported {
  const warnings: string[] = [];
  const runByShells: string[] = [];
  let text = '';
  for (const [key, { kind, value }] of entries) {
    const written = writeVariable(format, key, value.reveal());
    warnings.push(...written.warnings);
    if (written.text === undefined) continue;
    text += written.text;
    if (kind === 'nested') warnings.push(`${key} is nested, and is written as JSON text.`);
    else if (kind !== 'text') warnings.push(`${key} is a ${kind}, and is written as text.`);
    if (written.isRunByShells === true) runByShells.push(key);
  }
  if (runByShells.length > 0) {
    warnings.push(
      `Do not source this file in a shell, which would run parts of ${listOf(runByShells)} as commands. Choose Shell for that.`,
    );
  }
  return { text, warnings };
}
