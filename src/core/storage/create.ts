/** Creates databases, and brings them up to date. */
import { rmSync } from 'node:fs';
import { withAttached } from './attached';
import { writeAllChecksums } from './checked-rows';
import { Database } from './database';
import { createPrivateFile } from './files';
import { migrations } from './migrations';
import { FIRST_CHECKED_VERSION, noteSchema } from './schema-check';
import { APPLICATION_ID } from './soundness';

/** Creates a database file as a version has it, in place of one that was not finished. Throws `STORAGE_FAILED`. */
export function createDatabaseFile(path: string, version: number = migrations.length): void {
  removeDatabase(path);
  createPrivateFile(path);
  const database = new Database(path);
  try {
    database.execute(`PRAGMA application_id = ${String(APPLICATION_ID)}`);
    for (const migration of migrations.slice(0, version)) database.execute(migration);
    database.execute(`PRAGMA user_version = ${String(version)}`);
  } finally {
    database.close();
  }
  // Through another connection: a statement would keep this one open.
  withAttached({ file: path }, (attached) => {
    attached.transaction(() => {
      check(attached, 'file', version);
    });
  });
}

/** Brings a database from a version to the latest one, all at once or not at all. Throws `STORAGE_FAILED`. */
export function applyMigrations(database: Database, from: number): void {
  if (from >= migrations.length) return;
  database.transaction(() => {
    for (const migration of migrations.slice(from)) database.execute(migration);
    database.execute(`PRAGMA user_version = ${String(migrations.length)}`);
    check(database, 'main', migrations.length);
  });
}

function check(database: Database, schema: string, version: number): void {
  if (version < FIRST_CHECKED_VERSION) return;
  writeAllChecksums(database, schema);
  noteSchema(database, schema, version);
}

/** Removes a database that nobody has open, with its logs. */
export function removeDatabase(path: string): void {
  for (const suffix of ['', '-journal', '-wal', '-shm']) rmSync(path + suffix, { force: true });
}
