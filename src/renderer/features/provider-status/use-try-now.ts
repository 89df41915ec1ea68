import { providerFacts } from '@shared/providers/facts';
import { useStores } from '../../app/stores';

/** Checks the server now, and announces if it is still out of reach. Its return is announced elsewhere. */
export function useTryNow(): () => Promise<void> {
  const { providerStatus, announcements } = useStores();
  return async () => {
    await providerStatus.getState().lookAgain();
    const { status } = providerStatus.getState();
    if (status?.state !== 'offline') return;
    const { label } = providerFacts[status.provider];
    announcements.getState().say(`${label} is still offline.`, 'info');
  };
}
