/** Opens the database: lock the directory, check the file, repair or replace a damaged one, migrate. */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Notice } from '@shared/model/notice';
import { AppError, toErrorReport } from '@shared/errors';
import { FIRST_FOLDER } from '@shared/providers/facts/local-vault';
import type { HostKind } from '@shared/model/app-info';
import { systemRuntime, type Runtime } from '@core/runtime';
import { makeBackup } from './backups';
import { keepChecksums } from './checked-rows';
import { applyMigrations, createDatabaseFile } from './create';
import { createPrivateFile, prepareDataDirectory, syncDirectory, timestamp } from './files';
import { Database, WAITS } from './database';
import { lockDataDirectory } from './lock';
import { migrations } from './migrations';
import { repairDatabase } from './repair';
import { applyWaiting, move, moveLogs } from './replace';
import { numberOf, soundnessOf } from './soundness';
import { Workspaces } from './workspaces';

export interface OpenedDatabase {
  readonly database: Database;
  /** Faults that Strongroom survived. */
  readonly notices: readonly Notice[];
}

/**
 * Opens the database of a data directory for a host, and creates both if they are missing. `isLocked`: the process
 * that started this one holds the lock. Throws `DATA_DIRECTORY_IN_USE`, `STORAGE_FAILED`, and `DATA_TOO_NEW` for a
 * database of a later version.
 */
export function openDatabase(
  dataDirectory: string,
  runtime: Pick<Runtime, 'now'> = systemRuntime,
  host: HostKind = 'cli',
  isLocked = false,
): OpenedDatabase {
  prepareDataDirectory(dataDirectory);
  const unlock = isLocked
    ? () => undefined
    : lockDataDirectory(dataDirectory, { host, startedAt: runtime.now() });
  try {
    const path = join(dataDirectory, 'strongroom.db');
    const notices = applyWaiting(path, () => runtime.now());
    if (existsSync(path)) {
      createPrivateFile(path);
      notices.push(...checkedDatabase(path, runtime));
    } else createDatabase(path, runtime);
    const opened = openWhole(path, unlock, runtime);
    return { database: opened.database, notices: [...notices, ...opened.notices] };
  } catch (error) {
    unlock();
    throw error;
  }
}

/** Throws `DATA_TOO_NEW`. */
function checkedDatabase(path: string, runtime: Pick<Runtime, 'now'>): Notice[] {
  switch (soundnessOf(path)) {
    case 'sound':
      return [];
    case 'damaged':
      return [repairDatabase(path, runtime.now())];
    case 'too new':
      throw new AppError('DATA_TOO_NEW', {
        message: `The database ${path} was written by a newer version of Strongroom.`,
      });
  }
}

function openWhole(
  path: string,
  onClose: () => void,
  runtime: Pick<Runtime, 'now'>,
): OpenedDatabase {
  const database = new Database(path, onClose);
  try {
    // FULL: when Save has finished, the rows are on the disk. It costs less than a millisecond per save.
    database.execute(`
      PRAGMA journal_mode = WAL;
      ${WAITS.atCommit};
      PRAGMA foreign_keys = ON;
      PRAGMA secure_delete = ON;
      PRAGMA temp_store = MEMORY;
    `);
    const notices = migrate(database, runtime);
    keepChecksums(database);
    ensureWorkspace(database, runtime.now());
    return { database, notices };
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Creates a new database under another name, so that a file with the right name is always complete. */
function createDatabase(path: string, runtime: Pick<Runtime, 'now'>): void {
  // SQLite would apply a log that is left over from another database to the new one.
  moveLogs(path, `${path}.damaged-${timestamp(runtime.now())}`);
  createDatabaseFile(`${path}.new`);
  move(`${path}.new`, path);
  syncDirectory(dirname(path));
}

/** A migration is all or nothing, so one without a backup is better than no start. */
function migrate(database: Database, runtime: Pick<Runtime, 'now'>): Notice[] {
  const version = numberOf(database, 'main', 'user_version');
  if (version >= migrations.length) return [];
  const notices: Notice[] = [];
  try {
    makeBackup(database, dirname(database.path), 'update', runtime.now());
  } catch (error) {
    notices.push({
      id: 'backup-failed',
      level: 'warning',
      title: 'The database was updated without a backup',
      text: `${toErrorReport(error).message} Everything works. Make room on the disk, so that the daily backup succeeds.`,
    });
  }
  applyMigrations(database, version);
  return notices;
}

function ensureWorkspace(database: Database, createdAt: number): void {
  const workspaces = new Workspaces(database);
  if (workspaces.list().length > 0) return;
  // The same folder in every data directory: after the database is lost, its secrets are found again.
  const localFolder = FIRST_FOLDER;
  workspaces.insert({ id: randomUUID(), name: 'Personal', createdAt, localFolder });
}
