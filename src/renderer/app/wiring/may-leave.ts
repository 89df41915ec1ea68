import type { Stores } from '../create-stores';
import type { Events } from './events';
import { lossesOfLeaving } from './losses';

/** The window is about to go to another workspace. */
export function mayLeave(events: Events, stores: Stores): void {
  events.workspaces.mayLeave.connect(async (to) => {
    const losses = lossesOfLeaving(stores);
    if (losses.length === 0) return true;
    const answer = await stores.questions.getState().ask({
      title: `Switch to ${to}?`,
      text: `${losses.join(' ')} Switching discards and cancels them.`,
      answers: [{ id: 'switch', label: 'Discard and switch', variant: 'danger' }],
    });
    return answer === 'switch';
  });
}
