/** The note of a variable: what it is for. */
import { NOTE_MAX, type ExpectedVariable } from '@shared/model/expected';
import { useState } from 'react';
import { useStore } from 'zustand';
import { useCommand } from '../../app/use-command';
import { Button } from '../../components/button';
import { Dialog } from '../../components/dialog';
import { TextAreaField } from '../../components/text-area';
import type { Row } from './draft';
import type { GridStore } from './grid-state';

interface Props {
  readonly row: Row;
  /** The rule for its key, which may have a note for all environments. */
  readonly rule: ExpectedVariable | undefined;
  readonly onSave: (note: string) => void;
  readonly onClose: () => void;
}

export function NoteDialog({ row, rule, onSave, onClose }: Props) {
  const [note, setNote] = useState(row.variable.note ?? '');
  const isTooLong = note.trim().length > NOTE_MAX;
  return (
    <Dialog
      isOpen
      role="alertdialog"
      title={`Note of ${row.key}`}
      onClose={onClose}
      actions={
        <>
          <Button variant="quiet" onPress={onClose}>
            Cancel
          </Button>
          <Button
            variant="primary"
            isDisabled={isTooLong}
            onPress={() => {
              onSave(note.trim());
              onClose();
            }}
          >
            Keep
          </Button>
        </>
      }
    >
      {rule?.note === undefined ? null : (
        <p className="text-text-2">
          For all environments: <span className="text-text">{rule.note}</span>
        </p>
      )}
      <TextAreaField
        label="Note, in this environment"
        stacked
        rows={3}
        value={note}
        onChange={setNote}
        issue={isTooLong ? `A note can have at most ${String(NOTE_MAX)} characters.` : undefined}
        help="It is stored on this computer as it is, so it is no place for a secret. Save the environment to keep it."
        // oxlint-disable-next-line jsx-a11y/no-autofocus -- opened to type into it
        autoFocus
      />
    </Dialog>
  );
}

interface CommandProps {
  readonly grid: GridStore;
  readonly rows: readonly Row[];
  readonly isReadOnly: boolean;
  readonly onEdit: (row: Row) => void;
}

/** Opens the note of the variable that has the focus or had it last. */
export function NoteCommand({ grid, rows, isReadOnly, onEdit }: CommandProps) {
  const focused = useStore(grid, ({ focus }) => focus?.rowId);
  const row = rows.find((one) => one.id === focused);
  useCommand(
    'note',
    isReadOnly || row === undefined || row.key === '' || row.change === 'removed'
      ? undefined
      : () => onEdit(row),
  );
  return null;
}
