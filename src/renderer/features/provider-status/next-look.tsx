import { useEffect, useState } from 'react';

/** Counts down: `in 12 s`, then `now`. */
export function NextLook({ at }: { readonly at: number }) {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  const seconds = Math.ceil((at - now) / 1000);
  if (seconds <= 0) return 'now';
  return seconds < 60
    ? `in ${String(seconds)} s`
    : `in ${String(Math.floor(seconds / 60))} min ${String(seconds % 60)} s`;
}
