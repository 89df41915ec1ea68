/** The versions of an environment that the provider keeps, the changes of each, and rolling back. */
import { providerFacts } from '@shared/providers/facts';
import type { SecretStanding } from '@shared/model/secret-history';
import { History, RotateCw } from 'lucide-react';
import { useEffect, type ReactNode } from 'react';
import { useFeature, useStores } from '../../app/stores';
import { Button } from '../../components/button';
import { Card, ErrorCard } from '../../components/card';
import { Centred, PageHeader } from '../../components/page';
import { Skeleton } from '../../components/skeleton';
import { formatDate } from '../../lib/format';
import { onAway } from '../../lib/on-away';
import { HelpButton } from '../help/help-button';
import { VersionDifferencePane } from './version-difference';
import { VersionList } from './version-list';
import type { KeptHistory } from './store';

export function HistoryScreen({ id }: { readonly id: string }) {
  const { history, navigation, preferences } = useStores();
  const name = useFeature('environments', ({ list }) => list.find((one) => one.id === id)?.name);
  const path = useFeature('environments', ({ list }) => list.find((one) => one.id === id)?.path);
  const loading = useFeature('history', (state) => state.loading);

  useEffect(() => {
    const { open, close, hideAll } = history.getState();
    void open(id);
    const stopHiding = onAway(hideAll, () => preferences.getState().hidesOnBlur);
    return () => {
      stopHiding();
      close();
    };
  }, [history, id, preferences]);

  return (
    <>
      <PageHeader
        title={`History of ${name ?? 'the environment'}`}
        help={<HelpButton />}
        actions={
          <>
            <Button
              variant="quiet"
              onPress={() => navigation.getState().go({ screen: 'environment', id })}
            >
              Back to environment
            </Button>
            <Button
              isBusy={loading}
              icon={<RotateCw aria-hidden className="size-3.5" />}
              onPress={() => void history.getState().refresh()}
            >
              Refresh
            </Button>
          </>
        }
      >
        The versions at <span className="font-mono wrap-anywhere">{path}</span>. Values are masked
        until you reveal them.
      </PageHeader>
      <Body id={id} />
    </>
  );
}

function Body({ id }: { readonly id: string }): ReactNode {
  const { help, history: store, navigation } = useStores();
  const history = useFeature('history', (state) => state.history);
  const error = useFeature('history', (state) => state.error);
  const { label, traits } = useFeature(
    'connection',
    ({ settings }) => providerFacts[settings.provider],
  );
  if (error !== undefined) {
    return (
      <div className="min-h-0 flex-1 overflow-auto p-5">
        <div className="max-w-xl">
          <ErrorCard
            report={error}
            actions={<Button onPress={() => void store.getState().refresh()}>Try again</Button>}
          />
        </div>
      </div>
    );
  }
  if (history === undefined) return <HistorySkeleton />;
  if (!history.isKept) {
    return (
      <Centred
        icon={<History aria-hidden className="size-5" />}
        title="No versions are kept"
        actions={
          <Button
            variant="primary"
            onPress={() => help.getState().show({ chapter: 'choosing-a-provider' })}
          >
            Compare the providers
          </Button>
        }
      >
        <p>{traits.withoutVersions ?? `${label} keeps no versions here.`}</p>
      </Centred>
    );
  }
  if (history.versions.length === 0) {
    return (
      <Centred
        icon={<History aria-hidden className="size-5" />}
        title="No versions yet"
        actions={
          <Button
            variant="primary"
            onPress={() => navigation.getState().go({ screen: 'environment', id })}
          >
            Edit the environment
          </Button>
        }
      >
        <p>
          There is no secret at this path, and no version of an earlier one. The first save makes
          the first version.
        </p>
      </Centred>
    );
  }
  return <Kept history={history} />;
}

function Kept({ history }: { readonly history: KeptHistory }) {
  const { secret, isComplete } = history;
  return (
    <div className="@container flex min-h-0 flex-1 flex-col">
      <GoneCard secret={secret} />
      <div className="flex min-h-0 flex-1 flex-col @min-[40rem]:flex-row">
        <div className="flex max-h-[36%] min-h-32 shrink-0 flex-col border-b border-line @min-[40rem]:max-h-none @min-[40rem]:min-h-0 @min-[40rem]:w-66 @min-[40rem]:border-r @min-[40rem]:border-b-0">
          <VersionList history={history} />
          {isComplete ? null : (
            <p className="border-t border-line px-4 py-2 text-xs text-text-2">
              Only versions with a label are listed. Listing all needs the permission
              ListSecretVersionIds.
            </p>
          )}
        </div>
        <VersionDifferencePane history={history} />
      </div>
    </div>
  );
}

/** Shown if the secret is deleted, with the way to undelete it. */
function GoneCard({ secret }: { readonly secret: SecretStanding }): ReactNode {
  const { history } = useStores();
  const busy = useFeature('history', (state) => state.busy);
  if (secret.state === 'present' || secret.state === 'absent') return null;
  const isScheduled = secret.state === 'scheduled';
  const canUndelete = secret.recoverable === true;
  return (
    <div className="border-b border-line px-5 py-3">
      <div className="max-w-2xl">
        <Card
          tone="info"
          title={
            isScheduled
              ? 'This secret is scheduled for deletion'
              : 'This secret was deleted on the server'
          }
          {...(canUndelete && {
            actions: (
              <Button
                variant="primary"
                isBusy={busy}
                onPress={() => void history.getState().undelete()}
              >
                Undelete
              </Button>
            ),
          })}
        >
          <p className="text-text-2">
            {canUndelete
              ? `It can be undeleted${secret.until === undefined ? '' : ` until ${formatDate(secret.until)}`}.`
              : 'Its newest version was destroyed and cannot be undeleted. Roll back to an older one.'}
            {isScheduled ? ' Until then its values cannot be read.' : null}
          </p>
        </Card>
      </div>
    </div>
  );
}

const ROWS = ['w-24', 'w-32', 'w-28', 'w-24', 'w-30'] as const;

const HistorySkeleton = () => (
  <div className="@container min-h-0 flex-1 overflow-hidden">
    <output className="sr-only">Asking for the versions</output>
    <div aria-hidden className="flex h-full flex-col @min-[40rem]:flex-row">
      <div className="flex flex-col gap-5 border-line p-5 @min-[40rem]:w-66 @min-[40rem]:border-r">
        {ROWS.map((width, index) => (
          // oxlint-disable-next-line react/no-array-index-key -- a fixed list of outlines
          <Skeleton key={index} className={width} />
        ))}
      </div>
      <div className="flex flex-1 flex-col gap-5 p-5">
        <Skeleton className="w-60" />
        <Skeleton className="w-80" />
        <Skeleton className="w-72" />
      </div>
    </div>
  </div>
);
