import { useCallback } from 'react';
import { useStores } from '../../app/stores';
import { plural } from '../../lib/format';
import { unsavedCount } from './drafts-store';

/** Pulls the values. With unsaved edits, asks first whether to discard or to keep them. */
export function usePull(id: string): () => Promise<void> {
  const { environment, drafts, merges, questions, announcements } = useStores();
  return useCallback(async () => {
    const count = unsavedCount(drafts.getState(), id);
    if (count > 0) {
      const answer = await questions.getState().ask({
        title: `Pull with ${plural(count, 'unsaved edit')}?`,
        text: 'You can keep your edits and apply them to the pulled values. If both changed the same variable, you choose. Nothing is written until you save.',
        answers: [
          { id: 'discard', label: 'Pull and discard' },
          { id: 'keep', label: 'Pull and keep', variant: 'primary' },
        ],
      });
      if (answer === undefined) return;
      if (answer === 'discard') drafts.getState().forget(id);
    }
    await environment.getState().pull();
    const { data, error } = environment.getState();
    if (error?.code === 'OFFLINE') announcements.getState().say(error.message, 'info');
    if (error === undefined && data?.environment.id === id) {
      await merges.getState().carryOver(id, data.base, true);
    }
  }, [environment, drafts, merges, questions, announcements, id]);
}
