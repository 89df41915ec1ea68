import { mayBeUndeleted } from '@shared/errors';
import { pathIn } from '@shared/model/layout';
import type { OpenEnvironment } from '@shared/model/open-environment';
import { providerFacts } from '@shared/providers/facts';
import { CloudDownload, LockKeyhole } from 'lucide-react';
import { useEffect, type ReactNode } from 'react';
import { useFeature, useStores } from '../../app/stores';
import { Button } from '../../components/button';
import { Card, ErrorCard } from '../../components/card';
import { Centred } from '../../components/page';
import { Spinner } from '../../components/spinner';
import { TextLink } from '../../components/text-link';
import { formatDate } from '../../lib/format';
import { onAway } from '../../lib/on-away';
import { PendingMigrations } from '../migrate/pending-migrations';
import { UnlockButton } from '../security/unlock-button';
import { DraftNotices } from './draft-notices';
import { unsavedCount } from './drafts-store';
import { EnvironmentHeader } from './environment-header';
import { SyncError } from './sync/sync-error';
import { usePull } from './use-pull';
import { VariablesPane, VariablesSkeleton } from './variables-pane';
import { laterComponent } from '../../lib/later';

const TextPane = laterComponent(async () => (await import('./text/text-pane')).TextPane);

const ReviewPane = laterComponent(async () => (await import('./review-pane')).ReviewPane);

const ImportPane = laterComponent(async () => (await import('./import/import-pane')).ImportPane);

const MergeScreen = laterComponent(async () => (await import('./merge/merge-screen')).MergeScreen);

const Meeting = laterComponent(async () => (await import('./sync/meeting')).Meeting);

export function EnvironmentScreen({ id }: { readonly id: string }) {
  const { environment, sync, preferences } = useStores();
  const shownId = useFeature('environment', (state) => state.id);
  const data = useFeature('environment', (state) => state.data);
  const error = useFeature('environment', (state) => state.error);
  const locked = useFeature('security', ({ protection }) => protection.locked);
  const [layout] = useFeature(
    'connection',
    ({ settings }) => providerFacts[settings.provider].traits.layouts,
  );
  const path = useFeature('environments', ({ list }) => {
    const environment = list.find((one) => one.id === id);
    if (environment === undefined) return '';
    return environment.synced ? environment.path : pathIn(environment.path, layout);
  });

  useEffect(() => {
    const { open, close, hideAll } = environment.getState();
    void open(id);
    const stopHiding = onAway(hideAll, () => preferences.getState().hidesOnBlur);
    return () => {
      stopHiding();
      close();
    };
  }, [environment, id, preferences]);

  useEffect(() => sync.getState().begin(id, path), [sync, id, path]);

  return (
    <>
      <EnvironmentHeader id={id} />
      <div className="px-5 pt-3 empty:hidden">
        <PendingMigrations environmentIds={[id]} />
      </div>
      {locked ? (
        <Locked />
      ) : data === undefined || shownId !== id ? (
        error === undefined ? (
          <VariablesSkeleton />
        ) : (
          <Failure id={id} />
        )
      ) : (
        <EnvironmentBody data={data} />
      )}
    </>
  );
}

function EnvironmentBody({ data }: { readonly data: OpenEnvironment }): ReactNode {
  const { environment } = data;
  const { id, synced, state } = environment;
  const mode = useFeature('environment', (screen) => screen.mode);
  const merges = useFeature('merges', ({ sessions }) => sessions.has(id));
  const hasEdits = useFeature('drafts', (drafts) => unsavedCount(drafts, id) > 0);
  const meets = useFeature('sync', (sync) => sync.id === id && sync.meeting !== undefined);
  if (meets) return <Meeting environment={environment} />;
  if (merges) return <MergeScreen id={id} />;
  if (synced && state === 'not-loaded') return <NotLoaded id={id} />;
  if (synced && state === 'failed' && data.base === undefined) return <Failure id={id} />;
  return (
    <>
      <PullError id={id} />
      <DeletedNotice id={id} />
      <SyncError id={id} synced={synced} />
      <DraftNotices data={data} />
      {mode === 'text' ? (
        <TextPane data={data} />
      ) : mode === 'import' ? (
        <ImportPane data={data} />
      ) : mode === 'review' && hasEdits ? (
        <ReviewPane data={data} />
      ) : (
        <VariablesPane data={data} />
      )}
    </>
  );
}

function Locked() {
  return (
    <Centred
      icon={<LockKeyhole aria-hidden className="size-5" />}
      title="Credentials are locked"
      actions={<UnlockButton />}
    >
      <p>Unlock them to load the values of this environment.</p>
    </Centred>
  );
}

/** The outline of the grid while the values are on their way, with a quiet note. */
function Loading() {
  const label = useFeature('connection', ({ settings }) => providerFacts[settings.provider].label);
  return (
    <div className="relative flex min-h-0 flex-1 flex-col">
      <VariablesSkeleton />
      <output className="absolute top-2.5 right-5 flex h-7.5 items-center gap-2 text-xs text-text-3">
        <Spinner />
        Loading from {label}
      </output>
    </div>
  );
}

function NotLoaded({ id }: { readonly id: string }) {
  const pull = usePull(id);
  const pulling = useFeature('environment', (state) => state.pulling);
  const failure = useFailure();
  if (pulling) return <Loading />;
  if (failure !== undefined) return <Failure id={id} />;
  return (
    <>
      <SyncError id={id} synced />
      <Centred
        icon={<CloudDownload aria-hidden className="size-5" />}
        title="Not loaded"
        actions={
          <Button variant="primary" onPress={() => void pull()}>
            Pull from Vault
          </Button>
        }
      >
        <p>
          The values of this environment are only at the provider. Pull them to have them in memory
          until you quit or lock.
        </p>
      </Centred>
    </>
  );
}

function useFailure() {
  const thrown = useFeature('environment', (state) => state.error);
  const problem = useFeature('environment', (state) => state.data?.environment.problem);
  // A banner above the page says already that the server is out of reach.
  return thrown?.code === 'OFFLINE' ? undefined : (thrown ?? problem);
}

function FailureCard({ id }: { readonly id: string }) {
  const { navigation, environment } = useStores();
  const pull = usePull(id);
  const report = useFailure();
  const pulling = useFeature('environment', (state) => state.pulling);
  const synced = useFeature('environment', (state) => state.data?.environment.synced ?? false);
  if (report === undefined) return null;
  return (
    <ErrorCard
      report={report}
      actions={
        <>
          {mayBeUndeleted(report.code) ? (
            <Button
              variant="primary"
              isBusy={pulling}
              onPress={() => void environment.getState().undelete()}
            >
              Undelete
            </Button>
          ) : null}
          <Button
            isBusy={pulling}
            onPress={() => void (synced ? pull() : environment.getState().refresh())}
          >
            Try again
          </Button>
          {mayBeUndeleted(report.code) ? (
            <TextLink onPress={() => navigation.getState().go({ screen: 'history', id })}>
              History
            </TextLink>
          ) : null}
        </>
      }
    />
  );
}

/** Seen by metadata alone: what is in memory is gone from the server. */
function DeletedNotice({ id }: { readonly id: string }) {
  const { environment, navigation } = useStores();
  const failure = useFailure();
  const pulling = useFeature('environment', (state) => state.pulling);
  const server = useFeature(
    'environments',
    ({ list }) => list.find((one) => one.id === id)?.server,
  );
  if (failure !== undefined || server?.state !== 'deleted') return null;
  const { recoverable = false, until } = server;
  return (
    <div className="shrink-0 px-5 pt-3">
      <div className="max-w-2xl">
        <Card
          tone="info"
          title="Someone else deleted this on the server"
          actions={
            <>
              {recoverable ? (
                <Button isBusy={pulling} onPress={() => void environment.getState().undelete()}>
                  Undelete
                </Button>
              ) : null}
              <TextLink onPress={() => navigation.getState().go({ screen: 'history', id })}>
                History
              </TextLink>
            </>
          }
        >
          <p className="text-text-2">
            {recoverable
              ? `It can be undeleted${until === undefined ? '' : ` until ${formatDate(until)}`}.`
              : 'It cannot be undeleted.'}{' '}
            The variables below were read before that and are still in memory.
          </p>
        </Card>
      </div>
    </div>
  );
}

/** Shown instead of the variables. */
const Failure = ({ id }: { readonly id: string }) => (
  <div className="min-h-0 flex-1 overflow-auto p-5">
    <div className="max-w-xl">
      <FailureCard id={id} />
    </div>
  </div>
);

/** A pull failed, and the values of an earlier one are still on show. */
function PullError({ id }: { readonly id: string }) {
  const report = useFailure();
  if (report === undefined) return null;
  return (
    <div className="shrink-0 px-5 pt-3">
      <div className="max-w-2xl">
        <FailureCard id={id} />
      </div>
    </div>
  );
}
