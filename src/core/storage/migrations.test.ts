/** Databases of earlier versions, opened by this one. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { temporaryDirectory } from '@test/support/temporary-directory';
import { ActivityRows } from './activity';
import { createDatabaseFile } from './create';
import { Database } from './database';
import { migrations } from './migrations';
import { openDatabase } from './open';

/** A data directory as the version with this many migrations left it. */
function directoryOf(version: number, fill: (database: Database) => void): string {
  const directory = temporaryDirectory();
  const path = join(directory, 'strongroom.db');
  createDatabaseFile(path, version);
  const database = new Database(path);
  fill(database);
  database.close();
  return directory;
}

function opened(directory: string): Database {
  const { database, notices } = openDatabase(directory);
  onTestFinished(() => {
    database.close();
  });
  expect(notices).toEqual([]);
  return database;
}

it('keeps the activity of before, without a caller, and tells undeleting from rolling back', () => {
  const workspaceId = randomUUID();
  const directory = directoryOf(2, (database) => {
    database.run(
      'INSERT INTO workspaces (id, name, position, created_at) VALUES (?, ?, 0, 1)',
      workspaceId,
      'Personal',
    );
    const entries: readonly (readonly [string, string, string | null])[] = [
      ['saved', 'done', '1 added'],
      ['restored', 'done', null],
      ['restored', 'done', 'v3'],
      ['restored', 'failed', 'Someone else changed this secret since it was read.'],
    ];
    for (const [action, outcome, detail] of entries) {
      database.run(
        `INSERT INTO activity (at, workspace_id, action, outcome, environment, path, detail)
         VALUES (1, ?, ?, ?, 'production', 'app/production', ?)`,
        workspaceId,
        action,
        outcome,
        detail,
      );
    }
  });
  const rows = new ActivityRows(opened(directory));
  const common = { at: 1, environment: 'production', path: 'app/production' };
  expect(rows.list(workspaceId, { limit: 10 })).toEqual([
    {
      ...common,
      id: 4,
      action: 'undeleted',
      outcome: 'failed',
      detail: 'Someone else changed this secret since it was read.',
    },
    { ...common, id: 3, action: 'rolled-back', outcome: 'done', detail: 'v3' },
    { ...common, id: 2, action: 'undeleted', outcome: 'done' },
    { ...common, id: 1, action: 'saved', outcome: 'done', detail: '1 added' },
  ]);
  rows.insert({ at: 2, workspaceId, action: 'saved', outcome: 'done', caller: { kind: 'window' } });
  expect(rows.list(workspaceId, { limit: 1 })).toMatchObject([
    { id: 5, caller: { kind: 'window' } },
  ]);
});

it.each(migrations.map((_, version) => version).slice(1))(
  'opens a database of version %i, and only once brings it up to date',
  (version) => {
    const directory = directoryOf(version, () => undefined);
    for (let start = 0; start < 2; start += 1) {
      const database = opened(directory);
      expect(database.get('PRAGMA user_version')).toEqual({ user_version: migrations.length });
      database.close();
    }
  },
);
