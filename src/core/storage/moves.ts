import { z } from 'zod';
import { migrationStages, placeSchema, type MigrationStage } from '@shared/model/migration';
import type { Database } from './database';

const planSchema = z.object({ from: placeSchema, to: placeSchema });
export type MoveRoute = z.infer<typeof planSchema>;

/** A migration that was started. It never holds a value or anything derived from one. */
export interface MoveRow extends MoveRoute {
  readonly id: string;
  readonly workspaceId: string;
  readonly environmentId: string;
  /** The stage that was started last. */
  readonly stage: MigrationStage;
  /** When that stage was started, in milliseconds since 1970, UTC. */
  readonly at: number;
}

const rowSchema = z
  .object({
    id: z.string(),
    workspace_id: z.string(),
    environment_id: z.string(),
    plan_json: z.string(),
    stage: z.enum(migrationStages),
    updated_at: z.number(),
  })
  .transform((row): MoveRow => ({
    id: row.id,
    workspaceId: row.workspace_id,
    environmentId: row.environment_id,
    ...planSchema.parse(JSON.parse(row.plan_json)),
    stage: row.stage,
    at: row.updated_at,
  }));

/** The journal of migrations, so that an interrupted migration can be resumed or undone. */
export class Moves {
  constructor(private readonly database: Database) {}

  list(workspaceId: string): MoveRow[] {
    return this.database
      .all('SELECT * FROM moves WHERE workspace_id = ? ORDER BY updated_at, id', workspaceId)
      .map((row) => rowSchema.parse(row));
  }

  find(id: string): MoveRow | undefined {
    const row = this.database.get('SELECT * FROM moves WHERE id = ?', id);
    return row && rowSchema.parse(row);
  }

  /** The source and target paths of every migration under way. */
  pathsOf(workspaceId: string): Set<string> {
    return new Set(this.list(workspaceId).flatMap(({ from, to }) => [from.path, to.path]));
  }

  insert({ id, workspaceId, environmentId, from, to, stage, at }: MoveRow): void {
    this.database.run(
      `INSERT INTO moves (id, workspace_id, environment_id, plan_json, stage, updated_at)
       VALUES (?, ?, ?, ?, ?, ?)`,
      id,
      workspaceId,
      environmentId,
      JSON.stringify({ from, to } satisfies MoveRoute),
      stage,
      at,
    );
  }

  /** `false` if the migration is gone, with its environment or its workspace. */
  setStage(id: string, stage: MigrationStage, at: number): boolean {
    return (
      this.database.run('UPDATE moves SET stage = ?, updated_at = ? WHERE id = ?', stage, at, id) >
      0
    );
  }

  remove(id: string): void {
    this.database.run('DELETE FROM moves WHERE id = ?', id);
  }

  transaction(work: () => void): void {
    this.database.transaction(work);
  }
}
