import { LockKeyhole, StickyNote } from 'lucide-react';
import { memo, type ReactNode } from 'react';
import { IconButton } from '../../components/button';
import { Chip } from '../../components/chip';
import { cx } from '../../lib/class-names';
import type { Row } from './draft';
import { useGrid } from './grid-context';
import { kindWord } from './kind-word';
import { useReferenceOf } from './references/use-reference-of';
import { chipAction } from './selected-rows';

const actionWords = {
  keep: 'keep it',
  enable: 'enable it',
  plain: 'mark it as plain',
  secret: 'mark it as secret',
} as const;

/** The kind of a row, unless it is removed or disabled: then that. */
function kindOf(
  row: Row,
  isReference: boolean,
): { word: string; tone: 'bad' | 'plain' | 'secret' } {
  const { variable, change } = row;
  if (change === 'removed') return { word: 'removed', tone: 'bad' };
  if (variable.disabled === true) return { word: 'disabled', tone: 'plain' };
  if (isReference) return { word: 'reference', tone: 'plain' };
  // A text is secret by default; of other kinds, the colour says that somebody marked them.
  const isSecret = variable.secret && variable.kind !== 'nested' && variable.kind !== 'binary';
  return { word: kindWord(variable), tone: isSecret ? 'secret' : 'plain' };
}

function KindChip({ row }: { readonly row: Row }): ReactNode {
  const { isReadOnly, pressKind } = useGrid();
  const reference = useReferenceOf(row);
  const { word, tone } = kindOf(row, reference !== undefined);
  const action = isReadOnly ? undefined : chipAction(row);
  const chip = (
    <Chip tone={tone}>
      {row.variable.kind === 'binary' ? <LockKeyhole aria-hidden className="size-3" /> : null}
      {word}
    </Chip>
  );
  if (action === undefined) return chip;
  return (
    // A button of React Aria would make each row slower to draw.
    <button
      type="button"
      tabIndex={-1}
      title={`Click to ${actionWords[action]}`}
      aria-label={`${word}: ${actionWords[action]}`}
      onClick={() => pressKind(row)}
      className={cx(
        '-my-px inline-flex cursor-default rounded-xs ring-line-strong group-data-selected/row:ring-1 hover:ring-1 active:opacity-75',
        tone === 'secret' && 'ring-brass',
      )}
    >
      {chip}
    </button>
  );
}

/** Shows that a variable has a note; the note itself on hover, on focus and to assistive technology. */
function NoteMark({ row }: { readonly row: Row }): ReactNode {
  const { noteOf, editNote, isReadOnly } = useGrid();
  const note = noteOf(row);
  if (note === undefined) return null;
  return (
    <IconButton
      size="sm"
      label={`Note of ${row.key}: ${note}`}
      hint={note}
      excludeFromTabOrder
      onPress={() => {
        if (!isReadOnly && row.change !== 'removed') editNote(row);
      }}
      className="-my-0.5 ml-auto text-text-3"
    >
      <StickyNote aria-hidden className="size-3.5" />
    </IconButton>
  );
}

const changeWords = {
  added: 'added, not saved',
  changed: 'changed, not saved',
  removed: 'to be removed, not saved',
} as const;

export const KindCell = memo(function KindCell({ row }: { readonly row: Row }) {
  return (
    <>
      <KindChip row={row} />
      <NoteMark key={row.id} row={row} />
      {row.change === 'none' ? null : <span className="sr-only">{changeWords[row.change]}</span>}
    </>
  );
});
