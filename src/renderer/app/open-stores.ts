import type { Client } from '@shared/contract/window';
import type { Place } from '@shared/model/place';
import { createStores, type Arrival, type Stores } from './create-stores';
import type { ApprovalsStore } from '../features/approvals/store';
import { arriveAt } from './places';
import type { PreferencesStore } from './preferences';
import { editsAreBack } from './wiring/edits-back';
import { createEvents } from './wiring/events';
import { wire } from './wiring/wire';

interface OpenStoresOptions {
  readonly approvals: ApprovalsStore;
  readonly arrived: Arrival | undefined;
  /** The page in the address, when the app starts. */
  readonly place?: Place | undefined;
  readonly windowId: string;
  /** Opens the stores of the workspace that is current by then, and closes these. */
  readonly reopen: (arrival: Arrival) => Promise<void>;
}

/** The connected stores of the current workspace. Throws what the calls throw. */
export async function openStores(
  client: Client,
  preferences: PreferencesStore,
  { approvals, arrived, place, windowId, reopen }: OpenStoresOptions,
): Promise<Stores> {
  const events = createEvents();
  const stores = await createStores(client, {
    preferences,
    approvals,
    windowId,
    events,
    arrived,
    place,
  });
  wire(events, stores, reopen);
  // Before anybody can make new edits.
  editsAreBack(stores, await stores.heldEdits.restore());
  if (arrived !== undefined) stores.announcements.getState().say(arrived.text);
  const to = arrived?.to ?? (place === undefined ? undefined : { place, isLink: false });
  if (to !== undefined) arriveAt(stores, to);
  void stores.providerStatus.getState().watch();
  void stores.elsewhere.watch();
  return stores;
}

/** Ends everything under way and forgets everything on show: the window goes to another workspace. */
export function closeStores(stores: Stores): void {
  stores.providerStatus.getState().close();
  stores.elsewhere.close();
  stores.pull.getState().cancel();
  stores.push.getState().cancel();
  stores.migrate.getState().cancel();
  stores.attempt.getState().forget();
  stores.compare.getState().close();
  stores.history.getState().close();
  stores.connection.getState().discard();
  stores.connection.getState().forgetTyped();
  stores.environment.getState().close();
  stores.drafts.getState().forgetAll();
  stores.merges.getState().forgetAll();
}
