/** The composition root: from what a host gives to the router that both hosts serve. */
import type { AppInfo } from '@shared/contract/app';
import type { Look, Theme } from '@shared/model/preferences';
import { ActivityLog } from './activity/activity-log';
import { ClipboardService, type HostClipboard } from './clipboard/clipboard-service';
import { CompareService } from './compare/compare-service';
import { CredentialStore } from './credentials/credential-store';
import type { Keychain } from './credentials/keychain';
import { createKeyStore } from './credentials/key-store';
import { ActivityRows } from './database/activity';
import { SealedCredentials } from './database/credentials';
import { Environments } from './database/environments';
import { SealedDocuments } from './database/local-documents';
import { Moves } from './database/moves';
import { openDatabase } from './database/open';
import { Preferences } from './database/preferences';
import { VariableMarks } from './database/variable-marks';
import { VaultConfigurations } from './database/vault-configurations';
import { Workspaces } from './database/workspaces';
import { EnvironmentService } from './environments/environment-service';
import { EnvironmentValues } from './environments/environment-values';
import { GlanceService } from './environments/glance-service';
import { Glances } from './environments/glances';
import { HistoryService } from './environments/history-service';
import { LocalDocuments } from './environments/local-documents';
import { MergeService } from './environments/merge-service';
import { SyncService } from './environments/sync-service';
import { MoveService } from './moves/move-service';
import { Notices } from './notices/notices';
import { PreferencesService } from './preferences/preferences-service';
import { createAwsSecretsManagerFactory } from './providers/aws-secrets-manager/factory';
import { createHashicorpVaultFactory } from './providers/hashicorp-vault/factory';
import { createLocalVaultFactory } from './providers/local-vault/factory';
import { environmentProxy, type SystemProxy } from './providers/network/system-proxy';
import type { ProviderRegistry } from './providers/registry';
import { createRouter, type Router } from './router';
import { SessionSecrets } from './secrets/session-secrets';
import { SampleService } from './samples/sample-service';
import { SecurityService } from './security/security-service';
import { Changes } from './vault/changes';
import { Configurations } from './vault/configurations';
import { Connections } from './vault/connections';
import { ProviderStatuses } from './vault/provider-statuses';
import { PushService } from './vault/push-service';
import { Reachability, systemTimers } from './vault/reachability';
import { StatusService } from './vault/status-service';
import { VaultService } from './vault/vault-service';
import { WorkspaceService } from './workspaces/workspace-service';

export type { HostClipboard } from './clipboard/clipboard-service';

export interface AppOptions {
  readonly host: 'desktop' | 'browser';
  readonly version: string;
  readonly dataDirectory: string;
  readonly keychain: Keychain;
  /** Absent where the host has no clipboard: then the window puts copied values there itself. */
  readonly clipboard?: HostClipboard;
  /** Called when a person chooses a theme, for what the host draws around the page. */
  readonly onTheme?: (theme: Theme) => void;
  /** Which proxy this computer asks for. Default: that of the environment. */
  readonly systemProxy?: SystemProxy;
  /** Milliseconds since 1970, UTC. Default: the clock of this computer. */
  readonly now?: () => number;
}

/** What the router's handlers call. */
export interface Services {
  readonly info: Omit<AppInfo, 'notices'>;
  readonly notices: Notices;
  readonly preferences: PreferencesService;
  readonly workspaces: WorkspaceService;
  readonly environments: EnvironmentService;
  readonly sync: SyncService;
  readonly samples: SampleService;
  readonly compare: CompareService;
  readonly merges: MergeService;
  readonly glances: GlanceService;
  readonly history: HistoryService;
  readonly vault: VaultService;
  readonly status: StatusService;
  readonly push: PushService;
  readonly moves: MoveService;
  readonly security: SecurityService;
  readonly activity: ActivityLog;
  readonly clipboard: ClipboardService;
}

export interface App {
  readonly router: Router;
  /** What has to be known of the preferences before the page is drawn. */
  look(): Look;
  /** Empties the memory, closes connections and the database. */
  close(): Promise<void>;
}

/** Throws `AppError` (`DATA_DIRECTORY_IN_USE`, `STORAGE_FAILED`, `DATA_TOO_NEW`) where it cannot start at all. */
export async function openApp(options: AppOptions): Promise<App> {
  const {
    host,
    version,
    dataDirectory,
    keychain,
    clipboard: hostClipboard,
    onTheme,
    systemProxy = environmentProxy(process.env),
    now = Date.now,
  } = options;
  const { database, notices: databaseNotices } = openDatabase(dataDirectory);
  try {
    const keyStore = createKeyStore({ dataDirectory, keychain });
    const credentials = new CredentialStore(new SealedCredentials(database), keyStore);
    const registry: ProviderRegistry = {
      'hashicorp-vault': createHashicorpVaultFactory({ systemProxy }),
      'aws-secrets-manager': createAwsSecretsManagerFactory({ systemProxy }),
      'local-vault': createLocalVaultFactory({ dataDirectory, keys: keyStore }),
    };
    const workspaces = new Workspaces(database);
    const configurations = new Configurations(
      new VaultConfigurations(database, now),
      credentials,
      workspaces,
    );
    const activity = new ActivityLog(new ActivityRows(database), workspaces, now);
    const timers = systemTimers(now);
    const changes = new Changes();
    const statuses = new ProviderStatuses(now, changes);
    const reachability = new Reachability({
      timers,
      changes,
      onLost: ({ workspaceId }, { message }) => {
        activity.record({
          workspaceId,
          action: 'went-offline',
          outcome: 'failed',
          detail: message,
        });
      },
      onFound: (connectionId) => statuses.set(connectionId, { state: 'ok' }),
    });
    const connections = new Connections(configurations, credentials, registry, reachability);
    const session = new SessionSecrets();
    const rows = new Environments(database);
    const documents = new LocalDocuments(new SealedDocuments(database), keyStore);
    const values = new EnvironmentValues(session, documents);
    const marks = new VariableMarks(database);
    const moves = new Moves(database);
    const glances = new Glances();
    const environments = new EnvironmentService({
      rows,
      marks,
      values,
      documents,
      moves,
      configurations,
      connections,
      statuses,
      glances,
      activity,
      now,
    });
    const sync = new SyncService({
      environments,
      rows,
      values,
      marks,
      documents,
      connections,
      activity,
      now,
    });
    const vault = new VaultService({
      configurations,
      connections,
      credentials,
      environments,
      session,
      statuses,
      changes,
      activity,
    });
    const status = new StatusService({ configurations, statuses, reachability, changes, timers });
    const clipboard = new ClipboardService(hostClipboard);
    const preferenceRows = new Preferences(database);
    const preferences = new PreferencesService(preferenceRows, workspaces, onTheme);
    const router = createRouter({
      info: {
        name: 'Strongroom',
        version,
        host,
        dataDirectory,
        runtimes: runtimesOf(process.versions),
      },
      notices: new Notices([...databaseNotices, ...keyStore.notices]),
      preferences,
      workspaces: new WorkspaceService({
        rows: workspaces,
        preferences: preferenceRows,
        environments: rows,
        documents,
        configurations,
        connections,
        session,
        activity,
        now,
      }),
      environments,
      merges: new MergeService({ environments, values, connections }),
      glances: new GlanceService({ environments, values, connections, glances, reachability }),
      history: new HistoryService({ environments, values, connections, statuses }),
      sync,
      samples: new SampleService({ keys: keyStore, configurations, vault, environments, sync }),
      compare: new CompareService({ environments, marks }),
      vault,
      status,
      push: new PushService({ environments, sync, values, connections, activity }),
      moves: new MoveService({
        environments,
        rows,
        values,
        journal: moves,
        configurations,
        connections,
        activity,
        now,
      }),
      security: new SecurityService({ keyStore, vault, activity }),
      activity,
      clipboard,
    });
    return {
      router,
      look: () => preferences.look(),
      close: async () => {
        await clipboard.close();
        status.close();
        vault.lock();
        keyStore.close();
        database.close();
      },
    };
  } catch (error) {
    database.close();
    throw error;
  }
}

/** What the process says it is made of; a plain Node has neither Electron nor Chromium. */
function runtimesOf(versions: Readonly<Record<string, string | undefined>>): AppInfo['runtimes'] {
  const names = [
    ['Electron', versions['electron']],
    ['Chromium', versions['chrome']],
    ['Node.js', versions['node']],
  ] as const;
  return names.flatMap(([name, version]) => (version === undefined ? [] : [{ name, version }]));
}
