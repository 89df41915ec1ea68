import { plural } from '../../lib/format';
import type { Stores } from '../create-stores';
import type { Events } from './events';

export function mayRemoveWorkspace(events: Events, { environments, questions }: Stores): void {
  events.workspaces.mayRemove.connect(async ({ name }) => {
    const count = environments.getState().list.length;
    const answer = await questions.getState().ask({
      title: `Delete the workspace “${name}”?`,
      text: `This deletes its ${plural(count, 'environment')}, settings, credentials and activity from this computer, including the values of environments that are not synced. Nothing is deleted on a server.`,
      answers: [{ id: 'delete', label: 'Delete workspace', variant: 'danger' }],
    });
    return answer === 'delete';
  });
}
