import type { Stores } from '../create-stores';
import type { Events } from './events';

export function mayUndoMigration(events: Events, { questions }: Stores): void {
  events.migrate.mayUndo.connect(async ({ name, from, to }) => {
    const answer = await questions.getState().ask({
      title: `Undo the migration of ${name}?`,
      text: `${name} goes back to ${from.path}. The copy at ${to.path} is removed if it is still the same.`,
      answers: [{ id: 'undo', label: 'Undo migration', variant: 'danger' }],
    });
    return answer === 'undo';
  });
}
