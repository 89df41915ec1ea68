import type { Stores } from '../create-stores';
import type { Events } from './events';
import { refreshAll } from './refresh';

/** Locking empties the memory of the core; nothing that came from there stays in the window. */
export function onLocked(events: Events, stores: Stores): void {
  const { attempt, compare, connection, drafts, environment, history, merges, requests } = stores;
  events.security.onLocked.connect(() => {
    drafts.getState().forgetAll();
    merges.getState().forgetAll();
    environment.getState().hideAll();
    void compare.getState().startOver();
    void history.getState().startOver();
    requests.getState().startOver();
    attempt.getState().forget();
    connection.getState().forgetTyped();
    void connection.getState().refresh();
    void refreshAll(stores);
  });
}
