/** The forms in which variables can be copied. Keys and references have no values in them. */
import { formatReference } from '@shared/model/reference';
import type { CopyFormat } from '@shared/model/open-environment';

export type CopyForm = CopyFormat | 'key' | 'reference';

export const copyForms: readonly { readonly form: CopyForm; readonly label: string }[] = [
  { form: 'key', label: 'Key' },
  { form: 'value', label: 'Value' },
  { form: 'dotenv', label: 'KEY=value (.env)' },
  { form: 'export', label: 'export KEY=value' },
  { form: 'json', label: 'JSON' },
  { form: 'yaml', label: 'YAML' },
  { form: 'docker', label: 'docker run -e' },
  { form: 'reference', label: 'Reference' },
];

/**
 * The keys, or references to the variables. Several references are lines of a `.env`, so that they can be pasted
 * into another environment.
 */
export function namesText(
  form: 'key' | 'reference',
  environment: string,
  keys: readonly string[],
): string {
  if (form === 'key') return keys.join('\n');
  const references = keys.map((key) => formatReference({ vault: environment, key }));
  if (references.length === 1) return references.join('');
  return keys.map((key, at) => `${key}=${references[at] ?? ''}\n`).join('');
}
