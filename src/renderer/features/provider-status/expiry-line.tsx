/** When the credentials of the saved connection end, in one quiet line. */
import { useFeature } from '../../app/stores';
import { formatDateTime } from '../../lib/format';
import { useNow } from '../../lib/use-now';
import { expirySentence } from './expiry';

export function ExpiryLine() {
  const expires = useFeature('providerStatus', ({ status }) => status?.expires);
  const now = useNow();
  if (expires === undefined) return null;
  return (
    <span title={formatDateTime(expires.at)}>
      {expirySentence(expires, now)}
      {expires.renews ? ', and is renewed before then.' : '.'}
    </span>
  );
}
