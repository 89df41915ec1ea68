import { hasUnsavedChanges } from '../../features/settings/connection/store';
import { isMigrating } from '../../features/migrate/store';
import type { Stores } from '../create-stores';

/** A sentence that names the environments with unsaved edits, if there are any. */
export function unsavedEdits({
  environments,
  unsavedWork,
}: Pick<Stores, 'environments' | 'unsavedWork'>): readonly string[] {
  const ids = new Set(unsavedWork.drafts().map(({ id }) => id));
  if (ids.size === 0) return [];
  const names = environments.getState().list.filter(({ id }) => ids.has(id));
  return [`Unsaved edits: ${names.map(({ name }) => name).join(', ')}.`];
}

/** What leaving the workspace would lose or break off, as a list of sentences. */
export const lossesOfLeaving = (stores: Stores): readonly string[] => [
  ...(hasUnsavedChanges(stores.connection.getState())
    ? ['The settings in Settings → Vault have unsaved changes.']
    : []),
  ...unsavedEdits(stores),
  ...(stores.pull.getState().run.phase === 'running' ? ['A pull is under way.'] : []),
  ...(stores.push.getState().run === undefined ? [] : ['A push is under way.']),
  ...(isMigrating(stores.migrate.getState()) ? ['A migration is under way.'] : []),
];
