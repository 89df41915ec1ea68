/** Pull All, Auto Sync, and the undeleting of a secret that no environment is linked to. */
import { AppError, isKeyQuestion, toErrorReport } from '@shared/errors';
import type { Environment } from '@shared/model/environment';
import type { PullProgress, PullSummary } from '@shared/model/transfer';
import type { ActivityLog } from '@core/activity/activity-log';
import type { Configurations } from '@core/connections/configurations';
import type { Connections } from '@core/connections/connections';
import type { ProviderStatuses } from '@core/connections/provider-statuses';
import type { EnvironmentService } from '@core/environments/environment-service';
import { pullAll } from './pull-all';

export interface PullServiceParts {
  readonly configurations: Configurations;
  readonly connections: Connections;
  readonly environments: EnvironmentService;
  readonly statuses: ProviderStatuses;
  readonly activity: ActivityLog;
}

export class PullService {
  /** Workspaces with a Pull All under way. */
  readonly #pulling = new Set<string>();
  /** Workspaces whose Auto Sync has had its turn since the start. */
  readonly #autoSynced = new Set<string>();

  constructor(private readonly parts: PullServiceParts) {}

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
      if (isKeyQuestion(code) || code === 'OFFLINE') this.#autoSynced.delete(workspaceId);
      throw error;
    }
  }

  /**
   * Brings back what was deleted at a path, and takes it into memory. Throws as `undelete` and `read` of
   * the provider do.
   */
  async undelete(workspaceId: string, path: string, signal: AbortSignal): Promise<Environment> {
    const { connections, environments, statuses, activity } = this.parts;
    const linked = environments.syncedByPath(workspaceId).get(path);
    if (linked !== undefined) {
      await environments.undelete(linked.id, signal);
      return (await environments.pull(linked.id, signal)).environment;
    }
    const entry = { workspaceId, path, action: 'restored' } as const;
    try {
      const connection = await connections.connect(workspaceId);
      const snapshot = await statuses.observe(connection, async () => {
        await connection.provider.undelete(path, { signal });
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
}

const summarise = ({ created, existing, skipped }: PullSummary): string =>
  `${String(created.length)} created, ${String(existing.length)} already there, ${String(skipped.length)} skipped`;
