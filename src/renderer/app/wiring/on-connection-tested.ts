import type { Stores } from '../create-stores';
import type { Events } from './events';

/** A test may have found out that a server is back. */
export function onConnectionTested(events: Events, { providerStatus, pull }: Stores): void {
  events.connection.onTested.connect(async (passed) => {
    // An older failure beside a success would be read as the newer one.
    if (passed) pull.getState().dismissFailure();
    await providerStatus.getState().lookAgain();
    await providerStatus.getState().refresh();
  });
}
