import type { ProviderStatus as Status } from '@shared/model/connection';
import { providerFacts } from '@shared/providers/facts';
import {
  Circle,
  CircleDashed,
  CircleX,
  Clock,
  CloudOff,
  RotateCw,
  type LucideIcon,
} from 'lucide-react';
import { Button as AriaButton } from 'react-aria-components';
import { useFeature, useStores } from '../../app/stores';
import { Ago } from '../../components/ago';
import { IconButton } from '../../components/button';
import { Hint } from '../../components/hint';
import { Skeleton } from '../../components/skeleton';
import { cx } from '../../lib/class-names';
import { formatDuration } from '../../lib/format';
import { useNow } from '../../lib/use-now';
import { endsSoon, timeLeft } from './expiry';
import { NextLook } from './next-look';
import { useTryNow } from './use-try-now';

const marks = {
  ok: { icon: Circle, className: 'size-2.5 fill-current text-good' },
  failed: { icon: CircleX, className: 'size-3.5 text-bad' },
  unknown: { icon: CircleDashed, className: 'size-3.5 text-text-3' },
  offline: { icon: CloudOff, className: 'size-3.5 text-warn' },
  'not-configured': { icon: CircleDashed, className: 'size-3.5 text-text-3' },
} as const satisfies Record<Status['state'], { icon: LucideIcon; className: string }>;

const stateNames = {
  ok: 'reachable',
  failed: 'failed',
  unknown: 'not checked yet',
  offline: 'offline',
  'not-configured': 'not set up',
} as const satisfies Record<Status['state'], string>;

const endingWords = {
  token: 'token ends',
  'sign-in': 'sign-in ends',
  'temporary-key': 'key ends',
} as const satisfies Record<NonNullable<Status['expires']>['what'], string>;

const ending = { icon: Clock, className: 'size-3.5 text-warn' } as const;

/** Nothing counts more than that the server is out of reach or refuses. */
const markOf = ({ state, expires }: Status, now: number) =>
  (state === 'ok' || state === 'unknown') && endsSoon(expires, now) ? ending : marks[state];

/** The current provider and its last answer, always in two lines, so that nothing moves. */
export function ProviderStatus() {
  const { navigation } = useStores();
  const status = useFeature('providerStatus', (state) => state.status);
  const offline = status?.state === 'offline';
  return (
    <section aria-label="Provider status" className="relative -mx-1.5 h-10">
      {/* Always in the page, so that it is read out. The countdown is not: it would be read each second. */}
      <output className="sr-only">
        {offline ? `${providerFacts[status.provider].label} is offline.` : ''}
      </output>
      {status === undefined ? (
        <Skeleton className="mx-7.5 my-2 w-32" />
      ) : (
        <Hint text={status.error?.message ?? 'Open settings'}>
          <AriaButton
            onPress={() => navigation.getState().go({ screen: 'settings', tab: 'connection' })}
            className={cx(
              'flex h-full w-full cursor-default gap-2 rounded-md border border-transparent px-1.5 text-left data-hovered:bg-hover',
              offline && 'pr-8',
            )}
          >
            <Answer status={status} />
          </AriaButton>
        </Hint>
      )}
      {offline ? <TryNow /> : null}
    </section>
  );
}

/** The same in one icon, for a sidebar of icons. */
export function ProviderStatusIcon() {
  const { navigation } = useStores();
  const status = useFeature('providerStatus', (state) => state.status);
  const now = useNow();
  if (status === undefined) return null;
  const { icon: Icon, className } = markOf(status, now);
  const ends = endsSoon(status.expires, now) ? `, ends ${timeLeft(status.expires, now)}` : '';
  const label = `${providerFacts[status.provider].label}: ${stateNames[status.state]}${ends}`;
  return (
    <IconButton
      label={label}
      hint={status.error?.message ?? label}
      onPress={() => navigation.getState().go({ screen: 'settings', tab: 'connection' })}
    >
      <Icon aria-hidden className={className} />
    </IconButton>
  );
}

function TryNow() {
  const tryNow = useTryNow();
  const looking = useFeature('providerStatus', (state) => state.looking);
  return (
    <IconButton
      size="sm"
      label="Try now"
      isDisabled={looking}
      onPress={() => void tryNow()}
      className="absolute top-2 right-1"
    >
      <RotateCw aria-hidden className="size-3.5" />
    </IconButton>
  );
}

function Answer({ status }: { readonly status: Status }) {
  const { provider, state } = status;
  const now = useNow();
  const { icon: Icon, className } = markOf(status, now);
  const isEnding = Icon === Clock;
  return (
    <>
      <span className="flex h-6 w-4 shrink-0 items-center justify-center">
        <Icon aria-hidden className={className} />
      </span>
      <span className="min-w-0 flex-1">
        <span className="block h-6 truncate leading-6 text-text-2">
          {providerFacts[provider].label}
        </span>
        <span
          className={cx(
            '-mt-0.5 block truncate text-2xs tabular-nums',
            state === 'failed'
              ? 'text-bad'
              : state === 'offline' || isEnding
                ? 'text-warn'
                : 'text-text-3',
          )}
        >
          {isEnding && status.expires !== undefined ? (
            <>
              {endingWords[status.expires.what]} {timeLeft(status.expires, now)}
            </>
          ) : (
            <Words status={status} />
          )}
        </span>
      </span>
    </>
  );
}

/** The last answer. Its time comes first, because the reason of a failure may be truncated. */
function Words({ status }: { readonly status: Status }) {
  const { state, at, latencyMs, error, nextLookAt } = status;
  if (state === 'not-configured') return 'not set up';
  if (state === 'offline') {
    return (
      <>
        offline
        {nextLookAt === undefined ? null : (
          <>
            , trying <NextLook at={nextLookAt} />
          </>
        )}
      </>
    );
  }
  if (state === 'unknown' || at === undefined) return 'not checked yet';
  return (
    <>
      {state === 'failed' ? 'failed' : latencyMs === undefined ? 'reachable' : 'answered'}{' '}
      <Ago at={at} />
      {latencyMs === undefined ? null : `, in ${formatDuration(latencyMs)}`}
      {error === undefined ? null : `: ${error.message}`}
    </>
  );
}
