import type { Stores } from '../create-stores';
import type { Events } from './events';

/** A form of Requests is about to be left, and only the form holds what was typed. */
export function mayDiscardForm(events: Events, { questions }: Stores): void {
  events.requests.mayDiscard.connect(async () => {
    const answer = await questions.getState().ask({
      title: 'Leave the form?',
      text: 'What you typed is not saved. It is lost if you leave.',
      answers: [{ id: 'discard', label: 'Discard and leave', variant: 'danger' }],
    });
    return answer === 'discard';
  });
}
