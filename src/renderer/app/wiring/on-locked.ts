import type { Stores } from '../create-stores';
import type { Events } from './events';
import { refreshAll } from './refresh';

/** Locking empties the memory of the core; nothing that came from there stays in the window. */
export function onLocked(events: Events, stores: Stores): void {
  const { compare, connection, drafts, environment, history, merges } = stores;
  events.security.onLocked.connect(() => {
    drafts.getState().forgetAll();
    merges.getState().forgetAll();
    environment.getState().hideAll();
    void compare.getState().startOver();
    void history.getState().startOver();
    connection.getState().forgetTyped();
    void connection.getState().refresh();
    void refreshAll(stores);
  });
  // The person agreed to lose them.
  events.security.onShut.connect(() => drafts.getState().forgetAll());
}
