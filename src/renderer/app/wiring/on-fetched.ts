import type { Stores } from '../create-stores';
import type { Events } from './events';
import { refreshLists } from './refresh';

/** Comparing edits with the server brought newer values into memory, or found the secret gone. */
export function onFetched(events: Events, stores: Stores): void {
  const { environment } = stores;
  events.merges.onFetched.connect(async (theirs) => {
    if (theirs === undefined) await environment.getState().refresh();
    else environment.getState().show(theirs);
    await refreshLists(stores);
  });
}
