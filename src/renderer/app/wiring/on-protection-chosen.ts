import type { Stores } from '../create-stores';
import type { Events } from './events';

/** Credentials are protected in another way now, which may have removed some. */
export function onProtectionChosen(events: Events, { connection }: Stores): void {
  events.security.onChosen.connect(() => void connection.getState().refresh());
}
