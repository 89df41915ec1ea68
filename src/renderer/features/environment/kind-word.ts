import type { Variable } from '@shared/model/variable';

/** The kind of a variable, in the word that its chip shows. */
export function kindWord({ kind, secret, nested }: Variable): string {
  if (kind === 'text') return secret ? 'secret' : 'plain';
  if (kind === 'nested') return nested ?? 'nested';
  return kind;
}
