import type { Stores } from '../create-stores';
import type { Events } from './events';
import { refreshAll } from './refresh';

/** The core has forgotten everything; nothing that came from there, or was on its way there, stays in the window. */
export function onLocked(events: Events, stores: Stores): void {
  const { attempt, compare, connection, drafts, environment, history, merges, requests } = stores;
  const forget = (): void => {
    drafts.getState().forgetAll();
    merges.getState().forgetAll();
    environment.getState().hideAll();
    connection.getState().forgetTyped();
    requests.getState().startOver();
    attempt.getState().forget();
  };
  events.security.onShut.connect(forget);
  // The same core goes on, with another key.
  events.security.onLocked.connect(() => {
    forget();
    void compare.getState().startOver();
    void history.getState().startOver();
    void connection.getState().refresh();
    void refreshAll(stores);
  });
}
