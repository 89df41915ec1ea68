import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { AppError } from '@shared/errors';
import type { Workspace } from '@shared/model/workspace';
import type { Runtime } from '@core/runtime';
import type { ActivityLog } from '@core/activity/activity-log';
import type { Environments } from '@core/storage/environments';
import type { PreferenceRows } from '@core/storage/preferences';
import type { WorkspaceRow, Workspaces } from '@core/storage/workspaces';
import type { LocalDocuments } from '@core/environments/local-documents';
import type { SessionSecrets } from '@core/secrets/session-secrets';
import type { SettingsStore } from '@core/connections/settings-store';
import type { Connections } from '@core/connections/connections';

/** The preference that names the workspace in use. */
const CURRENT = 'currentWorkspace';

export interface WorkspaceServiceParts {
  readonly rows: Workspaces;
  readonly preferences: PreferenceRows;
  readonly environments: Environments;
  readonly documents: LocalDocuments;
  readonly settings: SettingsStore;
  readonly connections: Connections;
  readonly session: SessionSecrets;
  readonly activity: ActivityLog;
  readonly runtime: Runtime;
}

export interface WorkspaceList {
  readonly workspaces: Workspace[];
  readonly currentId: string;
}

export class WorkspaceService {
  constructor(private readonly parts: WorkspaceServiceParts) {}

  /** In the order people gave them. The one in use is the one switched to last, else the first. */
  list(): WorkspaceList {
    const { rows, preferences } = this.parts;
    const workspaces = rows.list().map((row) => this.#view(row));
    const remembered = preferences.get(CURRENT, z.string());
    const current = workspaces.find(({ id }) => id === remembered) ?? workspaces[0];
    if (current === undefined) throw new Error('A database without a workspace');
    return { workspaces, currentId: current.id };
  }

  /** Throws `NAME_TAKEN`. */
  create(name: string): Workspace {
    const { rows, activity, runtime } = this.parts;
    this.#assertFree(name);
    const row = { id: randomUUID(), name, createdAt: runtime.now() };
    rows.insert(row);
    activity.record({ workspaceId: row.id, action: 'workspace-created', detail: name });
    return this.#view(row);
  }

  /** Throws `NAME_TAKEN`. */
  rename(id: string, name: string): Workspace {
    const { rows, activity } = this.parts;
    const row = this.#row(id);
    this.#assertFree(name, id);
    if (name !== row.name) {
      rows.rename(id, name);
      activity.record({ workspaceId: id, action: 'workspace-renamed', detail: name });
    }
    return this.#view({ ...row, name });
  }

  /** Those that are not named come after. */
  reorder(ids: readonly string[]): void {
    this.parts.rows.reorder(ids);
  }

  switchTo(id: string): void {
    this.#row(id);
    this.parts.preferences.set(CURRENT, id);
  }

  /**
   * Ends what is under way for the workspace, then deletes it with all it has on this computer, on the
   * disk and in memory. Asks no provider anything. Throws `INVALID_INPUT` for the last one.
   */
  async remove(id: string): Promise<{ currentId: string }> {
    const { rows, environments, documents, settings, connections, session, activity } = this.parts;
    const { name } = this.#row(id);
    const before = this.list();
    if (before.workspaces.length === 1) {
      throw new AppError('INVALID_INPUT', {
        message: 'The last workspace cannot be deleted.',
        hint: 'Create another one first.',
      });
    }
    connections.end(
      id,
      new AppError('NO_SUCH_WORKSPACE', {
        message: `The workspace “${name}” was deleted while this was running.`,
        hint: 'What is at the provider was not removed. A write that was under way may have arrived there.',
      }),
    );
    const environmentIds = environments.list(id).map((row) => row.id);
    await documents.removeMany(environmentIds, () => {
      settings.forget(id);
      rows.remove(id);
      if (before.currentId === id) this.#leave(id, before.workspaces);
    });
    session.retain(({ workspaceId }) => workspaceId !== id);
    const count = environmentIds.length;
    activity.record({
      action: 'workspace-deleted',
      detail: `${name}, with ${String(count)} ${count === 1 ? 'environment' : 'environments'}`,
    });
    return { currentId: this.list().currentId };
  }

  /** Its neighbour is in use from now on. */
  #leave(id: string, workspaces: readonly Workspace[]): void {
    const index = workspaces.findIndex((each) => each.id === id);
    const next = workspaces[index - 1] ?? workspaces[index + 1];
    if (next !== undefined) this.parts.preferences.set(CURRENT, next.id);
  }

  #row(id: string): WorkspaceRow {
    const row = this.parts.rows.find(id);
    if (row === undefined) throw new AppError('NO_SUCH_WORKSPACE');
    return row;
  }

  /** Names that differ in case only would be taken for each other. */
  #assertFree(name: string, exceptId?: string): void {
    const isTaken = this.parts.rows
      .list()
      .some((row) => row.id !== exceptId && row.name.toLowerCase() === name.toLowerCase());
    if (isTaken) {
      throw new AppError('NAME_TAKEN', { message: `There is already a workspace “${name}”.` });
    }
  }

  #view({ id, name }: WorkspaceRow): Workspace {
    return { id, name, ownConfiguration: this.parts.settings.isOverridden(id) };
  }
}
