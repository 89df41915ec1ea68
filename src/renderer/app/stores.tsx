/**
 * The stores of one workspace, made anew for each, so that nothing of one can show in another. This is
 * the one place that knows how they bear on each other.
 */
import { createContext, useContext } from 'react';
import { useStore, type StoreApi } from 'zustand';
import type { Bridge } from '../bridge';
import { copyForAWhile } from '../features/environment/clipboard';
import { createEnvironmentScreen } from '../features/environment/store';
import { createEnvironments } from '../features/environments/store';
import { createProviderStatus } from '../features/provider-status/store';
import { summaryText } from '../features/pull/words';
import { createPull } from '../features/pull/store';
import { createSecurity } from '../features/security/store';
import { createActivity } from '../features/settings/activity/store';
import { createVaultSettings } from '../features/settings/vault/store';
import { formatDuration } from '../lib/format';
import { createAnnouncements } from './announcements';
import { createNavigation, type Route } from './navigation';
import type { PreferencesStore } from './preferences';
import { createNotices } from './notices';
import { createQuestions } from './questions';

/** Everything the first picture needs. Throws what the calls throw. */
export async function openStores({ client }: Bridge, preferences: PreferencesStore) {
  const [info, { workspaces, currentId }, protection] = await Promise.all([
    client.app.info(),
    client.workspaces.list(),
    client.security.protection(),
  ]);
  const workspace = workspaces.find(({ id }) => id === currentId);
  if (workspace === undefined)
    throw new Error('The current workspace is not among the workspaces.');

  const announcements = createAnnouncements();
  const { say } = announcements.getState();
  const environments = createEnvironments(client, workspace.id);
  const providerStatus = createProviderStatus(client, workspace.id);

  const environment = createEnvironmentScreen(client, {
    writeClipboard: copyForAWhile,
    onPulled: async () => {
      await refreshLists();
    },
    onCopied: (key, clearsAfterMs) =>
      say(`${key} copied. The clipboard is emptied after ${formatDuration(clearsAfterMs)}.`),
  });

  const refreshLists = () =>
    Promise.all([environments.getState().refresh(), providerStatus.getState().refresh()]);
  const refreshAll = () => Promise.all([refreshLists(), environment.getState().refresh()]);

  const pull = createPull(client, workspace.id, {
    onEnded: async (run) => {
      await refreshAll();
      // Its page says so itself.
      const { route } = navigation.getState();
      const onItsPage = route.screen === 'settings' && route.tab === 'vault';
      if (run.phase === 'done' && run.cause === 'pull-all' && !onItsPage) {
        say(`Pull All: ${summaryText(run.summary)}`);
      }
    },
  });

  const security = createSecurity(client, protection, {
    onChosen: () => void vault.getState().refresh(),
    onUnlocked: () => {
      void refreshAll();
      void vault.getState().refresh();
      void pull.getState().autoSync();
    },
    onLocked: () => {
      environment.getState().hideAll();
      vault.getState().forgetTyped();
      void vault.getState().refresh();
      void refreshAll();
    },
  });

  const [settings] = await Promise.all([
    client.vault.settings({ workspaceId: workspace.id }),
    refreshLists(),
  ]);

  const vault = createVaultSettings(client, workspace.id, settings, {
    onSaved: async () => {
      await Promise.all([refreshAll(), security.getState().refresh()]);
    },
    onTested: async () => {
      await providerStatus.getState().refresh();
    },
  });

  const navigation = createNavigation(firstRoute(protection.locked, environments.getState().list));

  return {
    client,
    workspace,
    info,
    preferences,
    announcements,
    questions: createQuestions(),
    navigation,
    notices: createNotices(client, info.notices),
    environments,
    environment,
    providerStatus,
    pull,
    security,
    vault,
    activity: createActivity(client, workspace.id),
  };
}

function firstRoute(locked: boolean, environments: readonly { readonly id: string }[]): Route {
  if (locked) return { screen: 'unlock' };
  const [first] = environments;
  return first === undefined ? { screen: 'welcome' } : { screen: 'environment', id: first.id };
}

export type Stores = Awaited<ReturnType<typeof openStores>>;

export const StoresContext = createContext<Stores | undefined>(undefined);

export function useStores(): Stores {
  const stores = useContext(StoresContext);
  if (stores === undefined) throw new Error('There are no stores around this component.');
  return stores;
}

type StateOf<Name extends keyof Stores> = Stores[Name] extends { getState: () => infer State }
  ? State
  : never;

type FeatureName = {
  [Name in keyof Stores]: Stores[Name] extends { getState: () => unknown } ? Name : never;
}[keyof Stores];

/** A part of one feature's state. The selector has to return something stable. */
export function useFeature<Name extends FeatureName, Part>(
  name: Name,
  select: (state: StateOf<Name>) => Part,
): Part {
  const store = useStores()[name] as unknown as StoreApi<StateOf<Name>>;
  return useStore<StoreApi<StateOf<Name>>, Part>(store, select);
}
