import type { Variable } from '@shared/model/variable';
import { LockKeyhole } from 'lucide-react';
import { memo } from 'react';
import { Chip } from '../../components/chip';
import type { Row } from './draft';
import { useReferenceOf } from './references/use-reference-of';

function kindWord({ kind, secret, nested }: Variable): string {
  if (kind === 'text') return secret ? 'secret' : 'plain';
  if (kind === 'nested') return nested ?? 'nested';
  return kind;
}

/** The kind of a row, unless it is removed or disabled: then that. */
function KindChip({ row }: { readonly row: Row }) {
  const { variable, change } = row;
  const reference = useReferenceOf(row);
  if (change === 'removed') return <Chip tone="bad">removed</Chip>;
  if (variable.disabled === true) return <Chip>disabled</Chip>;
  if (reference !== undefined) return <Chip>reference</Chip>;
  const word = kindWord(variable);
  return (
    <Chip tone={word === 'secret' ? 'secret' : 'plain'}>
      {variable.kind === 'binary' ? <LockKeyhole aria-hidden className="size-3" /> : null}
      {word}
    </Chip>
  );
}

const changeWords = {
  none: '',
  added: 'added, not saved',
  changed: 'changed, not saved',
  removed: 'to be removed, not saved',
} as const;

export const KindCell = memo(function KindCell({ row }: { readonly row: Row }) {
  return (
    <>
      <KindChip row={row} />
      <span className="sr-only">{changeWords[row.change]}</span>
    </>
  );
});
