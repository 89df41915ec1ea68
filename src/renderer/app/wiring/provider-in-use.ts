import type { Stores } from '../create-stores';
import type { Events } from './events';

/** Its status is followed, so it is known after another window has changed the settings, too. */
export function providerInUse(events: Events, { connection, providerStatus }: Stores): void {
  events.pull.providerInUse.connect(
    () => providerStatus.getState().status?.provider ?? connection.getState().settings.provider,
  );
}
