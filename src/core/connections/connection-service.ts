import type {
  CheckStep,
  PullProgress,
  PullSummary,
  VaultForm,
  VaultSettings,
} from '@shared/contract/window/vault';
import { AppError, toErrorReport } from '@shared/errors';
import type { Environment } from '@shared/model/environment';
import { providerDescriptors } from '@shared/providers';
import type { ActivityLog } from '@core/activity/activity-log';
import type { CredentialStore, CredentialUpdates } from '@core/keys/credential-store';
import type { EnvironmentService } from '@core/environments/environment-service';
import { Secret } from '@core/secrets/secret';
import type { SessionSecrets } from '@core/secrets/session-secrets';
import type { Changes } from './changes';
import { GLOBAL_SCOPE, type Configurations } from './configurations';
import { assertValid, credentialFields, type Connections } from './connections';
import type { ProviderStatuses } from './provider-statuses';
import { pullAll } from '@core/transfer/pull-all';

export interface VaultServiceParts {
  readonly configurations: Configurations;
  readonly connections: Connections;
  readonly credentials: CredentialStore;
  readonly environments: EnvironmentService;
  readonly session: SessionSecrets;
  readonly statuses: ProviderStatuses;
  readonly changes: Changes;
  readonly activity: ActivityLog;
}

export class VaultService {
  /** Workspaces with a Pull All under way. */
  readonly #pulling = new Set<string>();
  /** Workspaces whose Auto Sync has had its turn since the start. */
  readonly #autoSynced = new Set<string>();

  constructor(private readonly parts: VaultServiceParts) {}

  settings(workspaceId: string): VaultSettings {
    return this.parts.configurations.settings(workspaceId);
  }

  /** Stores settings and credentials. Values that came from other settings leave the memory. */
  async save(form: VaultForm): Promise<VaultSettings> {
    const { configurations, credentials, activity } = this.parts;
    const { workspaceId, provider, values } = form;
    const scope = configurations.scopeFor(workspaceId, form.scope);
    assertValid(provider, values, this.#acceptableCredentials(scope, form));
    const prepared = await this.parts.connections.prepareToStore(scope, form);
    const updates = { ...credentialUpdates(form), ...prepared?.credentials };
    const credentialsChanged = Object.keys(updates).length > 0;
    await credentials.update(scope, provider, updates, () => {
      const stored = { ...values, ...prepared?.values };
      configurations.save(scope, provider, stored, credentialsChanged);
    });

    this.#dropOutdated();
    activity.record({
      // The global defaults are everybody's.
      ...(scope !== GLOBAL_SCOPE && { workspaceId }),
      action: 'configured',
      detail: providerDescriptors[provider].label,
    });
    return configurations.settings(workspaceId);
  }

  /** Gives a workspace settings of its own, as a copy of the global defaults without credentials. */
  override(workspaceId: string): VaultSettings {
    const { configurations, activity } = this.parts;
    if (!configurations.isOverridden(workspaceId)) {
      configurations.override(workspaceId);
      this.#dropOutdated();
      activity.record({ workspaceId, action: 'configuration-overridden' });
    }
    return configurations.settings(workspaceId);
  }

  /** Forgets a workspace's own settings and credentials. */
  useGlobal(workspaceId: string): VaultSettings {
    const { configurations, activity } = this.parts;
    if (configurations.isOverridden(workspaceId)) {
      configurations.forget(workspaceId);
      this.#dropOutdated();
      activity.record({ workspaceId, action: 'global-defaults-used' });
    }
    return configurations.settings(workspaceId);
  }

  /** Tests a form as it stands and stores nothing. A failed test is a step, not a throw. */
  async *test(form: VaultForm, signal: AbortSignal): AsyncGenerator<CheckStep, void, undefined> {
    const { configurations, connections, activity } = this.parts;
    const { workspaceId } = form;
    const scope = configurations.scopeFor(workspaceId, form.scope);
    const label = providerDescriptors[form.provider].label;
    const provider = await connections.connectForm(scope, form);
    let failure: string | undefined;
    try {
      for await (const step of provider.check({ signal })) {
        if (step.status === 'failed') failure = `${step.label}: ${step.error?.message ?? 'failed'}`;
        yield step;
      }
      activity.record({
        workspaceId,
        action: 'tested',
        outcome: failure === undefined ? 'done' : 'failed',
        detail: failure === undefined ? label : `${label}. ${failure}`,
      });
    } finally {
      provider.dispose();
    }
  }

  /** Throws `ALREADY_RUNNING` where one is under way for this workspace. */
  async *pullAll(
    workspaceId: string,
    signal: AbortSignal,
  ): AsyncGenerator<PullProgress, void, undefined> {
    const { connections, environments, statuses, activity } = this.parts;
    if (this.#pulling.has(workspaceId)) {
      throw new AppError('ALREADY_RUNNING', { message: 'Pull All is already running.' });
    }
    this.#pulling.add(workspaceId);
    const entry = { workspaceId, action: 'pulled-all' } as const;
    let log = (): void => activity.record({ ...entry, outcome: 'cancelled' });
    try {
      const connection = await connections.connect(workspaceId);
      for await (const event of pullAll(
        { environments, statuses },
        workspaceId,
        connection,
        signal,
      )) {
        if (event.type === 'summary') {
          log = () => activity.record({ ...entry, detail: summarise(event) });
        }
        yield event;
      }
    } catch (error) {
      log = () => activity.recordFailure(entry, error);
      throw error;
    } finally {
      this.#pulling.delete(workspaceId);
      log();
    }
  }

  /** Pull All where Auto Sync is on and has not run since the start. */
  async *autoSync(
    workspaceId: string,
    signal: AbortSignal,
  ): AsyncGenerator<PullProgress, void, undefined> {
    const { saved, values } = this.parts.configurations.resolve(workspaceId);
    const isDue = saved && values['autoSync'] === true && !this.#autoSynced.has(workspaceId);
    if (!isDue || this.#pulling.has(workspaceId)) return;
    this.#autoSynced.add(workspaceId);
    try {
      yield* this.pullAll(workspaceId, signal);
    } catch (error) {
      // Once the key or the server is there, Auto Sync gets its turn after all.
      const { code } = toErrorReport(error);
      if (code === 'KEY_LOCKED' || code === 'KEY_CHOICE_NEEDED' || code === 'OFFLINE') {
        this.#autoSynced.delete(workspaceId);
      }
      throw error;
    }
  }

  /**
   * Brings back what was deleted at a path, and takes it into memory. Throws as `recover` and `read` of
   * the provider do.
   */
  async bringBack(workspaceId: string, path: string, signal: AbortSignal): Promise<Environment> {
    const { connections, environments, statuses, activity } = this.parts;
    const linked = environments.syncedByPath(workspaceId).get(path);
    if (linked !== undefined) {
      await environments.restore(linked.id, signal);
      return (await environments.pull(linked.id, signal)).environment;
    }
    const entry = { workspaceId, path, action: 'restored' } as const;
    try {
      const connection = await connections.connect(workspaceId);
      const snapshot = await statuses.observe(connection, async () => {
        await connection.provider.recover(path, { signal });
        return connection.provider.read(path, { signal });
      });
      environments.record(workspaceId, connection, [snapshot]);
      activity.record(entry);
    } catch (error) {
      activity.recordFailure(entry, error);
      throw error;
    }
    const made = environments.list(workspaceId).find((one) => one.synced && one.path === path);
    if (made === undefined) throw new AppError('NO_SUCH_ENVIRONMENT');
    return made;
  }

  /** Forgets values and connections; the next call to a provider starts anew. */
  lock(): void {
    this.parts.session.clear();
    this.parts.connections.closeAll();
    this.parts.changes.tell();
  }

  /** Ends connections that settings no longer lead to, and forgets the values that came from them. */
  #dropOutdated(): void {
    const { connections, session, changes } = this.parts;
    connections.refresh();
    session.retain((address) => connections.isCurrent(address));
    changes.tell();
  }

  #acceptableCredentials(scope: string, { provider, credentials }: VaultForm): Set<string> {
    const stored = new Set(this.parts.credentials.names(scope, provider));
    const isPresent = (name: string): boolean => {
      const change = credentials[name];
      if (change?.action === 'replace') return change.value !== '';
      // Taking a credential away is a thing to save; what is missing then is said when it is needed.
      return change?.action === 'remove' || stored.has(name);
    };
    return new Set(
      credentialFields(provider)
        .map(({ name }) => name)
        .filter(isPresent),
    );
  }
}

/** What the form wants done with stored credentials. */
function credentialUpdates({ provider, credentials }: VaultForm): CredentialUpdates {
  const updates: Record<string, Secret | null> = {};
  for (const { name } of credentialFields(provider)) {
    const change = credentials[name];
    if (change?.action === 'replace') updates[name] = new Secret(change.value);
    if (change?.action === 'remove') updates[name] = null;
  }
  return updates;
}

const summarise = ({ created, existing, skipped }: PullSummary): string =>
  `${String(created.length)} created, ${String(existing.length)} already there, ${String(skipped.length)} skipped`;
