/** A document in a format that other tools read, and what that format cannot hold. */
import { AppError } from '@shared/errors';
import type { ExportFormat } from '@shared/model/open-environment';
import { listOf, writeVariable, type EnvFormat } from '@shared/model/env-format';
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

/** The end of the file's name. */
export const exportExtensions: Readonly<Record<ExportFormat, string>> = {
  dotenv: '.env',
  compose: '.env',
  docker: '.env',
  json: '.json',
  shell: '.sh',
};

/** Without disabled variables. Throws `BINARY_VALUE`, or `INVALID_INPUT` if there are no variables. */
export function exportDocument(
  document: SecretDocument,
  marks: ReadonlyMap<string, VariableMark>,
  format: ExportFormat,
): Exported {
  if (document.shape === 'binary') throw new AppError('BINARY_VALUE');
  if (document.shape === 'text') {
    if (format === 'json') return { text: `${documentToText(document)}\n`, warnings: [] };
    throw new AppError('INVALID_INPUT', {
      message: 'This secret is one text and has no variables to export.',
      hint: 'Copy the text instead.',
    });
  }
  const entries = new Map(
    [...document.entries].filter(([key]) => marks.get(key)?.disabled !== true),
  );
  const disabled = document.entries.size - entries.size;
  const warnings =
    disabled === 0
      ? []
      : [
          `${String(disabled)} disabled ${disabled === 1 ? 'variable is' : 'variables are'} left out.`,
        ];
  if (format === 'json') return { text: `${mapToJson(entries)}\n`, warnings };
  return writeAll(entries, warnings, format);
}

function writeAll(
  entries: ReadonlyMap<string, SecretEntry>,
  warnings: string[],
  format: EnvFormat,
): Exported {
  let text = '';
  const runByShells: string[] = [];
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
