/** What is not saved yet, and what to do about it. */
import { useCommand } from '../../app/commands';
import { useStores } from '../../app/stores';
import { Button } from '../../components/button';
import { formatCount } from '../../lib/format';
import type { ChangeCounts } from './draft';

interface Props {
  readonly id: string;
  readonly counts: ChangeCounts;
  readonly isSaving: boolean;
  /** Why it cannot be saved as it is. */
  readonly obstacle: string | undefined;
  readonly isReview: boolean;
  readonly onReview: (isReview: boolean) => void;
}

export function DraftBar({ id, counts, isSaving, obstacle, isReview, onReview }: Props) {
  const { drafts, announcements } = useStores();
  const discard = (): void => {
    drafts.getState().discard(id);
    announcements.getState().say('Discarded. Undo brings the edits back.', 'info');
  };
  const save = (): void => void drafts.getState().save(id);
  useCommand('save', isSaving || obstacle !== undefined ? undefined : save);
  useCommand('discard', isSaving ? undefined : discard);

  return (
    <footer className="flex flex-wrap items-center gap-x-3 gap-y-2 border-t border-line bg-raised px-5 py-2.5">
      <output className="flex min-w-0 flex-1 flex-wrap items-baseline gap-x-2.5 tabular-nums">
        <span className="font-semibold">{formatCount(counts.total)} unsaved</span>
        {counts.added > 0 ? (
          <span className="text-good">+{formatCount(counts.added)} added</span>
        ) : null}
        {counts.changed > 0 ? (
          <span className="text-brass">{formatCount(counts.changed)} changed</span>
        ) : null}
        {counts.removed > 0 ? (
          <span className="text-bad">−{formatCount(counts.removed)} removed</span>
        ) : null}
        {obstacle === undefined ? null : <span className="text-xs text-bad">{obstacle}</span>}
      </output>
      <div className="flex gap-2">
        <Button variant="quiet" isDisabled={isSaving} onPress={discard}>
          Discard
        </Button>
        <Button onPress={() => onReview(!isReview)}>{isReview ? 'Show all' : 'Review'}</Button>
        <Button
          variant="primary"
          isBusy={isSaving}
          isDisabled={obstacle !== undefined}
          onPress={save}
        >
          Save
        </Button>
      </div>
    </footer>
  );
}
