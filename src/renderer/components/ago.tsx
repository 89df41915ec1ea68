import { formatAgo, formatDateTime } from '../lib/format';
import { useNow } from '../lib/use-now';

/** The time since something happened, kept up to date; the exact time on hover. */
export function Ago({ at, className }: { readonly at: number; readonly className?: string }) {
  const now = useNow();
  return (
    <time dateTime={new Date(at).toISOString()} title={formatDateTime(at)} className={className}>
      {formatAgo(at, Math.max(now, at))}
    </time>
  );
}
