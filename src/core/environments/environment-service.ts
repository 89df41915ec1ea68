/** Environments as a whole: list, create, rename, delete, and read them from their provider. */
import { randomUUID } from 'node:crypto';
import { AppError, endsRun, isAppError, isOvertaken, toErrorReport } from '@shared/errors';
import type { Environment } from '@shared/model/environment';
import type { OpenEnvironment } from '@shared/model/open-environment';
import type { Followed } from '@shared/model/stored-reference';
import { slug } from '@shared/model/slug';
import { providerDescriptors } from '@shared/providers';
import type { ActivityLog } from '@core/activity/activity-log';
import { logged } from '@core/activity/logged';
import type { Connections } from '@core/connections/connections';
import { readIfThere, readUnlessDeleted } from '@core/connections/read-if-there';
import type { RemoveOutcome } from '@core/providers/provider';
import type { Runtime } from '@core/runtime';
import type { EnvironmentRow, Environments } from '@core/storage/environments';
import type { VariableMarks } from '@core/storage/variable-marks';
import { subjectOf, type AtHand, type EnvironmentState } from './environment-state';
import type { EnvironmentValues } from './environment-values';
import type { LocalDocuments } from './local-documents';
import type { OwnershipGuard } from './ownership-guard';
import type { ReferenceGuard } from './reference-guard';

export interface EnvironmentServiceParts {
  readonly state: EnvironmentState;
  readonly rows: Environments;
  readonly marks: VariableMarks;
  readonly values: EnvironmentValues;
  readonly documents: LocalDocuments;
  readonly connections: Connections;
  readonly guard: OwnershipGuard;
  readonly references: ReferenceGuard;
  readonly activity: ActivityLog;
  readonly runtime: Runtime;
}

/** What became of an environment's secret. `absent`: there was nothing at its path. */
export type Removed = RemoveOutcome | { readonly absent: true };

export class EnvironmentService {
  constructor(private readonly parts: EnvironmentServiceParts) {}

  list(workspaceId: string): Environment[] {
    return this.parts.state.list(workspaceId);
  }

  /** An environment on this computer, not linked to a provider. Throws `NAME_TAKEN`. */
  create(workspaceId: string, name: string): Environment {
    const row = this.#insert(workspaceId, name);
    this.parts.activity.record({ workspaceId, action: 'environment-created', environment: name });
    return this.parts.state.view(row);
  }

  /** An environment that is linked to a path, which may hold nothing yet. Throws `NAME_TAKEN`, `ALREADY_EXISTS`. */
  createAt(workspaceId: string, name: string, path: string): Environment {
    const row = this.#insert(workspaceId, name, path);
    this.parts.activity.record({ ...subjectOf(row), action: 'environment-created' });
    return this.parts.state.view(row);
  }

  /** References to its variables follow. Throws `NAME_TAKEN`. */
  async rename(
    id: string,
    name: string,
    signal: AbortSignal,
  ): Promise<Environment & { readonly followed: Followed }> {
    const { state, rows, references, activity } = this.parts;
    const row = state.row(id);
    this.#assertFree(row.workspaceId, name, id);
    rows.rename(id, name);
    activity.record({ ...subjectOf(row), action: 'environment-renamed', detail: name });
    const renamed = { ...row, name };
    const followed = await references.followName(renamed, row.name, signal);
    return { ...state.view(renamed), followed };
  }

  /**
   * A copy on this computer of what is in memory, marks included. Throws `VALUES_NOT_LOADED`,
   * `BINARY_VALUE`, `NAME_TAKEN`.
   */
  async duplicate(id: string, name: string): Promise<Environment> {
    const { state, documents, marks, rows, activity } = this.parts;
    const row = state.row(id);
    const held = await state.heldOrThrow(row);
    const { document } = held;
    if (document.shape === 'binary') throw new AppError('BINARY_VALUE');
    const copy = this.#insert(row.workspaceId, name);
    try {
      await documents.put(copy.id, document, () => {
        marks.replace(copy.id, state.marks(row, held));
      });
    } catch (error) {
      rows.remove(copy.id);
      throw error;
    }
    activity.record({ ...subjectOf(row), action: 'environment-duplicated', detail: name });
    return state.view(copy);
  }

  /** Environments that are not named come after the others. */
  reorder(workspaceId: string, ids: readonly string[]): void {
    this.parts.rows.reorder(workspaceId, ids);
  }

  /** Whether that variable of the environment replaces `{{NAME}}` in a value, for programs and on reveal. */
  setExpands(id: string, expands: boolean): Environment {
    const { state, rows, activity } = this.parts;
    const row = state.row(id);
    if ((row.expands === true) !== expands) {
      rows.setExpands(id, expands);
      const detail = `{{NAME}} is ${expands ? 'replaced' : 'kept'} in values`;
      activity.record({ ...subjectOf(row), action: 'environment-set', detail });
    }
    return state.view({ ...row, expands });
  }

  /** `null`: no environment of the workspace is active. */
  setActive(workspaceId: string, id: string | null): void {
    this.parts.rows.setActive(workspaceId, id);
  }

  /**
   * With `onServer`, the secret of a synced environment is removed at its provider first: if that fails,
   * nothing is removed here. A path that holds nothing is no failure. Throws `OWNED_BY_CONFIG`, unless the secret
   * of a synced environment stays.
   */
  remove(id: string, onServer: boolean, signal: AbortSignal): Promise<Removed | undefined> {
    const { state, documents, rows, guard, activity } = this.parts;
    return state.inTurn(id, async () => {
      const row = state.row(id);
      if (onServer || !row.synced) await guard.assertMayChange(row, signal);
      const entry = {
        ...subjectOf(row),
        action: 'environment-deleted',
        detail: onServer ? 'here and on the server' : 'here',
      } as const;
      return logged(activity, entry, async () => {
        const outcome =
          onServer && row.synced ? await this.#removeOnServer(row, signal) : undefined;
        await documents.remove(id, () => {
          rows.remove(id);
        });
        state.forget(row);
        return outcome;
      });
    });
  }

  /**
   * Whether the secret of a synced environment could be undeleted if it were removed at its provider. Asks the
   * provider only if that depends on its engine.
   */
  async isRecoverable(id: string, signal: AbortSignal): Promise<boolean> {
    const { state, connections } = this.parts;
    const { providerId, provider } = await connections.connect(state.row(id).workspaceId);
    const keeps = await provider.keepsRemoved?.({ signal });
    return keeps ?? providerDescriptors[providerId].traits.recovery.kept !== undefined;
  }

  /** Keys, kinds and marks of an environment's variables; no secret value. */
  open(id: string): Promise<OpenEnvironment> {
    return this.parts.state.open(id);
  }

  /** The variables, if that needs nobody to be asked for the key; see `EnvironmentState.openAtHand`. */
  openAtHand(id: string): Promise<AtHand | undefined> {
    return this.parts.state.openAtHand(id);
  }

  /** As `open`; reads a synced environment from its provider first. Throws as `pull` does. */
  async fresh(id: string, signal: AbortSignal): Promise<OpenEnvironment> {
    return this.parts.state.row(id).synced ? this.pull(id, signal) : this.open(id);
  }

  /** As `remove`. Reads a synced environment first. Throws `NOT_EMPTY` if it has variables. */
  async removeIfEmpty(
    id: string,
    onServer: boolean,
    signal: AbortSignal,
  ): Promise<Removed | undefined> {
    const { environment, variables } = await this.fresh(id, signal);
    if (variables.length > 0) {
      const count = variables.length === 1 ? '1 variable' : `${String(variables.length)} variables`;
      throw new AppError('NOT_EMPTY', {
        message: `The environment “${environment.name}” has ${count}.`,
      });
    }
    return this.remove(id, onServer, signal);
  }

  /** Reads one environment from its provider. If that fails, what was in memory stays there. */
  async pull(id: string, signal: AbortSignal): Promise<OpenEnvironment> {
    const { state, activity } = this.parts;
    await state.inTurn(id, async () => {
      const row = state.row(id);
      if (!row.synced) {
        throw new AppError('INVALID_INPUT', {
          message: 'This environment is not synced.',
          hint: 'Switch sync on to link it to a path of the provider.',
        });
      }
      await logged(activity, { ...subjectOf(row), action: 'pulled' }, () =>
        this.#pull(row, signal),
      );
    });
    return state.open(id);
  }

  async #pull(row: EnvironmentRow, signal: AbortSignal): Promise<void> {
    const { state, connections } = this.parts;
    const { id, workspaceId, path, pulledAt } = row;
    try {
      const connection = await connections.connect(workspaceId);
      // Linked while it was empty, and nothing was written since: the first Save creates the secret.
      const mayBeAbsent = pulledAt === undefined;
      const snapshot = mayBeAbsent
        ? await readIfThere(connection, path, signal)
        : await connection.provider.read(path, { signal });
      connection.ended.throwIfAborted();
      // The environment may have gone meanwhile, with its workspace.
      state.row(id);
      if (snapshot === undefined) state.recordEmpty(row, connection);
      else state.record(workspaceId, connection, [snapshot]);
    } catch (error) {
      const report = toErrorReport(error);
      // These say nothing about the secret that was read.
      if (!endsRun(report.code) && report.code !== 'NO_SUCH_ENVIRONMENT') {
        state.recordProblem(id, connections.currentId(workspaceId), report);
      }
      throw error;
    }
  }

  async #removeOnServer(row: EnvironmentRow, signal: AbortSignal): Promise<Removed> {
    const { connections, values } = this.parts;
    const connection = await connections.connect(row.workspaceId);
    const held = values.heldInMemory(row, connection.id)?.revision;
    const revision = held ?? (await readUnlessDeleted(connection, row.path, signal))?.revision;
    if (revision === undefined) return { absent: true };
    try {
      return await connection.provider.remove(row.path, revision, { signal });
    } catch (error) {
      if (!isAppError(error) || !isOvertaken(error.code)) throw error;
      // Somebody else may have removed it first.
      if ((await readUnlessDeleted(connection, row.path, signal)) !== undefined) throw error;
      return { absent: true };
    }
  }

  #insert(workspaceId: string, name: string, linkedTo?: string): EnvironmentRow {
    this.#assertFree(workspaceId, name);
    const row: EnvironmentRow = {
      id: randomUUID(),
      workspaceId,
      name,
      synced: linkedTo !== undefined,
      path: linkedTo ?? (slug(name) || 'environment'),
      createdAt: this.parts.runtime.now(),
    };
    this.parts.rows.insertMany([row]);
    return row;
  }

  #assertFree(workspaceId: string, name: string, exceptId?: string): void {
    const isTaken = this.parts.rows
      .list(workspaceId)
      .some((row) => row.name === name && row.id !== exceptId);
    if (isTaken) {
      throw new AppError('NAME_TAKEN', { message: `There is already an environment “${name}”.` });
    }
  }
}

/** What became of the secret, as the contracts carry it; empty if it was not to be removed. */
export function removedView(removed: Removed | undefined): {
  absent?: true;
  recoverable?: boolean;
  until?: number;
} {
  if (removed === undefined || 'absent' in removed) return removed ?? {};
  if (!removed.recoverable) return { recoverable: false };
  const until = removed.until?.getTime();
  return { recoverable: true, ...(until !== undefined && { until }) };
}
