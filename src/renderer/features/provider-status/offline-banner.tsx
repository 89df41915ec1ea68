/** One banner for everything on the page that needs the server, instead of an error for each. */
import { providerDescriptors } from '@shared/providers';
import { environmentOf, type Route } from '../../app/navigation';
import { useFeature } from '../../app/stores';
import { Banner } from '../../components/banner';
import { Button } from '../../components/button';
import { formatDateTime } from '../../lib/format';
import { useTryNow } from './use-try-now';

export function OfflineBanner() {
  const tryNow = useTryNow();
  const status = useFeature('providerStatus', (state) => state.status);
  const looking = useFeature('providerStatus', (state) => state.looking);
  const needsServer = useNeedsServer();
  if (status?.state !== 'offline' || !needsServer) return null;
  const { label } = providerDescriptors[status.provider];
  return (
    <Banner
      tone="warn"
      title={`${label} is offline`}
      action={
        <Button size="sm" isBusy={looking} onPress={() => void tryNow()}>
          Try now
        </Button>
      }
    >
      {status.since === undefined ? null : `Since ${formatDateTime(status.since)}. `}
      {status.error?.cause} {status.error?.hint}
    </Banner>
  );
}

const offServer: ReadonlySet<Route['screen']> = new Set(['welcome', 'unlock']);

/** Whether anything on the page needs the provider. */
function useNeedsServer(): boolean {
  const route = useFeature('navigation', (state) => state.route);
  const id = environmentOf(route);
  const local = useFeature(
    'environments',
    ({ list }) => id !== undefined && list.some((one) => one.id === id && !one.synced),
  );
  if (route.screen === 'settings') return route.tab === 'connection';
  return !offServer.has(route.screen) && !local;
}
