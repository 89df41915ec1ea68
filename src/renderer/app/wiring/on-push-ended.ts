import type { Stores } from '../create-stores';
import type { Events } from './events';
import { refreshAll } from './refresh';

export function onPushEnded(events: Events, stores: Stores): void {
  events.push.onEnded.connect(async (followed) => {
    // An announcement may ask for a save that the push has just made.
    stores.announcements.getState().dismiss();
    await refreshAll(stores);
    await stores.references.getState().follow(followed);
  });
}
