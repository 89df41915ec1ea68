import type { Stores } from '../create-stores';
import type { Events } from './events';
import { underWayIn, unsavedOf } from './losses';

/** The window is about to go to another workspace. */
export function mayLeave(events: Events, stores: Stores): void {
  events.workspaces.mayLeave.connect(async (to) => {
    const unsaved = unsavedOf(stores);
    const underWay = underWayIn(stores);
    if (unsaved.length + underWay.length === 0) return true;
    const effects = [
      ...(unsaved.length === 0 ? [] : ['discards unsaved changes']),
      ...(underWay.length === 0 ? [] : ['cancels the work under way']),
    ];
    const answer = await stores.questions.getState().ask({
      title: `Switch to ${to}?`,
      text: `${[...unsaved, ...underWay].join(' ')} Switching ${effects.join(' and ')}.`,
      answers: [{ id: 'switch', label: 'Discard and switch', variant: 'danger' }],
    });
    return answer === 'switch';
  });
}
