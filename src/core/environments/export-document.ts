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

/** Disabled variables stay out. Throws `BINARY_VALUE`; `INVALID_INPUT` where there are no variables. */
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
  switch (format) {
    case 'json':
      return { text: `${mapToJson(entries)}\n`, warnings };
    case 'dotenv':
      return flat(entries, warnings, isDotenvKey, 'cannot be written in a .env file', formatDotenv);
    case 'shell':
      return flat(entries, warnings, isShellKey, 'cannot be exported by a shell', formatShell);
  }
}

function flat(
  entries: ReadonlyMap<string, SecretEntry>,
  warnings: string[],
  isKey: (key: string) => boolean,
  complaint: string,
  write: (entries: Iterable<{ key: string; value: string }>) => string,
): Exported {
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
  return { text: write(written), warnings };
}
