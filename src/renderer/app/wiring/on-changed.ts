import type { OpenEnvironment } from '@shared/model/open-environment';
import type { Stores } from '../create-stores';
import type { Events } from './events';
import { refreshLists } from './refresh';

/** A call changed an environment and returned its new state. Unsaved edits are carried over to it. */
export function onChanged(events: Events, stores: Stores): void {
  const show = async (open: OpenEnvironment): Promise<void> => {
    stores.environment.getState().show(open);
    await refreshLists(stores);
    if (open.followed !== undefined) await stores.references.getState().follow(open.followed);
  };
  events.merges.onSaved.connect(show);
  events.sync.onChanged.connect(show);
  events.history.onRolledBack.connect(show);
}
