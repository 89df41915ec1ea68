import type { Stores } from '../create-stores';
import type { Events } from './events';
import { refreshLists } from './refresh';

/** One environment was pulled, successfully or not. */
export function onPulled(events: Events, stores: Stores): void {
  const refresh = (): Promise<void> => refreshLists(stores);
  events.environment.onPulled.connect(refresh);
  events.compare.onPulled.connect(refresh);
  events.environment.onLoaded.connect(async (loaded) => {
    if (loaded === undefined) return refresh();
    stores.environments.getState().put(loaded);
    await stores.providerStatus.getState().refresh();
  });
}
