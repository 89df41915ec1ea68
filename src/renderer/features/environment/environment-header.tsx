import type { Environment } from '@shared/model/environment';
import { providerFacts } from '@shared/providers/facts';
import { CloudDownload, Triangle } from 'lucide-react';
import { useCommand } from '../../app/use-command';
import { useFeature, useStores } from '../../app/stores';
import { Ago } from '../../components/ago';
import { Button } from '../../components/button';
import { Chip } from '../../components/chip';
import { OwnerMark } from '../../components/owner-mark';
import { TextLink } from '../../components/text-link';
import { topics } from '../help/topics';
import { HelpButton } from '../help/help-button';
import { EnvironmentActions } from './actions/environment-actions';
import { SyncSwitch } from './sync/sync-switch';
import { usePull } from './use-pull';

export function EnvironmentHeader({ id }: { readonly id: string }) {
  const { help } = useStores();
  // The list knows the environment before it is opened, so the title is there at once.
  const listed = useFeature('environments', (state) => state.list.find((one) => one.id === id));
  const opened = useFeature('environment', (state) => state.data?.environment);
  // The name and the server's state are newest in the list; the rest is newest in the opened environment.
  const environment =
    opened?.id === id
      ? { ...opened, name: listed?.name ?? opened.name, server: listed?.server }
      : listed;

  return (
    <header className="@container flex flex-col gap-2 border-b border-line px-5 py-3">
      <div className="flex flex-wrap items-center gap-x-4">
        <h1
          className="min-h-7 max-w-full min-w-40 flex-auto truncate text-xl/7 font-semibold"
          title={environment?.name}
        >
          {environment?.name ?? 'Environment'}
        </h1>
        {listed?.active === true ? <Chip tone="secret">active</Chip> : null}
        {listed?.owner === undefined ? null : (
          <OwnerMark owner={listed.owner} onPress={() => help.getState().show(topics.owner)} />
        )}
        {environment === undefined ? null : (
          <p className="flex max-w-full min-w-0 items-center gap-2 text-xs text-text-2 @max-[24rem]:flex-wrap @max-[24rem]:gap-x-4 @max-[24rem]:gap-y-0">
            <Whereabouts environment={environment} />
          </p>
        )}
        {environment?.server === undefined ? null : <ServerNote server={environment.server} />}
      </div>
      {environment === undefined ? (
        <div className="h-7" />
      ) : (
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
          <div className="min-w-72 flex-1">
            <SyncSwitch environment={environment} />
          </div>
          <Actions environment={{ ...environment, active: listed?.active ?? false }} />
        </div>
      )}
    </header>
  );
}

function Actions({ environment }: { readonly environment: Environment }) {
  const { navigation } = useStores();
  const { id, synced, state } = environment;
  const pull = usePull(id);
  const pulling = useFeature('environment', (screen) => screen.pulling);
  const canCompare = useFeature('environments', ({ list }) => list.length > 1);
  const locked = useFeature('security', ({ protection }) => protection.locked);
  useCommand('pull', synced && !pulling && !locked ? () => void pull() : undefined);
  return (
    <div className="ml-auto flex shrink-0 items-center gap-2">
      {synced && state !== 'not-loaded' && !locked ? (
        <Button
          isBusy={pulling}
          onPress={() => void pull()}
          icon={<CloudDownload aria-hidden className="size-3.5" />}
        >
          Pull from Vault
        </Button>
      ) : null}
      {canCompare ? (
        <Button
          className="@max-[44rem]:hidden"
          onPress={() => navigation.getState().go({ screen: 'compare' })}
        >
          Compare
        </Button>
      ) : null}
      {synced ? (
        <Button
          className="@max-[36rem]:hidden"
          onPress={() => navigation.getState().go({ screen: 'migrate', id })}
        >
          Migrate…
        </Button>
      ) : null}
      <EnvironmentActions environment={environment} />
      <HelpButton />
    </div>
  );
}

/** The provider, the path and the version of the values, and when they were pulled. */
function Whereabouts({ environment }: { readonly environment: Environment }) {
  const { navigation } = useStores();
  const provider = useFeature('connection', ({ settings }) => settings.provider);
  const mode = useFeature('security', ({ protection }) => protection.mode);
  const { id, synced, path, revision, pulledAt } = environment;
  if (!synced) {
    return mode === 'session'
      ? 'On this computer, in memory until you quit'
      : 'On this computer, encrypted';
  }
  return (
    <>
      <span className="shrink-0">{providerFacts[provider].label}</span>
      <Divider />
      <span className="min-w-0 truncate font-mono text-text" title={path}>
        {path}
      </span>
      {revision === undefined ? null : (
        <>
          <Divider />
          <span className="shrink-0 tabular-nums">
            <TextLink
              label={`${revision}, history`}
              onPress={() => navigation.getState().go({ screen: 'history', id })}
            >
              {revision}
            </TextLink>
          </span>
        </>
      )}
      {pulledAt === undefined ? null : (
        <>
          <Divider />
          <span className="shrink-0">
            synced <Ago at={pulledAt} />
          </span>
        </>
      )}
    </>
  );
}

/** Somebody else changed the secret. The button below, Pull from Vault, fetches the change. */
const ServerNote = ({ server }: { readonly server: NonNullable<Environment['server']> }) => (
  <output className="flex shrink-0 items-center gap-1.5 rounded-xs bg-info-wash px-1.5 text-xs text-info">
    <Triangle aria-hidden className="size-2 fill-current" />
    {server.state === 'deleted' ? 'deleted on the server' : 'changed on the server'}
    {server.version === undefined ? null : `: ${server.version}`}
  </output>
);

const Divider = () => (
  <span aria-hidden className="h-3 w-px shrink-0 bg-line-strong @max-[24rem]:hidden" />
);
