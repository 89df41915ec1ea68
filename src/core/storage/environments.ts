import { z } from 'zod';
import { AppError } from '@shared/errors';
import { addingTo, isDuplicate, type Database } from './database';

export interface EnvironmentRow {
  readonly id: string;
  readonly workspaceId: string;
  readonly name: string;
  readonly synced: boolean;
  readonly path: string;
  /** At most one in a workspace is active. */
  readonly active?: boolean | undefined;
  /** Whether that variable of this environment replaces `{{NAME}}` in a value. */
  readonly expands?: boolean | undefined;
  /** The revision as people write it, such as `v14`. */
  readonly revisionLabel?: string | undefined;
  /** Milliseconds since 1970, UTC. */
  readonly pulledAt?: number | undefined;
  readonly createdAt: number;
}

export interface NewEnvironment extends EnvironmentRow {
  /** Default: after all others of the workspace. */
  readonly position?: number;
}

export interface PulledEnvironment {
  readonly id: string;
  readonly revisionLabel?: string | undefined;
  readonly pulledAt: number;
}

const rowSchema = z
  .object({
    id: z.string(),
    workspace_id: z.string(),
    name: z.string(),
    synced: z.number(),
    path: z.string(),
    active: z.number(),
    expands: z.number(),
    revision_label: z.string().nullable(),
    pulled_at: z.number().nullable(),
    created_at: z.number(),
  })
  .transform((row): EnvironmentRow => ({
    id: row.id,
    workspaceId: row.workspace_id,
    name: row.name,
    synced: row.synced === 1,
    path: row.path,
    ...(row.active === 1 && { active: true }),
    ...(row.expands === 1 && { expands: true }),
    ...(row.revision_label !== null && { revisionLabel: row.revision_label }),
    ...(row.pulled_at !== null && { pulledAt: row.pulled_at }),
    createdAt: row.created_at,
  }));

export class Environments {
  constructor(private readonly database: Database) {}

  /** In the order that people gave them. */
  list(workspaceId: string): EnvironmentRow[] {
    return this.database
      .all('SELECT * FROM environments WHERE workspace_id = ? ORDER BY position, id', workspaceId)
      .map((row) => rowSchema.parse(row));
  }

  /** The environment of a workspace that is linked to this path. */
  findSynced(workspaceId: string, path: string): EnvironmentRow | undefined {
    const row = this.database.get(
      'SELECT * FROM environments WHERE workspace_id = ? AND path = ? AND synced = 1',
      workspaceId,
      path,
    );
    return row && rowSchema.parse(row);
  }

  /** The ids of the environments of a workspace that are linked to these paths, by path. */
  linkedTo(workspaceId: string, paths: readonly string[]): Map<string, string> {
    const rows = this.database.all(
      `SELECT path, id FROM environments
       WHERE workspace_id = ? AND synced = 1 AND path IN (SELECT value FROM json_each(?))`,
      workspaceId,
      JSON.stringify(paths),
    );
    return new Map(rows.map(({ path, id }) => [String(path), String(id)]));
  }

  find(id: string): EnvironmentRow | undefined {
    const row = this.database.get('SELECT * FROM environments WHERE id = ?', id);
    return row && rowSchema.parse(row);
  }

  /** The position after all environments of a workspace. */
  nextPosition(workspaceId: string): number {
    const found = this.database.get(
      'SELECT coalesce(max(position) + 1, 0) AS next FROM environments WHERE workspace_id = ?',
      workspaceId,
    );
    return Number(found?.['next'] ?? 0);
  }

  /**
   * Adds all rows, or none. Throws `ALREADY_EXISTS` if two synced environments of a workspace would have the same
   * path, and `NO_SUCH_WORKSPACE`.
   */
  insertMany(rows: readonly NewEnvironment[]): void {
    this.database.transaction(() => {
      addingTo('NO_SUCH_WORKSPACE', () => {
        for (const row of rows) this.#insert(row);
      });
    });
  }

  /** Records a pull; environments that have been deleted since are skipped. */
  markPulled(pulled: readonly PulledEnvironment[]): void {
    // One statement for all: a call of the database takes longer than the change of a row.
    this.database.run(
      `UPDATE environments
       SET revision_label = given.value ->> 'revisionLabel', pulled_at = given.value ->> 'pulledAt'
       FROM json_each(?) AS given
       WHERE environments.id = given.value ->> 'id'`,
      JSON.stringify(
        pulled.map(({ id, revisionLabel, pulledAt }) => ({ id, revisionLabel, pulledAt })),
      ),
    );
  }

  rename(id: string, name: string): void {
    this.database.run('UPDATE environments SET name = ? WHERE id = ?', name, id);
  }

  /**
   * Links an environment to a path, or unlinks it. What this computer knows of an owner belonged to the old
   * place. Throws `ALREADY_EXISTS` as `insertMany` does, and
   * `NO_SUCH_ENVIRONMENT`.
   */
  setSync(id: string, sync: { readonly synced: boolean; readonly path: string }): void {
    this.#refusingTwins(sync.path, () => {
      const changed = this.database.run(
        `UPDATE environments SET synced = ?, path = ?, revision_label = NULL, pulled_at = NULL
         WHERE id = ?`,
        sync.synced ? 1 : 0,
        sync.path,
        id,
      );
      if (changed === 0) throw new AppError('NO_SUCH_ENVIRONMENT');
      this.database.run('DELETE FROM owner_marks WHERE environment_id = ?', id);
    });
  }

  setExpands(id: string, expands: boolean): void {
    this.database.run('UPDATE environments SET expands = ? WHERE id = ?', expands ? 1 : 0, id);
  }

  /** `null`: no environment of the workspace is active. */
  setActive(workspaceId: string, id: string | null): void {
    this.database.transaction(() => {
      this.database.run('UPDATE environments SET active = 0 WHERE workspace_id = ?', workspaceId);
      if (id === null) return;
      this.database.run(
        'UPDATE environments SET active = 1 WHERE workspace_id = ? AND id = ?',
        workspaceId,
        id,
      );
    });
  }

  /** Puts the environments of a workspace in this order; the others follow. */
  reorder(workspaceId: string, ids: readonly string[]): void {
    const named = new Set(ids);
    const rest = this.list(workspaceId).filter(({ id }) => !named.has(id));
    this.database.run(
      `UPDATE environments SET position = place.key FROM json_each(?) AS place
       WHERE environments.id = place.value AND workspace_id = ?`,
      JSON.stringify([...named, ...rest.map((row) => row.id)]),
      workspaceId,
    );
  }

  /** Removes an environment with its local values and its marks. */
  remove(id: string): void {
    this.database.run('DELETE FROM environments WHERE id = ?', id);
  }

  #insert(row: NewEnvironment): void {
    this.#refusingTwins(row.path, () => {
      this.database.run(
        `INSERT INTO environments
           (id, workspace_id, name, position, synced, path, revision_label, pulled_at, created_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        row.id,
        row.workspaceId,
        row.name,
        row.position ?? this.nextPosition(row.workspaceId),
        row.synced ? 1 : 0,
        row.path,
        row.revisionLabel ?? null,
        row.pulledAt ?? null,
        row.createdAt,
      );
    });
  }

  #refusingTwins(path: string, work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!isDuplicate(error)) throw error;
      throw new AppError('ALREADY_EXISTS', {
        message: `There is already an environment for “${path}” in this workspace.`,
        hint: 'Choose another path.',
        cause: error,
      });
    }
  }
}
