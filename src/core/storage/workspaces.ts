import { z } from 'zod';
import { expectedVariableSchema, type ExpectedVariable } from '@shared/model/expected';
import type { Database } from './database';

export interface WorkspaceRow {
  readonly id: string;
  readonly name: string;
  /** Milliseconds since 1970, UTC. */
  readonly createdAt: number;
  /** Its own folder in the local vault. */
  readonly localFolder: string;
  /** Patterns of keys; absent until somebody has decided on them. */
  readonly plainPatterns?: readonly string[];
  /** The variables that its environments are expected to have; absent: none. */
  readonly expected?: readonly ExpectedVariable[];
}

/** What the database has for a workspace without expected variables. */
const NONE_EXPECTED = '[]';

const rowSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    created_at: z.number(),
    local_folder: z.string(),
    plain_patterns_json: z.string().nullable(),
    expected_json: z.string(),
  })
  .transform((row): WorkspaceRow => ({
    id: row.id,
    name: row.name,
    createdAt: row.created_at,
    localFolder: row.local_folder,
    ...(row.plain_patterns_json !== null && {
      plainPatterns: z.array(z.string()).parse(JSON.parse(row.plain_patterns_json)),
    }),
    ...(row.expected_json !== NONE_EXPECTED && {
      expected: z.array(expectedVariableSchema).parse(JSON.parse(row.expected_json)),
    }),
  }));

export class Workspaces {
  constructor(private readonly database: Database) {}

  /** In the order that people gave them. There is always at least one. */
  list(): WorkspaceRow[] {
    return this.database
      .all('SELECT * FROM workspaces ORDER BY position, created_at, id')
      .map((row) => rowSchema.parse(row));
  }

  find(id: string): WorkspaceRow | undefined {
    const row = this.database.get('SELECT * FROM workspaces WHERE id = ?', id);
    return row && rowSchema.parse(row);
  }

  /** Adds a workspace at the end. */
  insert({ id, name, createdAt, localFolder }: WorkspaceRow): void {
    this.database.run(
      `INSERT INTO workspaces (id, name, position, created_at, local_folder)
       SELECT ?, ?, coalesce(max(position) + 1, 0), ?, ? FROM workspaces`,
      id,
      name,
      createdAt,
      localFolder,
    );
  }

  rename(id: string, name: string): void {
    this.database.run('UPDATE workspaces SET name = ? WHERE id = ?', name, id);
  }

  setPlainPatterns(id: string, patterns: readonly string[]): void {
    this.database.run(
      'UPDATE workspaces SET plain_patterns_json = ? WHERE id = ?',
      JSON.stringify(patterns),
      id,
    );
  }

  setExpected(id: string, expected: readonly ExpectedVariable[]): void {
    this.database.run(
      'UPDATE workspaces SET expected_json = ? WHERE id = ?',
      JSON.stringify(expected),
      id,
    );
  }

  /** Puts the workspaces in this order; the others follow. */
  reorder(ids: readonly string[]): void {
    const rest = this.list().filter(({ id }) => !ids.includes(id));
    this.database.transaction(() => {
      for (const [position, id] of [...ids, ...rest.map((row) => row.id)].entries()) {
        this.database.run('UPDATE workspaces SET position = ? WHERE id = ?', position, id);
      }
    });
  }

  /** Removes a workspace with its environments, everything that belongs to them, and its activity log. */
  remove(id: string): void {
    this.database.transaction(() => {
      this.database.run('DELETE FROM workspaces WHERE id = ?', id);
      this.database.run('DELETE FROM activity WHERE workspace_id = ?', id);
    });
  }
}
