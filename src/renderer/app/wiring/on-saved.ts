import type { Stores } from '../create-stores';
import type { Events } from './events';
import { refreshLists } from './refresh';

/** Edits of an environment were saved. */
export function onSaved(events: Events, stores: Stores): void {
  events.drafts.onSaved.connect(async (open) => {
    stores.environment.getState().show(open);
    const { name, revision } = open.environment;
    stores.announcements
      .getState()
      .say(revision === undefined ? `${name} saved.` : `${name} saved as ${revision}.`);
    await Promise.all([
      refreshLists(stores),
      open.followed === undefined ? undefined : stores.references.getState().follow(open.followed),
    ]);
  });
}
