import { z } from 'zod';
import {
  activityEntrySchema,
  type ActivityEntry,
  type ActivityFilter,
} from '@shared/model/activity';
import { callerSchema, type Caller } from '@shared/model/caller';
import { textAsBlobSchema, type Database, type SqlValue } from './database';

/** How many entries are kept. */
export const ACTIVITY_KEPT = 10_000;

/** Pruning at every insert would double its cost. */
const PRUNE_EVERY = 100;

export interface ActivityRow extends Omit<ActivityEntry, 'id'> {
  /** Absent for an entry that belongs to no workspace, such as the choice of protection. */
  readonly workspaceId?: string | undefined;
}

/** Which entries to return: the newest `limit` of those that match. */
export interface ActivityQuery extends ActivityFilter {
  readonly limit: number;
  /** Only entries older than this id. */
  readonly before?: number | undefined;
}

const rowSchema = activityEntrySchema
  .omit({ caller: true })
  .extend({
    action: textAsBlobSchema.pipe(activityEntrySchema.shape.action),
    outcome: textAsBlobSchema.pipe(activityEntrySchema.shape.outcome),
    environment: textAsBlobSchema.nullable(),
    path: textAsBlobSchema.nullable(),
    detail: textAsBlobSchema.nullable(),
    caller_kind: textAsBlobSchema.pipe(callerSchema.shape.kind).nullable(),
    caller_pid: z.number().nullable(),
    caller_name: textAsBlobSchema.nullable(),
    caller_claimed: z.literal(1).nullable(),
    reason: textAsBlobSchema.nullable(),
  })
  .transform((row): ActivityEntry => {
    const { id, at, action, outcome, environment, path, detail, reason } = row;
    const caller = callerOf(row);
    return {
      id,
      at,
      action,
      outcome,
      ...(environment !== null && { environment }),
      ...(path !== null && { path }),
      ...(detail !== null && { detail }),
      ...(caller !== undefined && { caller }),
      ...(reason !== null && { reason }),
    };
  });

interface CallerColumns {
  readonly caller_kind: Caller['kind'] | null;
  readonly caller_pid: number | null;
  readonly caller_name: string | null;
  readonly caller_claimed: 1 | null;
}

function callerOf(row: CallerColumns): Caller | undefined {
  const { caller_kind: kind, caller_pid: pid, caller_name: name } = row;
  if (kind === null) return undefined;
  return {
    kind,
    ...(pid !== null && { process: { pid, ...(name !== null && { name }) } }),
    ...(row.caller_claimed !== null && { claimed: true }),
  };
}

export class ActivityRows {
  #inserted = 0;

  constructor(private readonly database: Database) {}

  /**
   * Skips an entry if its workspace no longer exists. What `first` writes is written in the same transaction, which
   * waits for the disk once: if `first` throws, nothing is inserted.
   */
  insert(row: ActivityRow, first: () => void = () => undefined): void {
    this.database.transaction(() => {
      first();
      this.#insert(row);
    });
  }

  #insert(row: ActivityRow): void {
    if (this.#inserted % PRUNE_EVERY === 0) this.#prune();
    this.#inserted += 1;
    const { caller } = row;
    this.database.append(
      `INSERT INTO activity (
         at, workspace_id, action, outcome, environment, path, detail,
         caller_kind, caller_pid, caller_name, caller_claimed, reason
       )
       SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12
       WHERE ?2 IS NULL OR EXISTS (SELECT 1 FROM workspaces WHERE id = ?2)`,
      row.at,
      row.workspaceId ?? null,
      row.action,
      row.outcome,
      row.environment ?? null,
      row.path ?? null,
      row.detail ?? null,
      caller?.kind ?? null,
      caller?.process?.pid ?? null,
      caller?.process?.name ?? null,
      caller?.claimed === true ? 1 : null,
      row.reason ?? null,
    );
  }

  /**
   * Newest first: the entries of a workspace, and those that belong to no workspace. An entry that was damaged beyond
   * understanding is left out.
   */
  list(workspaceId: string, { limit, ...query }: ActivityQuery): ActivityEntry[] {
    const conditions = conditionsOf(query);
    return this.database
      .all(
        `SELECT id, at, caller_pid, caller_claimed,
           ${TEXTS.map((column) => `CAST(${column} AS BLOB) AS ${column}`).join(', ')}
         FROM activity
         WHERE (workspace_id = ? OR workspace_id IS NULL)
         ${conditions.map(({ sql }) => `AND ${sql}`).join(' ')}
         ORDER BY id DESC LIMIT ?`,
        workspaceId,
        ...conditions.flatMap(({ values }) => values),
        limit,
      )
      .flatMap((row) => rowSchema.safeParse(row).data ?? []);
  }

  #prune(): void {
    this.database.append(
      'DELETE FROM activity WHERE id <= (SELECT max(id) FROM activity) - ?',
      ACTIVITY_KEPT,
    );
  }
}

const TEXTS = [
  'action',
  'outcome',
  'environment',
  'path',
  'detail',
  'caller_kind',
  'caller_name',
  'reason',
] as const;

/** The columns that the text filter searches. */
const SEARCHED = [
  'environment',
  'path',
  'detail',
  'caller_kind',
  'caller_pid',
  'caller_name',
  'reason',
] as const;

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
      sql: `(${SEARCHED.map((column) => String.raw`${column} LIKE ? ESCAPE '\'`).join(' OR ')})`,
      values: SEARCHED.map(() => pattern),
    });
  }
  if (before !== undefined) conditions.push({ sql: 'id < ?', values: [before] });
  return conditions;
}
