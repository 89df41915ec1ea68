import type { Stores } from '../create-stores';
import type { Events } from './events';

/** Credentials are about to be saved that the server has just refused. */
export function maySaveRefused(events: Events, { questions }: Stores): void {
  events.connection.maySaveRefused.connect(async ({ message }) => {
    const answer = await questions.getState().ask({
      title: 'Save credentials that were refused?',
      text: `Test Connection failed: ${message} Saving replaces what is stored now, and nothing can be pulled or saved until the server accepts them.`,
      answers: [{ id: 'save', label: 'Save anyway' }],
    });
    return answer === 'save';
  });
}
