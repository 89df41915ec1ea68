import { providerDescriptors } from '@shared/providers';
import { useStores } from '../../app/stores';

/** Looks now, and says so where the server is still out of reach: that it is back says itself. */
export function useTryNow(): () => Promise<void> {
  const { providerStatus, announcements } = useStores();
  return async () => {
    await providerStatus.getState().lookAgain();
    const { status } = providerStatus.getState();
    if (status?.state !== 'offline') return;
    const { label } = providerDescriptors[status.provider];
    announcements.getState().say(`${label} is still offline.`, 'info');
  };
}
