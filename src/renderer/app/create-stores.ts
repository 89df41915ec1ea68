/**
 * The stores of one workspace. Each workspace gets new ones, so that nothing of one can show in
 * another. How they affect each other is in `wiring`.
 */
import type { Client } from '@shared/contract/window';
import type { Place } from '@shared/model/place';
import type { ApprovalsStore } from '../features/approvals/store';
import { createAudit } from '../features/audit/store';
import { createCompare } from '../features/compare/store';
import { copyForAWhile } from '../features/environment/clipboard';
import { holdEdits } from '../features/environment/held-edits';
import { createDrafts, unsavedWorkOf } from '../features/environment/drafts-store';
import { createMerges } from '../features/environment/merge/store';
import { createReferences } from '../features/environment/references/store';
import { createEnvironmentScreen } from '../features/environment/store';
import { createSync } from '../features/environment/sync/store';
import { createEnvironments } from '../features/environments/store';
import { createHelp } from '../features/help/store';
import { createHistory } from '../features/history/store';
import { createMigrate } from '../features/migrate/store';
import { askingOwners } from '../features/owners/owned-client';
import { createOwners } from '../features/owners/store';
import { createPalette } from '../features/palette/store';
import { createProviderStatus } from '../features/provider-status/store';
import { createPull } from '../features/pull/store';
import { createPush } from '../features/push/store';
import { createAttempt } from '../features/requests/attempt-store';
import { createRequests } from '../features/requests/store';
import { createKeyHolders, createSearch } from '../features/search/store';
import { createSecurity } from '../features/security/store';
import { createActivity } from '../features/settings/activity/store';
import { createConnection } from '../features/settings/connection/store';
import { createTour } from '../features/tour/store';
import { createWorkspaces, type Destination } from '../features/workspaces/store';
import { createAnnouncements } from './announcements';
import { createCommands } from './commands';
import { createElsewhere } from './elsewhere';
import { createNavigation, homeRoute, type Route } from './navigation';
import { createNotices } from './notices';
import type { PreferencesStore } from './preferences';
import { createQuestions } from './questions';
import { createSidebarState } from './sidebar-state';
import type { Events } from './wiring/events';

/** How the window came to the workspace it shows, unless the app has just started. */
export interface Arrival {
  /** The announcement. */
  readonly text: string;
  /** The page that was open before. It stays open if the workspace has such a page. */
  readonly route: Route;
  /** The page to open. Default: as `route` says. */
  readonly to?: Destination | undefined;
}

interface StoresOptions {
  /** The page in the address, when the app starts. */
  readonly place: Place | undefined;
  readonly preferences: PreferencesStore;
  readonly approvals: ApprovalsStore;
  readonly windowId: string;
  readonly events: Events;
  readonly arrived: Arrival | undefined;
}

/**
 * Creates them with everything the first picture needs. Their events are not connected yet. Throws
 * what the calls throw.
 */
export async function createStores(
  direct: Client,
  { preferences, approvals, windowId, events, arrived, place }: StoresOptions,
) {
  const client = askingOwners(direct, ({ id, path }) => {
    const { list } = environments.getState();
    const found = id ?? list.find((one) => one.synced && one.path === path)?.id;
    return found === undefined ? Promise.resolve(false) : owners.getState().mayChange(found, true);
  });
  const [info, { workspaces, currentId }, protection] = await Promise.all([
    client.app.info(),
    client.workspaces.list(),
    client.security.protection(),
  ]);
  // Of two windows, one may show another workspace than that which was switched to last.
  const workspace =
    workspaces.find(({ id }) => id === place?.workspace) ??
    workspaces.find(({ id }) => id === currentId);
  if (workspace === undefined) {
    throw new Error('The current workspace is not among the workspaces.');
  }
  const { id: workspaceId } = workspace;

  const announcements = createAnnouncements();
  const { say } = announcements.getState();
  const environments = createEnvironments(client, workspaceId);
  const owners = createOwners(direct, {
    ...events.owners,
    environments: () => environments.getState().list,
    refresh: environments.getState().refresh,
  });
  const { mayChange } = owners.getState();
  const providerStatus = createProviderStatus(client, workspaceId, events.providerStatus);
  const migrate = createMigrate(client, workspaceId, {
    ...events.migrate,
    mayChange,
    say,
    environments: () => environments.getState().list,
  });
  const [settings] = await Promise.all([
    client.connections.settings({ workspaceId }),
    environments.getState().refresh(),
    providerStatus.getState().refresh(),
    migrate.getState().refreshPending(),
  ]);

  const hideAfterSeconds = (): number => preferences.getState().hideAfterSeconds;
  const drafts = createDrafts(client, events.drafts);
  const heldEdits = holdEdits(direct, {
    ...events.heldEdits,
    windowId,
    workspaceId,
    drafts,
    say,
  });
  const unsavedWork = unsavedWorkOf(drafts);
  const references = createReferences(client, {
    ...events.references,
    drafts,
    environments: () => environments.getState().list,
    say,
  });
  const security = createSecurity(client, protection, events.security);
  const requests = createRequests(client, workspaceId, { ...events.requests, say });
  const route = firstRoute(
    protection.locked,
    environments.getState().list,
    preferences.getState().lastEnvironments[workspaceId],
    arrived?.route,
  );

  return {
    client,
    info,
    preferences,
    workspaceId,
    arrived,

    // The window
    announcements,
    approvals,
    commands: createCommands(),
    help: createHelp(),
    navigation: createNavigation(route, (from, to) => {
      const { hasInput, close } = requests.getState();
      if (from.screen !== 'requests' || to.screen === 'requests' || !hasInput) return undefined;
      return events.requests.mayDiscard().then((may) => {
        if (may) close();
        return may;
      });
    }),
    notices: createNotices(client, info.notices),
    palette: createPalette(),
    questions: createQuestions(),
    paletteSearch: createSearch(client, workspaceId),
    sidebar: createSidebarState(preferences),
    tour: createTour(workspace.sample === true),
    sidebarSearch: createSearch(client, workspaceId),
    keyHolders: createKeyHolders(client, workspaceId),

    // The workspace
    activity: createActivity(client, workspaceId, events.activity),
    audit: createAudit(client, events.audit),
    connection: createConnection(client, workspaceId, settings, events.connection),
    elsewhere: createElsewhere(client, workspaceId, events.elsewhere),
    environments,
    migrate,
    owners,
    providerStatus,
    pull: createPull(client, workspaceId, events.pull),
    requests,
    attempt: createAttempt(client, {
      onEnded: requests.getState().refresh,
      now: () => performance.now(),
    }),
    push: createPush(client, workspaceId, { ...events.push, mayChange, unsaved: unsavedWork }),
    security,
    workspaces: createWorkspaces(client, workspaces, workspace, events.workspaces),

    // The environments
    compare: createCompare(client, { ...events.compare, hideAfterSeconds, mayChange, drafts }),
    drafts,
    environment: createEnvironmentScreen(client, {
      ...events.environment,
      hideAfterSeconds,
      drafts,
      loadsOnOpen: () =>
        preferences.getState().loadOnOpen && !security.getState().protection.locked,
      permit: owners.getState().permit,
      checkTyped: references.getState().checkTyped,
      writeClipboard: copyForAWhile,
    }),
    heldEdits,
    history: createHistory(client, {
      ...events.history,
      hideAfterSeconds,
      mayChange,
      drafts,
      say,
    }),
    references,
    merges: createMerges(client, { ...events.merges, hideAfterSeconds, drafts, say }),
    sync: createSync(client, { ...events.sync, drafts }),
    unsavedWork,
  };
}

export type Stores = Awaited<ReturnType<typeof createStores>>;

function firstRoute(
  locked: boolean,
  environments: readonly { readonly id: string }[],
  last: string | undefined,
  before: Route | undefined,
): Route {
  if (locked) return { screen: 'unlock' };
  if (before?.screen === 'settings' || before?.screen === 'requests') return before;
  return homeRoute(environments, last);
}
