import { errorLine } from '../../bridge';
import type { Stores } from '../create-stores';
import type { Events } from './events';

/** A workspace could not be switched to or deleted. */
export function onSwitchFailed(events: Events, { announcements }: Stores): void {
  events.workspaces.onFailed.connect((error) => {
    announcements.getState().say(errorLine(error), 'bad');
  });
}
