import type { Stores } from '../create-stores';
import type { Events } from './events';

/** The workspace is about to give up its own settings and credentials. */
export function mayUseGlobal(events: Events, { questions }: Stores): void {
  events.connection.mayUseGlobal.connect(async () => {
    const answer = await questions.getState().ask({
      title: 'Use the global defaults in this workspace?',
      text: 'Its own settings and credentials are deleted from this computer. The values of its synced environments are removed from memory; nothing changes on a server.',
      answers: [{ id: 'use', label: 'Use global defaults', variant: 'danger' }],
    });
    return answer === 'use';
  });
}
