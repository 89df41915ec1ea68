import { z } from 'zod';
import {
  activityEntrySchema,
  type ActivityEntry,
  type ActivityFilter,
} from '@shared/model/activity';
import type { Database, SqlValue } from './database';

/** How many entries are kept. */
export const ACTIVITY_KEPT = 10_000;

/** Pruning at every insert would double its cost. */
const PRUNE_EVERY = 100;

export interface ActivityRow extends Omit<ActivityEntry, 'id'> {
  /** Absent for what belongs to no workspace, such as the choice of protection. */
  readonly workspaceId?: string | undefined;
}

/** Which entries, and of those the newest so many. */
export interface ActivityQuery extends ActivityFilter {
  readonly limit: number;
  /** Only older ones than this. */
  readonly before?: number | undefined;
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

  /** What is told of a workspace that is gone meanwhile goes with it. */
  insert(row: ActivityRow): void {
    if (this.#inserted % PRUNE_EVERY === 0) this.#prune();
    this.#inserted += 1;
    this.database.run(
      `INSERT INTO activity (at, workspace_id, action, outcome, environment, path, detail)
       SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7
       WHERE ?2 IS NULL OR EXISTS (SELECT 1 FROM workspaces WHERE id = ?2)`,
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
  list(workspaceId: string, { limit, ...query }: ActivityQuery): ActivityEntry[] {
    const conditions = conditionsOf(query);
    return this.database
      .all(
        `SELECT id, at, action, outcome, environment, path, detail FROM activity
         WHERE (workspace_id = ? OR workspace_id IS NULL)
         ${conditions.map(({ sql }) => `AND ${sql}`).join(' ')}
         ORDER BY id DESC LIMIT ?`,
        workspaceId,
        ...conditions.flatMap(({ values }) => values),
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

interface Condition {
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

function conditionsOf({
  actions,
  outcome,
  text,
  before,
}: Omit<ActivityQuery, 'limit'>): Condition[] {
  const conditions: Condition[] = [];
  if (actions !== undefined) {
    // One parameter, so that the statement is the same for any number of them.
    conditions.push({
      sql: 'action IN (SELECT value FROM json_each(?))',
      values: [JSON.stringify(actions)],
    });
  }
  if (outcome !== undefined) conditions.push({ sql: 'outcome = ?', values: [outcome] });
  if (text !== undefined && text !== '') {
    const pattern = `%${text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
    conditions.push({
      sql: String.raw`(environment LIKE ? ESCAPE '\' OR path LIKE ? ESCAPE '\' OR detail LIKE ? ESCAPE '\')`,
      values: [pattern, pattern, pattern],
    });
  }
  if (before !== undefined) conditions.push({ sql: 'id < ?', values: [before] });
  return conditions;
}
