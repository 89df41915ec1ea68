import type { Stores } from '../create-stores';
import type { Events } from './events';
import { unsavedEdits } from './losses';

export function mayLock(events: Events, stores: Stores): void {
  events.security.mayLock.connect(async () => {
    const losses = unsavedEdits(stores);
    if (losses.length === 0) return true;
    const answer = await stores.questions.getState().ask({
      title: 'Lock and lose unsaved edits?',
      text: `${losses.join(' ')} Locking removes all values from memory, and these edits with them.`,
      answers: [{ id: 'lock', label: 'Discard and lock', variant: 'danger' }],
    });
    return answer === 'lock';
  });
}
