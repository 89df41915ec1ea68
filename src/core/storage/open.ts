/** Opens the database: lock the directory, check the file, set a damaged file aside, migrate. */
import { randomUUID } from 'node:crypto';
import { existsSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Notice } from '@shared/model/notice';
import { AppError } from '@shared/errors';
import { FIRST_FOLDER } from '@shared/providers/local-vault';
import type { HostKind } from '@shared/model/app-info';
import { systemRuntime, type Runtime } from '@core/runtime';
import {
  createPrivateFile,
  prepareDataDirectory,
  setAside,
  storageFailed,
  syncDirectory,
  timestamp,
} from './files';
import { connect, Database, SQLITE, sqliteCode } from './database';
import { lockDataDirectory } from './lock';
import { migrations } from './migrations';
import { Workspaces } from './workspaces';

/** “Strg” marks our files, see https://www.sqlite.org/fileformat.html#application_id. */
const APPLICATION_ID = 0x53747267;

/** The smallest page, and so the smallest possible SQLite database, in bytes. */
const SMALLEST_DATABASE = 512;

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
    const notices = setAsideIfDamaged(path, runtime);
    if (!existsSync(path)) createDatabase(path, runtime);
    createPrivateFile(path);
    return { database: openWhole(path, unlock, runtime), notices };
  } catch (error) {
    unlock();
    throw error;
  }
}

function openWhole(path: string, onClose: () => void, runtime: Pick<Runtime, 'now'>): Database {
  const database = new Database(path, onClose);
  try {
    // FULL: when Save has finished, the rows are on the disk. It costs less than a millisecond per save.
    database.execute(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      PRAGMA foreign_keys = ON;
      PRAGMA secure_delete = ON;
    `);
    migrate(database);
    ensureWorkspace(database, runtime.now());
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Fails if a condition does not hold. Leaves no statement behind, which would keep the file open. */
const assertSql = (query: string, expected: string): string => `
  CREATE TEMP TABLE assertion (result ANY CHECK (result = ${expected}));
  INSERT INTO assertion ${query};
  DROP TABLE temp.assertion;
`;

/** Whether an existing file is anything other than an intact database of ours. Throws `STORAGE_FAILED`. */
function isDamaged(path: string): boolean {
  if (statSync(path).size < SMALLEST_DATABASE) return true;
  const connection = connect(path);
  try {
    connection.exec(
      assertSql('SELECT application_id FROM pragma_application_id', String(APPLICATION_ID)),
    );
    connection.exec(assertSql('SELECT integrity_check FROM pragma_integrity_check(1)', `'ok'`));
    return false;
  } catch (error) {
    const damage: readonly (number | undefined)[] = [
      SQLITE.corrupt,
      SQLITE.notADatabase,
      SQLITE.constraint,
    ];
    if (damage.includes(sqliteCode(error))) return true;
    throw storageFailed(path, error);
  } finally {
    connection.close();
  }
}

function setAsideIfDamaged(path: string, runtime: Pick<Runtime, 'now'>): Notice[] {
  if (!existsSync(path) || !isDamaged(path)) return [];
  const aside = setAside(path, 'damaged', runtime.now());
  moveLogs(path, aside);
  return [
    {
      id: 'database-damaged',
      level: 'warning',
      title: 'The database was damaged',
      text: `Strongroom set it aside as ${aside} and created a new one. Enter your settings, local environments and credentials again. The secrets in your secrets manager are safe, and can be pulled again.`,
    },
  ];
}

/** Moves the logs to the names that SQLite looks for, so that its tools can still recover their rows. */
function moveLogs(path: string, aside: string): void {
  for (const suffix of ['-wal', '-journal']) {
    const log = path + suffix;
    if (!existsSync(log)) continue;
    if (statSync(log).size === 0) rmSync(log);
    else move(log, aside + suffix);
  }
  // Only an index of the log, which SQLite rebuilds.
  rmSync(`${path}-shm`, { force: true });
}

function move(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    throw storageFailed(from, error);
  }
}

/** Creates a new database under another name, so that a file with the right name is always complete. */
function createDatabase(path: string, runtime: Pick<Runtime, 'now'>): void {
  const fresh = `${path}.new`;
  for (const suffix of ['', '-journal']) rmSync(fresh + suffix, { force: true });
  // SQLite would apply a log that is left over from another database to the new one.
  moveLogs(path, `${path}.damaged-${timestamp(runtime.now())}`);
  createPrivateFile(fresh);
  const database = new Database(fresh);
  try {
    database.execute(`PRAGMA application_id = ${String(APPLICATION_ID)}`);
    applyMigrations(database, 0);
  } finally {
    database.close();
  }
  move(fresh, path);
  syncDirectory(dirname(path));
}

function applyMigrations(database: Database, from: number): void {
  for (const [index, migration] of migrations.entries()) {
    if (index < from) continue;
    database.transaction(() => {
      database.execute(migration);
      database.execute(`PRAGMA user_version = ${String(index + 1)}`);
    });
  }
}

function migrate(database: Database): void {
  const version = Number(database.get('PRAGMA user_version')?.['user_version']);
  if (version > migrations.length) {
    throw new AppError('DATA_TOO_NEW', {
      message: `The database ${database.path} was written by a newer version of Strongroom.`,
    });
  }
  applyMigrations(database, version);
}

function ensureWorkspace(database: Database, createdAt: number): void {
  const workspaces = new Workspaces(database);
  if (workspaces.list().length > 0) return;
  // The same folder in every data directory: after the database is lost, its secrets are found again.
  const localFolder = FIRST_FOLDER;
  workspaces.insert({ id: randomUUID(), name: 'Personal', createdAt, localFolder });
}
