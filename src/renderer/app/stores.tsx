/**
 * The stores of one workspace, made anew for each, so that nothing of one can show in another. This is
 * the one place that knows how they bear on each other.
 */
import { createContext, useContext } from 'react';
import { useStore, type StoreApi } from 'zustand';
import { copyForAWhile } from '../features/environment/clipboard';
import { createDrafts, unsavedWorkOf } from '../features/environment/drafts-store';
import { createEnvironmentScreen } from '../features/environment/store';
import { createMerges } from '../features/environment/merge/store';
import { createSync } from '../features/environment/sync/store';
import { createEnvironments } from '../features/environments/store';
import { createProviderStatus } from '../features/provider-status/store';
import { summaryText } from '../features/pull/words';
import { createPull } from '../features/pull/store';
import { createSecurity } from '../features/security/store';
import { createActivity } from '../features/settings/activity/store';
import { createConnection, hasUnsavedChanges } from '../features/settings/connection/store';
import { createCompare } from '../features/compare/store';
import { createHistory } from '../features/history/store';
import { createMigrate, isMigrating } from '../features/migrate/store';
import { createHelp } from '../features/help/store';
import { createPalette } from '../features/palette/store';
import { createPush } from '../features/push/store';
import { createWorkspaces } from '../features/workspaces/store';
import { providerDescriptors } from '@shared/providers';
import { errorReport, type Bridge } from '../bridge';
import { download } from '../lib/download';
import { formatCount, formatDuration, plural } from '../lib/format';
import { createAnnouncements } from './announcements';
import { createNavigation, homeRoute, type Route } from './navigation';
import { createCommands } from './commands';
import type { PreferencesStore } from './preferences';
import { createNotices } from './notices';
import { createQuestions } from './questions';
import { LOOKED_AT } from './server-watch';

/** How the window came to the workspace it shows, other than by being opened. */
export interface Arrival {
  /** What is said of it. */
  readonly text: string;
  /** Where it was open before, so that it stays there if there is such a place. */
  readonly route: Route;
}

export interface OpenStoresOptions {
  readonly arrived: Arrival | undefined;
  /** Opens the stores of what is the current workspace by now, and ends these. */
  readonly reopen: (arrival: Arrival) => Promise<void>;
}

/** Everything the first picture needs. Throws what the calls throw. */
export async function openStores(
  { client }: Bridge,
  preferences: PreferencesStore,
  { arrived, reopen }: OpenStoresOptions,
) {
  const [info, { workspaces, currentId }, protection] = await Promise.all([
    client.app.info(),
    client.workspaces.list(),
    client.security.protection(),
  ]);
  const workspace = workspaces.find(({ id }) => id === currentId);
  if (workspace === undefined)
    throw new Error('The current workspace is not among the workspaces.');

  const questions = createQuestions();
  const announcements = createAnnouncements();
  const { say } = announcements.getState();
  const environments = createEnvironments(client, workspace.id);
  const providerStatus = createProviderStatus(client, workspace.id, {
    onBack: ({ provider }) => {
      const { list, glance } = environments.getState();
      const waiting = unsavedWork.drafts().length > 0 ? ' Unsaved edits can be saved now.' : '';
      say(`${providerDescriptors[provider].label} can be reached again.${waiting}`);
      drafts.getState().dismissErrors('OFFLINE');
      pull.getState().dismissError('OFFLINE');
      void environment.getState().refresh();
      // Pages that had nothing to show for it ask again. What a person began, they begin again.
      if (history.getState().error?.code === 'OFFLINE') void history.getState().startOver();
      if (push.getState().planError?.code === 'OFFLINE') void push.getState().makePlan();
      void pull.getState().autoSync();
      void glance(list.slice(0, LOOKED_AT).map(({ id }) => id));
    },
  });

  const drafts = createDrafts(client, {
    onSaved: async (open) => {
      environment.getState().show(open);
      const { name, revision } = open.environment;
      say(revision === undefined ? `${name} saved.` : `${name} saved as ${revision}.`);
      await refreshLists();
    },
    onOvertaken: (id) => merges.getState().saveOver(id),
  });
  const merges = createMerges(client, {
    drafts,
    onSaved: async (open) => {
      environment.getState().show(open);
      await refreshLists();
    },
    onFetched: async (theirs) => {
      if (theirs === undefined) await environment.getState().refresh();
      else environment.getState().show(theirs);
      await refreshLists();
    },
    say,
  });
  const environment = createEnvironmentScreen(client, {
    drafts,
    writeClipboard: copyForAWhile,
    onPulled: async () => {
      await refreshLists();
    },
    onCopied: (what, clearsAfterMs, leftOut = 0) => {
      const rest =
        leftOut === 0 ? '' : ` ${formatCount(leftOut)} left out: a .env file cannot hold them.`;
      say(
        `${what} copied.${rest} The clipboard is emptied after ${formatDuration(clearsAfterMs)}.`,
      );
    },
  });

  // Edits are put on newer values as soon as these are on show, wherever they came from.
  environment.subscribe(({ data }, before) => {
    if (data !== undefined && data !== before.data) {
      void merges.getState().carryOver(data.environment.id, data.base, false);
    }
  });

  // Where the edits are gone, as after Push All or with sync off, there is nothing to decide any more.
  drafts.subscribe(({ histories }) => {
    const { sessions, cancel } = merges.getState();
    for (const id of sessions.keys()) if (!histories.has(id)) cancel(id);
  });

  const sync = createSync(client, {
    drafts,
    onChanged: async (open) => {
      environment.getState().show(open);
      await refreshLists();
    },
  });

  const refreshLists = () =>
    Promise.all([environments.getState().refresh(), providerStatus.getState().refresh()]);
  const refreshAll = () => Promise.all([refreshLists(), environment.getState().refresh()]);

  const unsavedWork = unsavedWorkOf(drafts);

  const push = createPush(client, workspace.id, {
    unsaved: unsavedWork,
    onEnded: async () => {
      // What was asked to be saved may just have been.
      announcements.getState().dismiss();
      await refreshAll();
    },
  });

  const compare = createCompare(client, {
    mayReplace: async (key, target) => {
      const answer = await questions.getState().ask({
        title: `Replace ${key} in ${target}?`,
        text: `${target} has another value there. It is replaced, where ${target} keeps its values.`,
        answers: [{ id: 'replace', label: 'Replace', variant: 'danger' }],
      });
      return answer === 'replace';
    },
    onCopied: async (key, { environment: target }) => {
      say(`${key} copied to ${target.name}.`);
      await refreshLists();
    },
    onPulled: async () => {
      await refreshLists();
    },
  });

  const history = createHistory(client, {
    // Unsaved edits are put on it as soon as the environment is on show again.
    onRolledBack: async (open) => {
      environment.getState().show(open);
      await refreshLists();
    },
    say: (text) => say(text),
  });

  const migrate = createMigrate(client, workspace.id, {
    onEnded: async () => {
      await refreshAll();
    },
    onSaid: (text) => say(text),
    mayUndo: async ({ name, from, to }) => {
      const answer = await questions.getState().ask({
        title: `Undo the migration of ${name}?`,
        text: `${name} goes back to ${from.path}. The copy at ${to.path} is removed, if it is the same.`,
        answers: [{ id: 'undo', label: 'Undo migration', variant: 'danger' }],
      });
      return answer === 'undo';
    },
  });

  const pull = createPull(client, workspace.id, {
    onEnded: async (run) => {
      await refreshAll();
      // Its page says so itself.
      const { route } = navigation.getState();
      const onItsPage = route.screen === 'settings' && route.tab === 'connection';
      if (run.phase === 'done' && run.cause === 'pull-all' && !onItsPage) {
        say(`Pull All: ${summaryText(run.summary)}`);
      }
    },
    onUndeleted: async (path) => {
      say(`${path} brought back, and pulled.`);
      await refreshAll();
    },
  });

  const security = createSecurity(client, protection, {
    mayLock: async () => {
      const losses = unsavedEdits();
      if (losses.length === 0) return true;
      const answer = await questions.getState().ask({
        title: 'Lock and lose unsaved edits?',
        text: `${losses.join(' ')} Locking empties the memory, and they are lost with it.`,
        answers: [{ id: 'lock', label: 'Discard and lock', variant: 'danger' }],
      });
      return answer === 'lock';
    },
    onChosen: () => void connection.getState().refresh(),
    onUnlocked: () => {
      void refreshAll();
      void connection.getState().refresh();
      void pull.getState().autoSync();
    },
    onLocked: () => {
      drafts.getState().forgetAll();
      merges.getState().forgetAll();
      environment.getState().hideAll();
      void compare.getState().startOver();
      void history.getState().startOver();
      connection.getState().forgetTyped();
      void connection.getState().refresh();
      void refreshAll();
    },
  });

  const [settings] = await Promise.all([
    client.connections.settings({ workspaceId: workspace.id }),
    refreshLists(),
    migrate.getState().refreshPending(),
  ]);

  const connection = createConnection(client, workspace.id, settings, {
    onSaved: async () => {
      await Promise.all([
        refreshAll(),
        security.getState().refresh(),
        workspaceList.getState().refresh(),
      ]);
    },
    onTested: async () => {
      await providerStatus.getState().lookAgain();
      await providerStatus.getState().refresh();
    },
    mayUseGlobal: async () => {
      const answer = await questions.getState().ask({
        title: 'Use the global defaults in this workspace?',
        text: 'Its own settings and credentials are deleted from this computer. Values of its synced environments leave memory; nothing changes on a server.',
        answers: [{ id: 'use', label: 'Use global defaults', variant: 'danger' }],
      });
      return answer === 'use';
    },
  });

  const navigation = createNavigation(
    firstRoute(
      protection.locked,
      environments.getState().list,
      preferences.getState().lastEnvironments[workspace.id],
      arrived?.route,
    ),
  );
  navigation.subscribe(({ lastEnvironment }) => {
    if (lastEnvironment !== undefined) {
      preferences.getState().opened(workspace.id, lastEnvironment);
    }
  });

  const unsavedEdits = (): readonly string[] => {
    const ids = new Set(unsavedWork.drafts().map(({ id }) => id));
    if (ids.size === 0) return [];
    const names = environments.getState().list.filter(({ id }) => ids.has(id));
    return [`Unsaved edits: ${names.map(({ name }) => name).join(', ')}.`];
  };

  /** What would be lost by leaving, as a list of sentences. */
  const unsaved = (): readonly string[] => [
    ...(hasUnsavedChanges(connection.getState())
      ? ['The settings in Settings → Vault have unsaved changes.']
      : []),
    ...unsavedEdits(),
    ...(pull.getState().run.phase === 'running' ? ['A pull is under way.'] : []),
    ...(push.getState().run === undefined ? [] : ['A push is under way.']),
    ...(isMigrating(migrate.getState()) ? ['A migration is under way.'] : []),
  ];

  const workspaceList = createWorkspaces(client, workspaces, workspace, {
    mayLeave: async (to) => {
      const losses = unsaved();
      if (losses.length === 0) return true;
      const answer = await questions.getState().ask({
        title: `Switch to ${to}?`,
        text: `${losses.join(' ')} Switching discards and cancels them.`,
        answers: [{ id: 'switch', label: 'Discard and switch', variant: 'danger' }],
      });
      return answer === 'switch';
    },
    mayRemove: async ({ name }) => {
      const count = environments.getState().list.length;
      const answer = await questions.getState().ask({
        title: `Delete the workspace “${name}”?`,
        text: `This deletes its ${plural(count, 'environment')}, its own settings and credentials, and its activity from this computer, with the values of environments that are not synced. Nothing is deleted on a server.`,
        answers: [{ id: 'delete', label: 'Delete workspace', variant: 'danger' }],
      });
      return answer === 'delete';
    },
    onSwitched: (text) => reopen({ text, route: navigation.getState().route }),
    onFailed: (error) => {
      const { message, hint } = errorReport(error);
      say(`${message} ${hint}`, 'bad');
    },
  });

  /** Ends what is under way and forgets what is on show: the window goes to another workspace. */
  const close = (): void => {
    providerStatus.getState().close();
    pull.getState().cancel();
    push.getState().cancel();
    migrate.getState().cancel();
    compare.getState().close();
    history.getState().close();
    connection.getState().discard();
    connection.getState().forgetTyped();
    environment.getState().close();
    drafts.getState().forgetAll();
    merges.getState().forgetAll();
  };

  if (arrived !== undefined) say(arrived.text);
  void providerStatus.getState().watch();

  return {
    client,
    workspaceId: workspace.id,
    arrived,
    close,
    workspaces: workspaceList,
    commands: createCommands(),
    palette: createPalette(),
    help: createHelp(),
    info,
    preferences,
    announcements,
    questions,
    navigation,
    notices: createNotices(client, info.notices),
    environments,
    environment,
    drafts,
    merges,
    unsavedWork,
    sync,
    providerStatus,
    pull,
    push,
    compare,
    history,
    migrate,
    security,
    connection,
    activity: createActivity(client, workspace.id, {
      onExported: (text, fileName) => {
        download(text, fileName, 'application/x-ndjson');
        say(`${fileName} written to your downloads.`);
      },
    }),
  };
}

function firstRoute(
  locked: boolean,
  environments: readonly { readonly id: string }[],
  last: string | undefined,
  before: Route | undefined,
): Route {
  if (locked) return { screen: 'unlock' };
  if (before?.screen === 'settings') return before;
  return homeRoute(environments, last);
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
