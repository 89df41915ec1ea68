/** Variables as text for the clipboard, in the forms that people paste elsewhere. */
import { formatDotenv, isDotenvKey } from '@shared/model/dotenv';
import type { CopyFormat } from '@shared/model/open-environment';
import { isShellKey } from '@shared/model/key-rules';
import { quoteForShell, shellWord } from '@shared/model/shell';
import { entryToJson, type SecretEntry } from '@core/secrets/document';

export interface CopiedEntry {
  readonly key: string;
  readonly entry: SecretEntry;
}

interface Form {
  /** Whether the form can hold the variable. */
  readonly holds: (key: string, value: string) => boolean;
  readonly write: (entries: readonly CopiedEntry[]) => string;
}

const hasNoNul = (value: string): boolean => !value.includes('\0');

const textOf = ({ key, entry }: CopiedEntry): { key: string; value: string } => ({
  key,
  value: entry.value.reveal(),
});

/** A key that YAML reads as a text without quotes. */
const isPlainYamlKey = (key: string): boolean =>
  /^[A-Za-z_][\w-]*$/.test(key) && !/^(?:true|false|yes|no|y|n|on|off|null)$/i.test(key);

/** JSON is YAML, so that a value needs no more than its JSON source. */
const yamlLine = ({ key, entry }: CopiedEntry): string =>
  `${isPlainYamlKey(key) ? key : JSON.stringify(key)}: ${entryToJson(entry)}\n`;

const FORMS: Readonly<Record<CopyFormat, Form>> = {
  value: {
    holds: () => true,
    write: (entries) => entries.map((one) => textOf(one).value).join('\n'),
  },
  dotenv: {
    holds: (key, value) => isDotenvKey(key) && hasNoNul(value),
    write: (entries) => formatDotenv(entries.map(textOf)),
  },
  export: {
    holds: (key, value) => isShellKey(key) && hasNoNul(value),
    write: (entries) =>
      entries
        .map(textOf)
        .map(({ key, value }) => `export ${key}=${quoteForShell(value)}\n`)
        .join(''),
  },
  json: {
    holds: () => true,
    write: (entries) =>
      `{\n${entries.map(({ key, entry }) => `  ${JSON.stringify(key)}: ${entryToJson(entry)}`).join(',\n')}\n}\n`,
  },
  docker: {
    holds: (key, value) => isDotenvKey(key) && hasNoNul(value),
    write: (entries) =>
      entries
        .map(textOf)
        .map(({ key, value }) => `-e ${shellWord(`${key}=${value}`)}`)
        .join(' '),
  },
  yaml: { holds: () => true, write: (entries) => entries.map(yamlLine).join('') },
};

/** `leftOut` counts the variables that the form cannot hold. */
export function copyText(
  format: CopyFormat,
  entries: readonly CopiedEntry[],
): { readonly text: string; readonly written: readonly CopiedEntry[]; readonly leftOut: number } {
  const { holds, write } = FORMS[format];
  const written = entries.filter(({ key, entry }) => holds(key, entry.value.reveal()));
  return { text: write(written), written, leftOut: entries.length - written.length };
}
