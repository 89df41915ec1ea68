/** The note of a variable: what it is for, and where it is kept. */
import { NOTE_MAX, type ExpectedVariable } from '@shared/model/expected';
import type { NoteRefusal } from '@shared/model/note';
import { providerFacts } from '@shared/providers/facts';
import { useState } from 'react';
import { useStore } from 'zustand';
import { useFeature } from '../../app/stores';
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

const whyHere = {
  'not-supported': (store) => `${store} cannot keep a note with this secret.`,
  'too-long': (store) => `The note is too long for ${store}.`,
  'no-room': (store) => `The secret has no room for another note in ${store}.`,
  'not-permitted': () => 'The credentials may not change the metadata of the secret.',
  'not-taken': (store) => `${store} could not be reached, or did not take it.`,
} as const satisfies Record<NoteRefusal, (store: string) => string>;

/** Where the note is kept, in sentences. */
function useKept({ variable: { noteHere } }: Row): string {
  const store = useFeature('connection', ({ settings }) => providerFacts[settings.provider].label);
  const synced = useFeature('environment', ({ data }) => data?.environment.synced ?? false);
  const notesAt = useFeature('environment', ({ data }) => data?.notesAt);
  if (noteHere !== undefined) {
    const why = noteHere.why === undefined ? '' : ` ${whyHere[noteHere.why](store)}`;
    return `Kept on this computer.${why} Press Keep and save the environment to send it to ${store}.`;
  }
  if (notesAt === 'secret') {
    return `Kept with the secret in ${store} when you save the environment. Everyone who may read the secret can read the note, so do not put a secret value in it.`;
  }
  if (synced) {
    return `Kept on this computer when you save the environment: ${whyHere['not-supported'](store)} It is stored as it is, so it is no place for a secret.`;
  }
  return 'It is stored on this computer as it is, so it is no place for a secret. Save the environment to keep it.';
}

export function NoteDialog({ row, rule, onSave, onClose }: Props) {
  const [note, setNote] = useState(row.variable.note ?? '');
  const kept = useKept(row);
  const { noteHere } = row.variable;
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
      {noteHere?.withSecret === undefined ? null : (
        <p className="text-text-2">
          With the secret: <span className="text-text">{noteHere.withSecret}</span>
        </p>
      )}
      <TextAreaField
        label="Note, in this environment"
        stacked
        rows={3}
        value={note}
        onChange={setNote}
        issue={isTooLong ? `A note can have at most ${String(NOTE_MAX)} characters.` : undefined}
        help={kept}
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
