/** Pull All, Auto Sync, and Undelete of a secret that no environment is linked to. */
import { AppError, isKeyQuestion, toErrorReport } from '@shared/errors';
import type { Environment } from '@shared/model/environment';
import type { PullProgress, PullSummary } from '@shared/model/transfer';
import type { ActivityLog } from '@core/activity/activity-log';
import { logged, loggedRun, type Ending } from '@core/activity/logged';
import type { SettingsStore } from '@core/connections/settings-store';
import type { Connections } from '@core/connections/connections';
import type { EnvironmentEditing } from '@core/environments/environment-editing';
import type { EnvironmentService } from '@core/environments/environment-service';
import type { EnvironmentState } from '@core/environments/environment-state';
import type { Runtime } from '@core/runtime';
import { pullAll } from './pull-all';

export interface PullServiceParts {
  readonly settings: SettingsStore;
  readonly connections: Connections;
  readonly state: EnvironmentState;
  readonly environments: EnvironmentService;
  readonly editing: EnvironmentEditing;
  readonly activity: ActivityLog;
  readonly runtime: Runtime;
}

export class PullService {
  /** Workspaces with a Pull All under way. */
  readonly #pulling = new Set<string>();
  /** Workspaces whose Auto Sync has run since the start. */
  readonly #autoSynced = new Set<string>();

  constructor(private readonly parts: PullServiceParts) {}

  /** Throws `ALREADY_RUNNING` if a Pull All of this workspace is under way. */
  async *pullAll(
    workspaceId: string,
    signal: AbortSignal,
  ): AsyncGenerator<PullProgress, void, undefined> {
    const { connections, state, activity, runtime } = this.parts;
    if (this.#pulling.has(workspaceId)) {
      throw new AppError('ALREADY_RUNNING', { message: 'Pull All is already running.' });
    }
    this.#pulling.add(workspaceId);
    async function* run(): AsyncGenerator<PullProgress, void, undefined> {
      const connection = await connections.connect(workspaceId);
      yield* pullAll({ state, runtime }, workspaceId, connection, signal);
    }
    try {
      yield* loggedRun(activity, { workspaceId, action: 'pulled-all' }, run(), endingOf);
    } finally {
      this.#pulling.delete(workspaceId);
    }
  }

  /** Pulls all if Auto Sync is on and has not run since the start. */
  async *autoSync(
    workspaceId: string,
    signal: AbortSignal,
  ): AsyncGenerator<PullProgress, void, undefined> {
    const { saved, values } = this.parts.settings.resolve(workspaceId);
    const isDue = saved && values['autoSync'] === true && !this.#autoSynced.has(workspaceId);
    if (!isDue || this.#pulling.has(workspaceId)) return;
    this.#autoSynced.add(workspaceId);
    try {
      yield* this.pullAll(workspaceId, signal);
    } catch (error) {
      // Once the key or the server is there, Auto Sync runs after all.
      const { code } = toErrorReport(error);
      if (isKeyQuestion(code) || code === 'OFFLINE') this.#autoSynced.delete(workspaceId);
      throw error;
    }
  }

  /**
   * Undeletes the secret at a path, and takes it into memory. Throws as `undelete` and `read` of the
   * provider do.
   */
  async undelete(workspaceId: string, path: string, signal: AbortSignal): Promise<Environment> {
    const { connections, state, environments, editing, activity } = this.parts;
    const linked = state.syncedByPath(workspaceId).get(path);
    if (linked !== undefined) {
      await editing.undelete(linked.id, signal);
      return (await environments.pull(linked.id, signal)).environment;
    }
    await logged(activity, { workspaceId, path, action: 'undeleted' }, async () => {
      const connection = await connections.connect(workspaceId);
      await connection.provider.undelete(path, { signal });
      const snapshot = await connection.provider.read(path, { signal });
      state.record(workspaceId, connection, [snapshot]);
    });
    const created = environments.list(workspaceId).find((one) => one.synced && one.path === path);
    if (created === undefined) throw new AppError('NO_SUCH_ENVIRONMENT');
    return created;
  }
}

const endingOf = (event: PullProgress): Ending | undefined =>
  event.type === 'summary' ? { outcome: 'done', detail: summarise(event) } : undefined;

const summarise = ({ created, existing, skipped }: PullSummary): string =>
  `${String(created.length)} created, ${String(existing.length)} already there, ${String(skipped.length)} skipped`;
