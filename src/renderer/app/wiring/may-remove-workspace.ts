import { folderFor } from '@shared/providers/facts/local-vault';
import { plural } from '../../lib/format';
import type { Stores } from '../create-stores';
import type { Events } from './events';

export function mayRemoveWorkspace(
  events: Events,
  { connection, environments, questions }: Stores,
): void {
  events.workspaces.mayRemove.connect(async (workspace) => {
    const { name, sample } = workspace;
    const { provider, providers } = connection.getState().settings;
    const kept =
      provider === 'local-vault' && sample !== true
        ? ` Its secrets in the local vault stay there, in the folder “${folderFor(providers[provider].values, workspace)}”.`
        : '';
    const count = environments.getState().list.length;
    const answer = await questions.getState().ask({
      title: `Delete the workspace “${name}”?`,
      text: `This deletes its ${plural(count, 'environment')}, settings, credentials and activity from this computer, including the values of environments that are not synced. Nothing is deleted on a server.${kept}`,
      answers: [{ id: 'delete', label: 'Delete workspace', variant: 'danger' }],
    });
    return answer === 'delete';
  });
}
