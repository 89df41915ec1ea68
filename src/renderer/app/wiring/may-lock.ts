import type { Stores } from '../create-stores';
import type { Events } from './events';
import { unsavedEdits } from './losses';

export function mayLock(events: Events, stores: Stores): void {
  events.security.mayLock.connect(async () => {
    const edits = unsavedEdits(stores);
    const { mode } = stores.security.getState().protection;
    if (edits.length === 0 && mode !== 'session') return true;
    const answer = await stores.questions.getState().ask({
      title: edits.length === 0 ? 'Lock and forget everything?' : 'Lock and lose unsaved edits?',
      text: [
        ...edits,
        'Locking removes all values from memory.',
        ...(mode === 'session'
          ? ['Credentials and variables of this computer are nowhere else: they are lost.']
          : []),
      ].join(' '),
      answers: [
        {
          id: 'lock',
          label: edits.length === 0 ? 'Forget and lock' : 'Discard and lock',
          variant: 'danger',
        },
      ],
    });
    return answer === 'lock';
  });
}
