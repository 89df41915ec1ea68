import type { Variable } from '@shared/model/variable';
import { LockKeyhole } from 'lucide-react';
import { Chip } from '../../components/chip';

export function kindWord({ kind, secret, nested }: Variable): string {
  if (kind === 'text') return secret ? 'secret' : 'plain';
  if (kind === 'nested') return nested ?? 'nested';
  return kind;
}

export const KindChip = ({ variable }: { readonly variable: Variable }) => (
  <Chip>
    {variable.kind === 'binary' ? <LockKeyhole aria-hidden className="size-3" /> : null}
    {kindWord(variable)}
  </Chip>
);
