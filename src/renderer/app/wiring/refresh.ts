import type { Stores } from '../create-stores';

/** Reads the list of environments and the provider's status again. */
export async function refreshLists({
  environments,
  providerStatus,
}: Pick<Stores, 'environments' | 'providerStatus'>): Promise<void> {
  await Promise.all([environments.getState().refresh(), providerStatus.getState().refresh()]);
}

/** Also reads the environment on show again. */
export async function refreshAll(
  stores: Pick<Stores, 'environment' | 'environments' | 'providerStatus'>,
): Promise<void> {
  await Promise.all([refreshLists(stores), stores.environment.getState().refresh()]);
}
