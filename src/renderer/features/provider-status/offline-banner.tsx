/** One banner for everything on the page that needs the server, instead of an error for each. */
import { providerFacts } from '@shared/providers/facts';
import { useFeature } from '../../app/stores';
import { Banner } from '../../components/banner';
import { Button } from '../../components/button';
import { formatDateTime } from '../../lib/format';
import { useNeedsServer } from './use-needs-server';
import { useTryNow } from './use-try-now';

export function OfflineBanner() {
  const tryNow = useTryNow();
  const status = useFeature('providerStatus', (state) => state.status);
  const looking = useFeature('providerStatus', (state) => state.looking);
  const needsServer = useNeedsServer();
  if (status?.state !== 'offline' || !needsServer) return null;
  const { label } = providerFacts[status.provider];
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
