import type { Stores } from '../create-stores';
import type { Events } from './events';
import { unsavedEdits } from './losses';

/** Lock keeps unsaved edits, but not without a stored key. */
export function mayLock(events: Events, stores: Stores): void {
  events.security.mayLock.connect(async () => {
    if (stores.security.getState().protection.mode !== 'session') return true;
    const answer = await stores.questions.getState().ask({
      title: 'Lock and forget everything?',
      text: [
        ...unsavedEdits(stores),
        'Locking removes all values from memory.',
        'Credentials, variables of this computer and unsaved edits are nowhere else: they are lost.',
      ].join(' '),
      answers: [{ id: 'lock', label: 'Forget and lock', variant: 'danger' }],
    });
    return answer === 'lock';
  });
}
