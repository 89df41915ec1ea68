import type { Stores } from '../create-stores';
import type { Events } from './events';

/** A test may have found out that a server is back. */
export function onConnectionTested(events: Events, { providerStatus }: Stores): void {
  events.connection.onTested.connect(async () => {
    await providerStatus.getState().lookAgain();
    await providerStatus.getState().refresh();
  });
}
