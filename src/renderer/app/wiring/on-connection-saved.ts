import type { Stores } from '../create-stores';
import type { Events } from './events';
import { refreshAll } from './refresh';

/** The settings of the connection were saved, or are inherited from now on. */
export function onConnectionSaved(events: Events, stores: Stores): void {
  events.connection.onSaved.connect(async () => {
    await Promise.all([
      refreshAll(stores),
      stores.security.getState().refresh(),
      stores.workspaces.getState().refresh(),
    ]);
    // The last pull used other settings.
    stores.pull.getState().dismiss();
  });
}
