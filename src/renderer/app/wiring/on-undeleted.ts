import type { Stores } from '../create-stores';
import type { Events } from './events';
import { refreshAll } from './refresh';

/** A secret that Pull All had skipped was undeleted and pulled. */
export function onUndeleted(events: Events, stores: Stores): void {
  events.pull.onUndeleted.connect(async (path) => {
    stores.announcements.getState().say(`${path} undeleted and pulled.`);
    await refreshAll(stores);
  });
}
