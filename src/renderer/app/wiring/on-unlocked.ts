import type { Stores } from '../create-stores';
import { editsAreBack } from './edits-back';
import type { Events } from './events';
import { refreshAll } from './refresh';

export function onUnlocked(events: Events, stores: Stores): void {
  const restore = async (): Promise<void> => {
    editsAreBack(stores, await stores.heldEdits.restore());
  };
  events.security.onUnlocked.connect(() => {
    void refreshAll(stores);
    void restore();
    void stores.connection.getState().refresh();
    void stores.pull.getState().autoSync();
  });
}
