import type { ProviderStatus as Status } from '@shared/contract/vault';
import { providerDescriptors } from '@shared/providers';
import { Circle, CircleDashed, CircleX, type LucideIcon } from 'lucide-react';
import { Button as AriaButton } from 'react-aria-components';
import { useFeature, useStores } from '../../app/stores';
import { Ago } from '../../components/ago';
import { Hint } from '../../components/hint';
import { Skeleton } from '../../components/skeleton';
import { cx } from '../../lib/class-names';
import { formatDuration } from '../../lib/format';

const marks = {
  ok: { icon: Circle, className: 'size-2.5 fill-current text-good' },
  failed: { icon: CircleX, className: 'size-3.5 text-bad' },
  unknown: { icon: CircleDashed, className: 'size-3.5 text-text-3' },
  'not-configured': { icon: CircleDashed, className: 'size-3.5 text-text-3' },
} as const satisfies Record<Status['state'], { icon: LucideIcon; className: string }>;

/** The provider in use and its last answer: two lines, whatever it was, so that nothing moves with it. */
export function ProviderStatus() {
  const { navigation } = useStores();
  const status = useFeature('providerStatus', (state) => state.status);
  return (
    <section aria-label="Provider status" className="-mx-1.5 h-10">
      {status === undefined ? (
        <Skeleton className="mx-7.5 my-2 w-32" />
      ) : (
        <Hint text={status.error?.message ?? 'Open its settings'}>
          <AriaButton
            onPress={() => navigation.getState().go({ screen: 'settings', tab: 'vault' })}
            className="flex h-full w-full cursor-default gap-2 rounded-md border border-transparent px-1.5 text-left data-hovered:bg-hover"
          >
            <Answer status={status} />
          </AriaButton>
        </Hint>
      )}
    </section>
  );
}

function Answer({ status }: { readonly status: Status }) {
  const { provider, state } = status;
  const { icon: Icon, className } = marks[state];
  return (
    <>
      <span className="flex h-6 w-4 shrink-0 items-center justify-center">
        <Icon aria-hidden className={className} />
      </span>
      <span className="min-w-0 flex-1">
        <span className="block h-6 truncate leading-6 text-text-2">
          {providerDescriptors[provider].label}
        </span>
        <span
          className={cx(
            '-mt-0.5 block truncate text-2xs tabular-nums',
            state === 'failed' ? 'text-bad' : 'text-text-3',
          )}
        >
          <Words status={status} />
        </span>
      </span>
    </>
  );
}

/** Since the latest is what counts, when it was comes first, and why it failed may be cut short. */
function Words({ status: { state, at, latencyMs, error } }: { readonly status: Status }) {
  if (state === 'not-configured') return 'not set up';
  if (state === 'unknown' || at === undefined) return 'not asked yet';
  return (
    <>
      {state === 'ok' ? 'answered' : 'failed'} <Ago at={at} />
      {latencyMs === undefined ? null : `, in ${formatDuration(latencyMs)}`}
      {error === undefined ? null : `: ${error.message}`}
    </>
  );
}
