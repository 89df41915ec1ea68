import { z } from 'zod';
import { activityEntrySchema, type ActivityEntry } from '@shared/contract/activity';
import type { Database } from './database';

/** How many entries are kept. */
export const ACTIVITY_KEPT = 10_000;

/** Pruning at every insert would double its cost. */
const PRUNE_EVERY = 100;

export interface ActivityRow extends Omit<ActivityEntry, 'id'> {
  /** Absent for what belongs to no workspace, such as the choice of protection. */
  readonly workspaceId?: string | undefined;
}

const rowSchema = activityEntrySchema
  .extend({
    environment: z.string().nullable(),
    path: z.string().nullable(),
    detail: z.string().nullable(),
  })
  .transform(({ environment, path, detail, ...row }): ActivityEntry => ({
    ...row,
    ...(environment !== null && { environment }),
    ...(path !== null && { path }),
    ...(detail !== null && { detail }),
  }));

export class ActivityRows {
  #inserted = 0;

  constructor(private readonly database: Database) {}

  insert(row: ActivityRow): void {
    if (this.#inserted % PRUNE_EVERY === 0) this.#prune();
    this.#inserted += 1;
    this.database.run(
      `INSERT INTO activity (at, workspace_id, action, outcome, environment, path, detail)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
      row.at,
      row.workspaceId ?? null,
      row.action,
      row.outcome,
      row.environment ?? null,
      row.path ?? null,
      row.detail ?? null,
    );
  }

  /** Newest first: what was done in a workspace, and what belongs to none. */
  list(workspaceId: string, limit: number): ActivityEntry[] {
    return this.database
      .all(
        `SELECT id, at, action, outcome, environment, path, detail FROM activity
         WHERE workspace_id = ? OR workspace_id IS NULL
         ORDER BY id DESC LIMIT ?`,
        workspaceId,
        limit,
      )
      .map((row) => rowSchema.parse(row));
  }

  #prune(): void {
    this.database.run(
      'DELETE FROM activity WHERE id <= (SELECT max(id) FROM activity) - ?',
      ACTIVITY_KEPT,
    );
  }
}
