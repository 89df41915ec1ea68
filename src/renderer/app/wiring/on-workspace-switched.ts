import type { Arrival, Stores } from '../create-stores';
import type { Events } from './events';

/** Another workspace is current: the window gets its stores and stays on the same page if it can. */
export function onWorkspaceSwitched(
  events: Events,
  { navigation }: Stores,
  reopen: (arrival: Arrival) => Promise<void>,
): void {
  events.workspaces.onSwitched.connect((text, to) =>
    reopen({ text, route: navigation.getState().route, to }),
  );
}
