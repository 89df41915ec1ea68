import { randomUUID } from 'node:crypto';
import type { Environment } from '@shared/model/environment';
import type { OpenEnvironment } from '@shared/contract/environments';
import { AppError, toErrorReport, type ErrorReport } from '@shared/errors';
import { slug } from '@shared/model/slug';
import type { ActivityLog } from '../activity/activity-log';
import type { EnvironmentRow, Environments } from '../database/environments';
import type { SecretSnapshot } from '../providers/provider';
import type { SessionSecret, SessionSecrets } from '../secrets/session-secrets';
import type { Configurations } from '../vault/configurations';
import type { Connection, Connections } from '../vault/connections';
import type { ProviderStatuses } from '../vault/provider-statuses';
import { describeVariables, revealVariable } from './variables';

export interface EnvironmentServiceParts {
  readonly rows: Environments;
  readonly session: SessionSecrets;
  readonly configurations: Configurations;
  readonly connections: Connections;
  readonly statuses: ProviderStatuses;
  readonly activity: ActivityLog;
  readonly now: () => number;
}

export class EnvironmentService {
  /** Why the last attempt to fetch an environment failed, by connection and environment. */
  readonly #problems = new Map<string, { connectionId: string; report: ErrorReport }>();

  constructor(private readonly parts: EnvironmentServiceParts) {}

  list(workspaceId: string): Environment[] {
    const connectionId = this.#connectionId(workspaceId);
    return this.parts.rows.list(workspaceId).map((row) => this.#view(row, connectionId));
  }

  /** An environment on this computer, not linked to a provider. Throws `NAME_TAKEN`. */
  create(workspaceId: string, name: string): Environment {
    const { rows, activity, now } = this.parts;
    if (rows.list(workspaceId).some((row) => row.name === name)) {
      throw new AppError('NAME_TAKEN', { message: `There is already an environment “${name}”.` });
    }
    const row: EnvironmentRow = {
      id: randomUUID(),
      workspaceId,
      name,
      synced: false,
      path: slug(name) || 'environment',
      createdAt: now(),
    };
    rows.insertMany([row]);
    activity.record({ workspaceId, action: 'environment-created', environment: name });
    return this.#view(row, this.#connectionId(workspaceId));
  }

  open(id: string): OpenEnvironment {
    const row = this.#row(id);
    const connectionId = this.#connectionId(row.workspaceId);
    const held = this.#held(row, connectionId);
    return {
      environment: this.#view(row, connectionId),
      shape: held?.snapshot.document.shape ?? 'map',
      variables: held === undefined ? [] : describeVariables(held.snapshot.document),
    };
  }

  /** Fetches one environment anew. What was in memory stays there when this fails. */
  async pull(id: string, signal: AbortSignal): Promise<OpenEnvironment> {
    const { statuses, activity, connections } = this.parts;
    const row = this.#row(id);
    const { workspaceId, path, name } = row;
    if (!row.synced)
      throw new AppError('INVALID_INPUT', { message: 'This environment is not synced.' });
    const entry = { workspaceId, action: 'pulled', environment: name, path } as const;
    try {
      const connection = await connections.connect(workspaceId);
      const snapshot = await statuses.observe(connection, () =>
        connection.provider.read(path, { signal }),
      );
      this.record(workspaceId, connection, [snapshot]);
      activity.record(entry);
    } catch (error) {
      const report = toErrorReport(error);
      if (report.code !== 'CANCELLED') {
        this.recordProblem(id, this.#connectionId(workspaceId), report);
      }
      activity.record({
        ...entry,
        outcome: report.code === 'CANCELLED' ? 'cancelled' : 'failed',
        detail: report.message,
      });
      throw error;
    }
    return this.open(id);
  }

  /**
   * Takes what was read into memory, its metadata into the database, and makes the environments that
   * are missing. Returns the paths they were made for.
   */
  record(
    workspaceId: string,
    connection: Connection,
    snapshots: readonly SecretSnapshot[],
  ): string[] {
    const { rows, session, now } = this.parts;
    const pulledAt = now();
    const byPath = this.#syncedByPath(workspaceId);
    const created = snapshots
      .filter(({ path }) => !byPath.has(path))
      .map(({ path, version }): EnvironmentRow => ({
        id: randomUUID(),
        workspaceId,
        name: path,
        synced: true,
        path,
        revisionLabel: version,
        pulledAt,
        createdAt: pulledAt,
      }));
    rows.insertMany(created);
    const known = snapshots.flatMap(({ path, version }) => {
      const row = byPath.get(path);
      return row === undefined ? [] : [{ id: row.id, revisionLabel: version, pulledAt }];
    });
    rows.markPulled(known);
    for (const { id } of known) this.#problems.delete(id);
    for (const snapshot of snapshots) {
      session.put(
        { workspaceId, connectionId: connection.id, path: snapshot.path },
        { snapshot, pulledAt },
      );
    }
    return created.map(({ path }) => path);
  }

  recordProblem(environmentId: string, connectionId: string, report: ErrorReport): void {
    this.#problems.set(environmentId, { connectionId, report });
  }

  /** Synced environments of a workspace by their path. */
  syncedByPath(workspaceId: string): ReadonlyMap<string, { readonly id: string }> {
    return this.#syncedByPath(workspaceId);
  }

  /** One value as text. Logged, without the value. */
  reveal(id: string, key: string): string {
    return this.#takeOut(id, key, 'revealed');
  }

  /** One value as text, for the clipboard. Logged, without the value. */
  copy(id: string, key: string): string {
    return this.#takeOut(id, key, 'copied');
  }

  #takeOut(id: string, key: string, action: 'revealed' | 'copied'): string {
    const row = this.#row(id);
    const held = this.#held(row, this.#connectionId(row.workspaceId));
    if (held === undefined) throw new AppError('VALUES_NOT_LOADED');
    const value = revealVariable(held.snapshot.document, key);
    const { workspaceId, name, path } = row;
    this.parts.activity.record({ workspaceId, action, environment: name, path, detail: key });
    return value;
  }

  #row(id: string): EnvironmentRow {
    const row = this.parts.rows.find(id);
    if (row === undefined) throw new AppError('NO_SUCH_ENVIRONMENT');
    return row;
  }

  #connectionId(workspaceId: string): string {
    const { configurations } = this.parts;
    return configurations.connectionId(configurations.resolve(workspaceId));
  }

  #held({ workspaceId, path }: EnvironmentRow, connectionId: string): SessionSecret | undefined {
    return this.parts.session.get({ workspaceId, connectionId, path });
  }

  #syncedByPath(workspaceId: string): Map<string, EnvironmentRow> {
    return new Map(
      this.parts.rows
        .list(workspaceId)
        .filter(({ synced }) => synced)
        .map((row) => [row.path, row]),
    );
  }

  #view(row: EnvironmentRow, connectionId: string): Environment {
    const { id, name, synced, path, revisionLabel, pulledAt } = row;
    const common = {
      id,
      name,
      synced,
      path,
      ...(revisionLabel !== undefined && { revision: revisionLabel }),
      ...(pulledAt !== undefined && { pulledAt }),
    };
    if (!synced) return { ...common, state: 'local' };
    const problem = this.#problems.get(id);
    if (problem?.connectionId === connectionId) {
      return { ...common, state: 'failed', problem: problem.report };
    }
    return {
      ...common,
      state: this.#held(row, connectionId) === undefined ? 'not-loaded' : 'loaded',
    };
  }
}
