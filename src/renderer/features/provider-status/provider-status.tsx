import type { ProviderStatus as Status } from '@shared/contract/vault';
import { providerDescriptors } from '@shared/providers';
import { Circle, CircleDashed, CircleX, type LucideIcon } from 'lucide-react';
import { useFeature } from '../../app/stores';
import { Skeleton } from '../../components/skeleton';
import { Ago } from '../../components/ago';
import { cx } from '../../lib/class-names';
import { formatDuration } from '../../lib/format';

const marks = {
  ok: { icon: Circle, className: 'size-2.5 fill-current text-good' },
  failed: { icon: CircleX, className: 'size-3.5 text-bad' },
  unknown: { icon: CircleDashed, className: 'size-3.5 text-text-3' },
  'not-configured': { icon: CircleDashed, className: 'size-3.5 text-text-3' },
} as const satisfies Record<Status['state'], { icon: LucideIcon; className: string }>;

const words = {
  ok: 'answered',
  failed: 'failed',
  unknown: 'not asked yet',
  'not-configured': 'not set up',
} as const satisfies Record<Status['state'], string>;

/** The provider in use and its last answer. */
export function ProviderStatus() {
  const status = useFeature('providerStatus', (state) => state.status);
  if (status === undefined) return <Skeleton className="my-2 w-32" />;
  const { icon: Icon, className } = marks[status.state];
  return (
    <section aria-label="Provider status" className="flex flex-col gap-0.5">
      <div className="flex h-6 items-center gap-2">
        <span className="flex w-4 shrink-0 justify-center">
          <Icon aria-hidden className={className} />
        </span>
        <span className="min-w-0 flex-1 truncate text-text-2">
          {providerDescriptors[status.provider].label}
        </span>
        <span
          className={cx(
            'shrink-0 text-2xs tabular-nums',
            status.state === 'failed' ? 'text-bad' : 'text-text-3',
          )}
        >
          {status.state === 'ok' && status.latencyMs !== undefined
            ? formatDuration(status.latencyMs)
            : words[status.state]}
          {status.at === undefined || status.state === 'unknown' ? null : (
            <span className="sr-only">
              , <Ago at={status.at} />
            </span>
          )}
        </span>
      </div>
      {status.state === 'failed' && status.error !== undefined ? (
        <p className="line-clamp-2 pl-6 text-2xs text-text-2" title={status.error.message}>
          {status.error.message}
        </p>
      ) : null}
    </section>
  );
}
