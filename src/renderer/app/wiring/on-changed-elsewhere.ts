import type { Stores } from '../create-stores';
import type { Events } from './events';
import { refreshLists } from './refresh';

/** Another window or a program changed something, or Strongroom has a notice. A cell that is being typed in is finished first. */
export function onChangedElsewhere(events: Events, stores: Stores): void {
  const { environment, notices, workspaces } = stores;
  let isLate = false;
  environment.subscribe(({ editing }, before) => {
    if (!isLate || editing !== undefined || before.editing === undefined) return;
    isLate = false;
    void environment.getState().refresh();
  });
  events.elsewhere.onChanged.connect(async () => {
    await Promise.all([
      refreshLists(stores),
      workspaces.getState().refresh(),
      notices.getState().refresh(),
    ]);
    isLate = environment.getState().editing !== undefined;
    if (!isLate) await environment.getState().refresh();
  });
}
