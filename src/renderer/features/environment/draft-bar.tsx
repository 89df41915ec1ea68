/** Counts the unsaved edits, with the buttons to discard, review and save them. */
import { useStore } from 'zustand';
import { useCommand } from '../../app/use-command';
import { useFeature, useStores } from '../../app/stores';
import { Button } from '../../components/button';
import { ActionBar } from '../../components/page';
import { formatCount } from '../../lib/format';
import type { ChangeCounts } from './draft';

interface Props {
  readonly id: string;
  readonly counts: ChangeCounts;
  readonly isSaving: boolean;
  /** Why the edits cannot be saved now. */
  readonly obstacle: string | undefined;
  /** Whether the review is on show. */
  readonly isReview?: boolean;
}

export function DraftBar({ id, counts, isSaving, obstacle, isReview = false }: Props) {
  const { drafts, announcements, environment, preferences } = useStores();
  const synced = useFeature('environment', ({ data }) => data?.environment.synced ?? false);
  const reviewsFirst = useStore(preferences, (state) => state.reviewBeforeSave);
  const { setMode } = environment.getState();
  const discard = (): void => {
    drafts.getState().discard(id);
    announcements.getState().say('Edits discarded. Undo restores them.', 'info');
  };
  const save = (): void => {
    if (synced && reviewsFirst && !isReview) setMode('review');
    else void drafts.getState().save(id);
  };
  useCommand('save', isSaving || obstacle !== undefined ? undefined : save);
  useCommand('discard', isSaving ? undefined : discard);

  return (
    <ActionBar>
      <output className="flex min-w-40 flex-1 flex-wrap items-baseline gap-x-2.5 tabular-nums">
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
        {isReview ? (
          <Button isDisabled={isSaving} onPress={() => setMode('grid')}>
            Back to editing
          </Button>
        ) : (
          <Button isDisabled={obstacle !== undefined} onPress={() => setMode('review')}>
            Review
          </Button>
        )}
        <Button
          variant="primary"
          // A person who came here by pressing Save presses it again.
          // oxlint-disable-next-line jsx-a11y/no-autofocus
          autoFocus={isReview}
          isBusy={isSaving}
          isDisabled={obstacle !== undefined}
          onPress={save}
        >
          Save
        </Button>
      </div>
    </ActionBar>
  );
}
