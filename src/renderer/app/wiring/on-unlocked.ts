import type { Stores } from '../create-stores';
import type { Events } from './events';
import { refreshAll } from './refresh';

export function onUnlocked(events: Events, stores: Stores): void {
  events.security.onUnlocked.connect(() => {
    void refreshAll(stores);
    void stores.connection.getState().refresh();
    void stores.pull.getState().autoSync();
  });
}
