import { useEffect, useState } from 'react';
import { formatAgo, formatDateTime } from '../lib/format';

const EVERY_MS = 20_000;

/** The time since something happened, kept up to date; the exact time on hover. */
export function Ago({ at, className }: { readonly at: number; readonly className?: string }) {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  return (
    <time dateTime={new Date(at).toISOString()} title={formatDateTime(at)} className={className}>
      {formatAgo(at, Math.max(now, at))}
    </time>
  );
}
