/** The composition root: builds, from what a host provides, a core that the window and programs can call. */
import type { AppInfo, HostKind } from '@shared/model/app-info';
import type { AuditEntry } from '@shared/model/audit';
import type { HostCommandLink } from '@shared/model/command-link';
import type { HostPreferences } from '@shared/model/preferences';
import { ActivityLog } from '@core/activity/activity-log';
import { Changes } from './connections/changes';
import { UpdateService, type ReleaseFeed } from './updates/update-service';
import { AuditStream } from '@core/audit/audit-stream';
import { AuditLog } from '@core/audit/audit-log';
import { outsideCall } from '@core/call';
import { ClientService } from '@core/clients/client-service';
import { ClipboardService, type HostClipboard } from '@core/clipboard/clipboard-service';
import { CompareService } from '@core/compare/compare-service';
import { CredentialStore } from '@core/keys/credential-store';
import type { Keychain } from '@core/keys/keychain';
import { GrantSeals } from '@core/keys/grant-seals';
import { gcmEnvelope } from '@core/keys/gcm-envelope';
import { createKeyStore } from '@core/keys/key-store';
import { SealedStore } from '@core/keys/sealed-store';
import { GenerationService } from '@core/generation/generation-service';
import { HttpClient } from '@core/network/http';
import { Network } from '@core/network/network';
import { networkDefaults } from '@shared/providers/facts/network';
import { ActivityRows } from '@core/storage/activity';
import { AuditRows } from '@core/storage/audit';
import { ClientRows } from '@core/storage/clients';
import { SealedCredentials } from '@core/storage/credentials';
import { Environments } from '@core/storage/environments';
import { SealedKeptEdits } from '@core/storage/kept-edits';
import { SealedDocuments } from '@core/storage/local-documents';
import { Moves } from '@core/storage/moves';
import { Grants, GrantSealRows, SealedGrantSecrets } from '@core/storage/grants';
import { Backups } from '@core/storage/backups';
import { openDatabase } from '@core/storage/open';
import { PreferenceRows } from '@core/storage/preferences';
import { OwnerMarks } from '@core/storage/owner-marks';
import { VariableMarks } from '@core/storage/variable-marks';
import { KeyJournal } from '@core/storage/key-journal';
import { ConnectionSettingsRows } from '@core/storage/connection-settings';
import { Workspaces } from '@core/storage/workspaces';
import { EnvironmentEditing } from '@core/environments/environment-editing';
import { EnvironmentReading } from '@core/environments/environment-reading';
import { EnvironmentService } from '@core/environments/environment-service';
import { EnvironmentState } from '@core/environments/environment-state';
import { EnvironmentValues } from '@core/environments/environment-values';
import { GlanceService } from '@core/environments/glance-service';
import { Glances } from '@core/environments/glances';
import { HistoryService } from '@core/environments/history-service';
import { LocalDocuments } from '@core/environments/local-documents';
import { UnsavedEdits } from '@core/environments/unsaved-edits';
import { MergeService } from '@core/environments/merge-service';
import { NoteKeeper } from '@core/environments/note-keeper';
import { DeclarativeService } from '@core/declarative/declarative-service';
import { Ownership } from '@core/declarative/ownership';
import { LinkService } from '@core/transfer/link-service';
import { MigrationService } from '@core/transfer/migration-service';
import { Notices } from '@core/notices/notices';
import { PreferencesService } from '@core/preferences/preferences-service';
import { createLocalVaultFactory } from '@core/providers/local-vault/factory';
import { environmentProxy, type SystemProxy } from '@core/network/system-proxy';
import { systemRuntime, type Runtime } from '@core/runtime';
import { ProviderRegistry } from '@core/providers/registry';
import { SessionSecrets } from '@core/secrets/session-secrets';
import { ImportService } from '@core/references/import-service';
import { CheckService } from '@core/references/check-service';
import { Lookup } from '@core/references/lookup';
import type { OutsideValues } from '@core/references/outside';
import { ReferenceFollowing } from '@core/references/following';
import { GrantReferences } from '@core/references/grant-references';
import { ProgramValues } from '@core/references/program-values';
import { ReferenceService } from '@core/references/reference-service';
import { ResolveService } from '@core/references/resolve-service';
import { SampleService } from '@core/samples/sample-service';
import { BrokeredProgramValues } from '@core/requests/brokered-variables';
import { Approvals, type HostAttention } from '@core/requests/approvals';
import { GrantService } from '@core/requests/grant-service';
import { RequestService } from '@core/requests/request-service';
import { systemResolve, type Resolve } from '@core/requests/target';
import { Uploads } from '@core/requests/uploads';
import { BackupService } from '@core/security/backup-service';
import { Guesses } from '@core/security/guesses';
import { IdleLock } from '@core/security/idle-lock';
import { SearchService } from '@core/search/search-service';
import { SecurityService } from '@core/security/security-service';
import { ChangeSignal } from '@core/connections/change-signal';
import { Offers } from '@core/connections/offers';
import { SignIns } from '@core/connections/sign-ins';
import { SettingsStore } from '@core/connections/settings-store';
import { Connections } from '@core/connections/connections';
import { ProviderStatuses } from '@core/connections/provider-statuses';
import { PushService } from '@core/transfer/push-service';
import { Reachability } from '@core/connections/reachability';
import { StatusService } from '@core/connections/status-service';
import { ConnectionService } from '@core/connections/connection-service';
import { PullService } from '@core/transfer/pull-service';
import { SetupService } from '@core/setup/setup-service';
import { WorkspaceService } from '@core/workspaces/workspace-service';

export type { HostClipboard } from '@core/clipboard/clipboard-service';

export interface CoreOptions {
  readonly host: HostKind;
  readonly version: string;
  readonly dataDirectory: string;
  readonly keychain: Keychain;
  /** Absent if the host has no clipboard: then the window copies the values itself. */
  readonly clipboard?: HostClipboard;
  /** The command on the PATH. Absent if the host has no window. */
  readonly commandLink?: HostCommandLink;
  /** Called when a person may have changed a preference that the host follows. */
  readonly onPreferences?: (preferences: HostPreferences) => void;
  /** The proxy of this computer. Default: the proxy of the environment. */
  readonly systemProxy?: SystemProxy;
  /** Clock, timers, chance and environment variables. Default: those of this computer. */
  readonly runtime?: Runtime;
  /** Who the audit names as the actor. Default: the user of this process. */
  readonly actor?: string;
  /** Told of the requests that wait for a person. Absent if the host cannot show a window by itself. */
  readonly attention?: HostAttention;
  /** Where the values are, for a server that keeps no data. Grants then refer to vaults by their names. */
  readonly outside?: OutsideValues;
  /** Takes each entry of the audit instead of the database. Rejects if the entry could not be written. */
  readonly auditTo?: (entry: AuditEntry) => Promise<void>;
  /** Finds the addresses of a host that a request is for. Default: as this computer does. */
  readonly resolve?: Resolve;
  /** Whether Lock came before: then a person has to unlock the core first. */
  readonly startsShut?: boolean;
  /** Called after Lock, and after an unlock. Only the end of the process empties its memory. */
  readonly onShut?: (isShut: boolean) => void;
  /** The feed of releases of this build. Without one, nothing checks for updates. */
  readonly releaseFeed?: ReleaseFeed | undefined;
  /** Opens a page for a sign-in in the browser of the system. Absent if the window or a person opens it. */
  readonly openAddress?: (address: string) => void;
  /** Whether the host holds the lock of the data directory for this core. */
  readonly isDirectoryLocked?: boolean;
}

/** Connections to one server at a time, for requests with grants. */
const REQUESTS_AT_ONCE = 64;

/** One core: everything that the window, the command line and the library can call. */
export interface Core {
  readonly info: Omit<AppInfo, 'notices'>;
  readonly notices: Notices;
  readonly preferences: PreferencesService;
  readonly workspaces: WorkspaceService;
  readonly environments: EnvironmentService;
  readonly editing: EnvironmentEditing;
  readonly edits: UnsavedEdits;
  readonly reading: EnvironmentReading;
  readonly links: LinkService;
  readonly samples: SampleService;
  readonly compare: CompareService;
  readonly generation: GenerationService;
  readonly merges: MergeService;
  readonly glances: GlanceService;
  readonly history: HistoryService;
  readonly connections: ConnectionService;
  readonly status: StatusService;
  readonly pull: PullService;
  readonly push: PushService;
  readonly migrations: MigrationService;
  readonly search: SearchService;
  readonly security: SecurityService;
  readonly lookup: Lookup;
  readonly resolving: ResolveService;
  readonly checking: CheckService;
  readonly references: ReferenceService;
  readonly setup: SetupService;
  readonly programs: ProgramValues;
  readonly imports: ImportService;
  readonly declarative: DeclarativeService;
  readonly activity: ActivityLog;
  readonly changes: Changes;
  readonly updates: UpdateService;
  readonly audit: AuditLog;
  readonly grants: GrantService;
  readonly requests: RequestService;
  readonly approvals: Approvals;
  readonly clients: ClientService;
  readonly outside: OutsideValues | undefined;
  readonly uploads: Uploads;
  readonly brokered: BrokeredProgramValues;
  readonly clipboard: ClipboardService;
  readonly backups: BackupService;
  readonly commandLink: HostCommandLink | undefined;
  /** The preferences that must be known before a page is drawn, and that the host follows. */
  preferencesOfHost(): HostPreferences;
  /** Forgets everything in memory, and closes connections and the database. */
  close(): Promise<void>;
}

/** Throws `AppError` (`DATA_DIRECTORY_IN_USE`, `STORAGE_FAILED`, `DATA_TOO_NEW`) if the core cannot start. */
export async function openCore(options: CoreOptions): Promise<Core> {
  const {
    host,
    version,
    dataDirectory,
    keychain,
    clipboard: hostClipboard,
    commandLink,
    onPreferences = () => undefined,
    runtime = systemRuntime,
    systemProxy = environmentProxy(runtime.env),
    actor,
    attention,
    outside,
    auditTo,
    resolve = systemResolve,
    startsShut = false,
    onShut = () => undefined,
    isDirectoryLocked = false,
    releaseFeed,
    openAddress,
  } = options;
  const { database, notices: databaseNotices } = openDatabase(
    dataDirectory,
    runtime,
    host,
    isDirectoryLocked,
  );
  try {
    const keyStore = createKeyStore({ dataDirectory, keychain, runtime });
    const credentials = new CredentialStore(new SealedCredentials(database), keyStore);
    const localVault = createLocalVaultFactory({ dataDirectory, keys: keyStore, runtime });
    const registry = new ProviderRegistry({
      'hashicorp-vault': async () => {
        const { createHashicorpVaultFactory } =
          await import('@core/providers/hashicorp-vault/factory');
        return createHashicorpVaultFactory({ runtime, systemProxy });
      },
      'aws-secrets-manager': async () => {
        const { createAwsSecretsManagerFactory } =
          await import('@core/providers/aws-secrets-manager/factory');
        return createAwsSecretsManagerFactory({ runtime, systemProxy });
      },
      'aws-parameter-store': async () => {
        const { createAwsParameterStoreFactory } =
          await import('@core/providers/aws-parameter-store/factory');
        return createAwsParameterStoreFactory({ runtime, systemProxy });
      },
      'google-secret-manager': async () => {
        const { createGoogleSecretManagerFactory } =
          await import('@core/providers/google-secret-manager/factory');
        return createGoogleSecretManagerFactory({ runtime, systemProxy });
      },
      'azure-key-vault': async () => {
        const { createAzureKeyVaultFactory } =
          await import('@core/providers/azure-key-vault/factory');
        return createAzureKeyVaultFactory({ runtime, systemProxy });
      },
      'local-vault': async () => localVault,
      'plain-files': async () => {
        const { createPlainFilesFactory } = await import('@core/providers/plain-files/factory');
        return createPlainFilesFactory({ runtime });
      },
    });
    const workspaces = new Workspaces(database);
    const settings = new SettingsStore(
      new ConnectionSettingsRows(database, runtime),
      credentials,
      workspaces,
    );
    const audit = new AuditLog({
      rows: auditTo === undefined ? new AuditRows(database) : new AuditStream(auditTo),
      workspaces,
      runtime,
      actor,
    });
    const changes = new Changes();
    const activity = new ActivityLog(
      new ActivityRows(database),
      workspaces,
      () => runtime.now(),
      (entry) => {
        audit.recordActivity(entry);
      },
      (entry) => {
        changes.note(entry);
      },
    );
    const changed = new ChangeSignal();
    const statuses = new ProviderStatuses(runtime, changed);
    const reachability = new Reachability({
      runtime,
      changed,
      onLost: ({ workspaceId }, { message }) => {
        outsideCall(() => {
          activity.record({
            workspaceId,
            action: 'went-offline',
            outcome: 'failed',
            detail: message,
          });
        });
      },
      onFound: (connectionId) => statuses.set(connectionId, { state: 'ok' }),
    });
    const signIns = new SignIns(audit);
    const connections = new Connections({
      settings,
      credentials,
      registry,
      reachability,
      statuses,
      signIns,
      runtime,
    });
    const session = new SessionSecrets();
    const rows = new Environments(database);
    const documents = new LocalDocuments(new SealedDocuments(database), keyStore);
    const values = new EnvironmentValues(session, documents);
    const marks = new VariableMarks(database);
    const moves = new Moves(database);
    const glances = new Glances();
    const owners = new OwnerMarks(database);
    const state = new EnvironmentState({
      rows,
      workspaces,
      marks,
      owners,
      values,
      moves,
      connections,
      glances,
      runtime,
    });
    const notes = new NoteKeeper({ state, marks, values, connections });
    const ownership = new Ownership({ marks: owners, connections });
    const grantRows = new Grants(database);
    const grantSeals = new GrantSeals(new GrantSealRows(database), grantRows, keyStore);
    const grantReferences = new GrantReferences({ rows: grantRows, seals: grantSeals, audit });
    const following = new ReferenceFollowing({
      grants: grantReferences,
      state,
      values,
      documents,
      guard: ownership,
      activity,
      runtime,
    });
    const environments = new EnvironmentService({
      guard: ownership,
      references: following,
      state,
      rows,
      marks,
      values,
      documents,
      connections,
      activity,
      runtime,
    });
    const editing = new EnvironmentEditing({
      guard: ownership,
      references: following,
      state,
      marks,
      notes,
      values,
      documents,
      connections,
      activity,
      runtime,
    });
    const reading = new EnvironmentReading({ state, activity });
    const links = new LinkService({
      guard: ownership,
      state,
      rows,
      values,
      marks,
      notes,
      documents,
      connections,
      activity,
      runtime,
    });
    const connectionService = new ConnectionService({
      settings,
      connections,
      credentials,
      session,
      changed,
      activity,
      signIns,
      offers: new Offers(registry),
      openAddress,
    });
    const status = new StatusService({
      settings,
      statuses,
      reachability,
      connections,
      changed,
      runtime,
    });
    const preferenceRows = new PreferenceRows(database);
    const preferences = new PreferencesService(preferenceRows, workspaces, (changed) => {
      idleLock?.active();
      onPreferences(changed);
    });
    const clipboard = new ClipboardService(
      hostClipboard,
      runtime,
      () => preferences.get().clearsClipboardAfterSeconds,
    );
    const workspaceService = new WorkspaceService({
      rows: workspaces,
      preferences: preferenceRows,
      environments: rows,
      documents,
      settings,
      connections,
      session,
      activity,
      runtime,
      removeLocalFolder: (folder) => localVault.removeFolder(folder),
    });
    const lookup = new Lookup({ workspaces: workspaceService, environments });
    const resolving = new ResolveService({ lookup, environments, reading });
    const checking = new CheckService({ lookup, environments, reading });
    const grants = new GrantService({
      rows: grantRows,
      secrets: new SealedStore(new SealedGrantSecrets(database), keyStore, {
        envelope: gcmEnvelope,
        scopeOf: ({ grantId, name, hosts }) => JSON.stringify(['grant', grantId, name, hosts]),
        inSession: 'forget',
      }),
      seals: grantSeals,
      workspaces,
      lookup,
      audit,
      isOutside: outside !== undefined,
      runtime,
    });
    const programs = new ProgramValues({ lookup, environments, reading, state, connections });
    const approvals = new Approvals({
      runtime,
      user: audit.actor,
      attention,
      canHaveWindow: host !== 'serve',
    });
    const uploads = new Uploads(runtime);
    const requestClient = new HttpClient({
      network: new Network(
        { values: networkDefaults, credentials: {}, verifySsl: true },
        { runtime, systemProxy },
      ),
      maxSockets: REQUESTS_AT_ONCE,
    });
    const requests = new RequestService({
      grants,
      rows: grantRows,
      approvals,
      audit,
      http: requestClient,
      resolve,
      lookup,
      environments,
      reading,
      outside,
      runtime,
    });
    const edits = new UnsavedEdits({ table: new SealedKeptEdits(database), keys: keyStore, rows });
    const notices = new Notices([...databaseNotices, ...keyStore.notices], () => {
      changes.tellAll();
    });
    const security = new SecurityService({
      host,
      rows: preferenceRows,
      keyStore,
      connections: connectionService,
      activity,
      audit,
      approvals,
      guesses: new Guesses(preferenceRows, runtime),
      edits,
      notices,
      startsShut,
      onShut,
      onUse: () => idleLock?.active(),
    });
    // The desktop app asks the system instead, and a command has no window.
    const idleLock =
      host === 'browser'
        ? new IdleLock({
            runtime,
            minutes: () => preferences.get().lockAfterMinutes,
            lock: () => {
              void security.lockByItself();
            },
          })
        : undefined;
    const updateClient = new HttpClient({
      network: new Network(
        { values: networkDefaults, credentials: {}, verifySsl: true },
        { runtime, systemProxy },
      ),
      maxSockets: 1,
      maxAnswerBytes: 64 * 1024,
    });
    const updates = new UpdateService({
      feed: releaseFeed,
      version,
      http: updateClient,
      runtime,
      isOn: () => preferences.get().checksForUpdates,
      onNewer: (release) => {
        notices.add({
          id: 'update',
          level: 'info',
          title: `Strongroom ${release.version} is available`,
          text: `This is ${version}. Download it from ${release.url}`,
        });
      },
    });
    const backups = new BackupService({
      backups: new Backups({ database, dataDirectory, runtime }),
      keys: keyStore,
      runtime,
      onFailed: (sentence) => {
        notices.add({
          id: 'backup-failed',
          level: 'warning',
          title: 'The daily backup failed',
          text: `${sentence} Strongroom tries again every hour.`,
        });
      },
    });
    await keyStore.complete(new KeyJournal(database));
    return {
      info: {
        name: 'Strongroom',
        version,
        host,
        dataDirectory,
        hasReleaseFeed: releaseFeed !== undefined,
        runtimes: runtimesOf(process.versions),
      },
      notices,
      preferences,
      workspaces: workspaceService,
      environments,
      editing,
      edits,
      reading,
      merges: new MergeService({ state, environments, editing, values, connections }),
      glances: new GlanceService({ state, values, connections, glances, reachability }),
      history: new HistoryService({ state, editing, reading, values, connections }),
      links,
      samples: new SampleService({
        workspaces: workspaceService,
        keys: keyStore,
        settings,
        connections: connectionService,
        environments,
        editing,
        links,
      }),
      compare: new CompareService({ state, activity }),
      search: new SearchService({ state, activity }),
      connections: connectionService,
      status,
      pull: new PullService({
        settings,
        connections,
        state,
        environments,
        editing,
        activity,
        runtime,
      }),
      push: new PushService({
        state,
        editing,
        links,
        values,
        connections,
        activity,
        runtime,
      }),
      migrations: new MigrationService({
        guard: ownership,
        state,
        rows,
        values,
        journal: moves,
        notes,
        settings,
        connections,
        activity,
        runtime,
      }),
      security,
      lookup,
      resolving,
      checking,
      generation: new GenerationService({ state, environments, editing }),
      setup: new SetupService({
        workspaces: workspaceService,
        connections: connectionService,
        environments,
        editing,
        state,
        marks,
        grants,
        activity,
      }),
      references: new ReferenceService({
        state,
        environments,
        reading,
        grants: grantReferences,
      }),
      declarative: new DeclarativeService({
        ownership,
        state,
        environments,
        editing,
        resolving,
        connections,
        activity,
      }),
      programs,
      brokered: new BrokeredProgramValues({ programs, grants, rows: grantRows, lookup }),
      imports: new ImportService({ environments, editing, reading }),
      activity,
      changes,
      updates,
      audit,
      grants,
      requests,
      approvals,
      clients: new ClientService({
        rows: new ClientRows(database),
        workspaces,
        lookup,
        grants,
        audit,
        runtime,
      }),
      outside,
      uploads,
      clipboard,
      backups,
      commandLink,
      preferencesOfHost: () => preferences.forHost(),
      close: async () => {
        await clipboard.close();
        idleLock?.close();
        status.close();
        uploads.close();
        requests.close();
        approvals.close();
        audit.flush();
        requestClient.close();
        updates.close();
        updateClient.close();
        connectionService.lock();
        backups.close();
        keyStore.close();
        database.close();
      },
    };
  } catch (error) {
    database.close();
    throw error;
  }
}

/** The versions of the runtimes; plain Node has neither Electron nor Chromium. */
function runtimesOf(versions: Readonly<Record<string, string | undefined>>): AppInfo['runtimes'] {
  const names = [
    ['Electron', versions['electron']],
    ['Chromium', versions['chrome']],
    ['Node.js', versions['node']],
  ] as const;
  return names.flatMap(([name, version]) => (version === undefined ? [] : [{ name, version }]));
}
