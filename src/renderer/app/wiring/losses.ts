import { hasUnsavedChanges } from '../../features/settings/connection/store';
import { isMigrating } from '../../features/migrate/store';
import type { Stores } from '../create-stores';

/** The names of environments, in the order of the sidebar. */
export const namesOf = (
  { environments }: Pick<Stores, 'environments'>,
  ids: Iterable<string>,
): readonly string[] => {
  const wanted = new Set(ids);
  return environments
    .getState()
    .list.filter(({ id }) => wanted.has(id))
    .map(({ name }) => name);
};

/** A sentence that names the environments with unsaved edits, if there are any. */
export function unsavedEdits(
  stores: Pick<Stores, 'environments' | 'unsavedWork'>,
): readonly string[] {
  const ids = stores.unsavedWork.drafts().map(({ id }) => id);
  return ids.length === 0 ? [] : [`Unsaved edits: ${namesOf(stores, ids).join(', ')}.`];
}

/** What is not saved in the workspace, as a list of sentences. */
export const unsavedOf = (stores: Stores): readonly string[] => [
  ...(hasUnsavedChanges(stores.connection.getState())
    ? ['The settings in Settings → Vault have unsaved changes.']
    : []),
  ...unsavedEdits(stores),
  ...(stores.requests.getState().hasInput ? ['A form in Requests is not saved.'] : []),
];

/** What is under way in the workspace, as a list of sentences. */
export const underWayIn = (stores: Stores): readonly string[] => [
  ...(stores.pull.getState().run.phase === 'running' ? ['A pull is under way.'] : []),
  ...(stores.push.getState().run === undefined ? [] : ['A push is under way.']),
  ...(isMigrating(stores.migrate.getState()) ? ['A migration is under way.'] : []),
];
