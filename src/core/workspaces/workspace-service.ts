import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { AppError } from '@shared/errors';
import type { ExpectedVariable } from '@shared/model/expected';
import { plural } from '@shared/model/format';
import { slug } from '@shared/model/slug';
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
/** The preference that names the workspace with sample data. */
const SAMPLE = 'sampleWorkspace';
const SAMPLE_NAME = 'Sample shop';

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
  /** Removes a folder of the local vault, with its bin. */
  readonly removeLocalFolder: (folder: string) => Promise<void>;
}

export interface WorkspaceList {
  readonly workspaces: Workspace[];
  readonly currentId: string;
}

export class WorkspaceService {
  constructor(private readonly parts: WorkspaceServiceParts) {}

  /**
   * In the order that people gave them. The workspace in use is the one that was switched to last, or the
   * first.
   */
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
    const id = randomUUID();
    const row = { id, name, createdAt: runtime.now(), localFolder: folderName(id, name) };
    rows.insert(row);
    activity.record({ workspaceId: row.id, action: 'workspace-created', detail: name });
    return this.#view(row);
  }

  /** The workspace with sample data. */
  sample(): Workspace | undefined {
    const id = this.parts.preferences.get(SAMPLE, z.string());
    const row = id === undefined ? undefined : this.parts.rows.find(id);
    return row && this.#view(row);
  }

  /** Creates an empty workspace for sample data. */
  createSample(): Workspace {
    const taken = new Set(this.parts.rows.list().map(({ name }) => name.toLowerCase()));
    let name = SAMPLE_NAME;
    for (let count = 2; taken.has(name.toLowerCase()); count += 1) {
      name = `${SAMPLE_NAME} ${String(count)}`;
    }
    const { id } = this.create(name);
    this.parts.preferences.set(SAMPLE, id);
    return this.#view(this.#row(id));
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

  /** Sets which variables of the workspace are plain by their key. */
  setPlainPatterns(id: string, patterns: readonly string[]): Workspace {
    const { rows, activity } = this.parts;
    const row = this.#row(id);
    const chosen = [...new Set(patterns)];
    rows.setPlainPatterns(id, chosen);
    const detail = `plain: ${chosen.length === 0 ? 'no rules' : chosen.join(', ')}`;
    activity.record({ workspaceId: id, action: 'workspace-set', detail });
    return this.#view({ ...row, plainPatterns: chosen });
  }

  /** Sets the variables that the environments of the workspace are expected to have. */
  setExpected(id: string, expected: readonly ExpectedVariable[]): Workspace {
    const { rows, activity } = this.parts;
    const row = this.#row(id);
    rows.setExpected(id, expected);
    const detail = `expected: ${plural(expected.length, 'variable')}`;
    activity.record({ workspaceId: id, action: 'workspace-set', detail });
    return this.#view({ ...row, expected });
  }

  /** Workspaces that are not named follow. */
  reorder(ids: readonly string[]): void {
    this.parts.rows.reorder(ids);
  }

  switchTo(id: string): void {
    this.#row(id);
    this.parts.preferences.set(CURRENT, id);
  }

  /**
   * Ends the work under way for the workspace, then deletes it with everything that it has on this computer,
   * on disk and in memory. Calls no provider, but the values of samples leave the local vault too. Throws
   * `INVALID_INPUT` for the last workspace, and for samples what the local vault throws.
   */
  async remove(id: string): Promise<{ currentId: string }> {
    const { rows, environments, documents, settings, connections, session, activity } = this.parts;
    const { name, localFolder } = this.#row(id);
    const isSample = this.#isSample(id);
    const { provider, values } = settings.resolve(id);
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
    if (isSample) await this.parts.removeLocalFolder(localFolder);
    const environmentIds = environments.list(id).map((row) => row.id);
    await documents.removeMany(environmentIds, () => {
      settings.forget(id);
      rows.remove(id);
      if (before.currentId === id) this.#leave(id, before.workspaces);
    });
    session.retain(({ workspaceId }) => workspaceId !== id);
    const count = environmentIds.length;
    const kept =
      provider === 'local-vault' && !isSample
        ? `. Secrets in the local vault stay in the folder “${String(values['folder'])}”`
        : '';
    activity.record({
      action: 'workspace-deleted',
      detail: `${name}, with ${String(count)} ${count === 1 ? 'environment' : 'environments'}${kept}`,
    });
    return { currentId: this.list().currentId };
  }

  /** As `remove`. Throws `NOT_EMPTY` if the workspace has environments. */
  async removeIfEmpty(id: string): Promise<{ currentId: string }> {
    const { name } = this.#row(id);
    const count = this.parts.environments.list(id).length;
    if (count > 0) {
      throw new AppError('NOT_EMPTY', {
        message: `The workspace “${name}” has ${count === 1 ? '1 environment' : `${String(count)} environments`}.`,
      });
    }
    return this.remove(id);
  }

  /** Its neighbour becomes the workspace in use. */
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

  /** People would confuse names that differ only in case. */
  #assertFree(name: string, exceptId?: string): void {
    const isTaken = this.parts.rows
      .list()
      .some((row) => row.id !== exceptId && row.name.toLowerCase() === name.toLowerCase());
    if (isTaken) {
      throw new AppError('NAME_TAKEN', { message: `There is already a workspace “${name}”.` });
    }
  }

  #view({ id, name, localFolder, plainPatterns, expected }: WorkspaceRow): Workspace {
    return {
      id,
      name,
      ownConfiguration: this.parts.settings.isOverridden(id),
      localFolder,
      ...(plainPatterns && { plainPatterns: [...plainPatterns] }),
      ...(this.#isSample(id) && { sample: true as const }),
      ...(expected && { expected: [...expected] }),
    };
  }

  #isSample(id: string): boolean {
    return this.parts.preferences.get(SAMPLE, z.string()) === id;
  }
}

/**
 * A folder in the local vault that no other workspace has, whatever else the vault holds: it may be locked.
 * People read it in Test Connection and can enter it in the settings of another workspace.
 */
function folderName(id: string, name: string): string {
  const words = slug(name).replaceAll('/', '-').slice(0, 40);
  return `${words === '' ? 'workspace' : words}-${id.slice(0, 8)}`;
}
