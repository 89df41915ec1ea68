import type { OpenEnvironment } from '@shared/contract/environments';
import type { Environment } from '@shared/model/environment';
import { providerDescriptors } from '@shared/providers';
import { CloudDownload, Laptop } from 'lucide-react';
import { useEffect, type ReactNode } from 'react';
import { useFeature, useStores } from '../../app/stores';
import { Ago } from '../../components/ago';
import { Button } from '../../components/button';
import { ErrorCard } from '../../components/card';
import { Centred } from '../../components/page';
import { TextLink } from '../../components/text-link';
import { VariablesPane, VariablesSkeleton } from './variables-pane';

export function EnvironmentScreen({ id }: { readonly id: string }) {
  const { environment } = useStores();
  const shownId = useFeature('environment', (state) => state.id);
  const data = useFeature('environment', (state) => state.data);
  const error = useFeature('environment', (state) => state.error);

  useEffect(() => {
    const { open, close, hideAll } = environment.getState();
    const onHidden = (): void => {
      if (document.hidden) hideAll();
    };
    void open(id);
    // A revealed value is for the person at this window, while they are at it.
    window.addEventListener('blur', hideAll);
    document.addEventListener('visibilitychange', onHidden);
    return () => {
      window.removeEventListener('blur', hideAll);
      document.removeEventListener('visibilitychange', onHidden);
      close();
    };
  }, [environment, id]);

  return (
    <>
      <EnvironmentHeader id={id} />
      {data === undefined || shownId !== id ? (
        error === undefined ? (
          <VariablesSkeleton />
        ) : (
          <Failure />
        )
      ) : (
        <EnvironmentBody data={data} />
      )}
    </>
  );
}

function EnvironmentHeader({ id }: { readonly id: string }) {
  const { environment: store } = useStores();
  // The list knows the environment before it is opened, so that the title is there at once.
  const listed = useFeature('environments', (state) => state.list.find((one) => one.id === id));
  const opened = useFeature('environment', (state) => state.data?.environment);
  const pulling = useFeature('environment', (state) => state.pulling);
  const provider = useFeature('vault', (state) => state.settings.provider);
  const environment = opened?.id === id ? opened : listed;

  return (
    <header className="@container border-b border-line px-5 py-3">
      <div className="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 gap-y-1.5 @min-[40rem]:grid-cols-[minmax(8rem,1fr)_minmax(0,auto)_auto]">
        <h1 className="min-h-7 truncate text-xl/7 font-semibold" title={environment?.name}>
          {environment?.name ?? 'Environment'}
        </h1>
        {environment === undefined ? null : (
          <p className="flex min-w-0 items-center gap-2 text-xs text-text-2 @max-[40rem]:order-last @max-[40rem]:col-span-2">
            <Whereabouts environment={environment} provider={providerDescriptors[provider].label} />
          </p>
        )}
        {environment?.synced === true && environment.state !== 'not-loaded' ? (
          <Button
            isBusy={pulling}
            onPress={() => void store.getState().pull()}
            icon={<CloudDownload aria-hidden className="size-3.5" />}
          >
            Pull from Vault
          </Button>
        ) : null}
      </div>
    </header>
  );
}

/** Where the values live, as which version, and since when they are here. */
function Whereabouts({
  environment,
  provider,
}: {
  readonly environment: Environment;
  readonly provider: string;
}) {
  const { synced, path, revision, pulledAt } = environment;
  if (!synced) return 'On this computer';
  return (
    <>
      <span className="shrink-0">{provider}</span>
      <Divider />
      <span className="min-w-0 truncate font-mono text-text" title={path}>
        {path}
      </span>
      {revision === undefined ? null : (
        <>
          <Divider />
          <span className="shrink-0 tabular-nums">{revision}</span>
        </>
      )}
      {pulledAt === undefined ? null : (
        <>
          <Divider />
          <span className="shrink-0">
            pulled <Ago at={pulledAt} />
          </span>
        </>
      )}
    </>
  );
}

const Divider = () => <span aria-hidden className="h-3 w-px shrink-0 bg-line-strong" />;

function EnvironmentBody({ data }: { readonly data: OpenEnvironment }): ReactNode {
  const { environment } = data;
  if (!environment.synced) return <LocalEnvironment />;
  if (environment.state === 'not-loaded') return <NotLoaded />;
  if (environment.state === 'failed' && data.variables.length === 0) return <Failure />;
  return (
    <>
      <PullError />
      <VariablesPane data={data} />
    </>
  );
}

function NotLoaded() {
  const { environment } = useStores();
  const pulling = useFeature('environment', (state) => state.pulling);
  const error = useFeature('environment', (state) => state.error);
  if (error !== undefined) return <Failure />;
  return (
    <Centred
      icon={<CloudDownload aria-hidden className="size-5" />}
      title="Not loaded"
      actions={
        <Button
          variant="primary"
          isBusy={pulling}
          onPress={() => void environment.getState().pull()}
        >
          Pull from Vault
        </Button>
      }
    >
      <p>
        The values of this environment are with the provider. Pulling brings them into memory until
        you quit or lock.
      </p>
    </Centred>
  );
}

const LocalEnvironment = () => (
  <Centred icon={<Laptop aria-hidden className="size-5" />} title="On this computer only">
    <p>
      This environment is not linked to a provider and has no variables yet. To work with secrets
      that a provider already holds, use Pull All: it makes an environment of each.
    </p>
  </Centred>
);

function useFailure() {
  const thrown = useFeature('environment', (state) => state.error);
  const problem = useFeature('environment', (state) => state.data?.environment.problem);
  return thrown ?? problem;
}

function FailureCard() {
  const { environment, navigation } = useStores();
  const report = useFailure();
  const pulling = useFeature('environment', (state) => state.pulling);
  if (report === undefined) return null;
  return (
    <ErrorCard
      report={report}
      actions={
        <>
          <Button isBusy={pulling} onPress={() => void environment.getState().pull()}>
            Try again
          </Button>
          {report.code === 'KEY_LOCKED' ? (
            <TextLink onPress={() => navigation.getState().go({ screen: 'unlock' })}>
              Enter passphrase
            </TextLink>
          ) : (
            <TextLink
              onPress={() => navigation.getState().go({ screen: 'settings', tab: 'vault' })}
            >
              Open Settings
            </TextLink>
          )}
        </>
      }
    />
  );
}

/** Nothing to show but the reason. */
const Failure = () => (
  <div className="min-h-0 flex-1 overflow-auto p-5">
    <div className="max-w-xl">
      <FailureCard />
    </div>
  </div>
);

/** A pull that failed over values that are still there from an earlier one. */
function PullError() {
  const report = useFailure();
  if (report === undefined) return null;
  return (
    <div className="px-5 pt-3">
      <FailureCard />
    </div>
  );
}
