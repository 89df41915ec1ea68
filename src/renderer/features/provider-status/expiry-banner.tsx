/** Warns of credentials that end soon, on every page that needs the server. */
import { useFeature, useStores } from '../../app/stores';
import { Banner } from '../../components/banner';
import { Button } from '../../components/button';
import { useNow } from '../../lib/use-now';
import { endsSoon, expiryAdvice, expirySentence } from './expiry';
import { useNeedsServer } from './use-needs-server';

export function ExpiryBanner() {
  const { navigation } = useStores();
  const expires = useFeature('providerStatus', ({ status }) => status?.expires);
  const isThere = useFeature(
    'navigation',
    ({ route }) => route.screen === 'settings' && route.tab === 'connection',
  );
  const needsServer = useNeedsServer();
  const now = useNow();
  if (!endsSoon(expires, now) || !needsServer) return null;
  return (
    <Banner
      tone="warn"
      title={expirySentence(expires, now)}
      {...(!isThere && {
        action: (
          <Button
            size="sm"
            onPress={() => navigation.getState().go({ screen: 'settings', tab: 'connection' })}
          >
            Open settings
          </Button>
        ),
      })}
    >
      {expiryAdvice[expires.what]}
    </Banner>
  );
}
