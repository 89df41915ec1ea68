import type { Stores } from '../create-stores';
import { thrownLine } from '../thrown-line';
import type { Events } from './events';

/** A workspace could not be switched to or deleted. */
export function onSwitchFailed(events: Events, { announcements }: Stores): void {
  events.workspaces.onFailed.connect((error) => {
    announcements.getState().say(thrownLine(error), 'bad');
  });
}
