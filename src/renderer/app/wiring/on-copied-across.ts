import type { Stores } from '../create-stores';
import type { Events } from './events';
import { refreshLists } from './refresh';

/** Compare copied a variable from one environment to another. */
export function onCopiedAcross(events: Events, stores: Stores): void {
  events.compare.onCopied.connect(async (key, { environment: target }) => {
    stores.announcements.getState().say(`${key} copied to ${target.name}.`);
    await refreshLists(stores);
  });
}
