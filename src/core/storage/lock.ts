/**
 * One Strongroom a data directory. The lock is SQLite's own on an empty file, so the operating system
 * lets go of it when the process ends, however it ends. It covers everything in the directory, which a
 * lock on the database would not: a damaged database is moved away while the lock is held.
 *
 * On POSIX systems a process loses its lock when it opens and closes the same file by other means:
 * nothing else here may open it.
 */
import { truncateSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '@shared/errors';
import { createPrivateFile } from './files';
import { connect, SQLITE, sqliteCode } from './database';
import { dataDirectoryInUse, removeHolder, writeHolder, type Holder } from './holder';

/**
 * Returns how to let go of the lock, which may be done twice. Throws `DATA_DIRECTORY_IN_USE` at once, with
 * who holds it, or `STORAGE_FAILED`.
 */
export function lockDataDirectory(dataDirectory: string, holder: Omit<Holder, 'pid'>): () => void {
  const path = join(dataDirectory, 'strongroom.lock');
  createPrivateFile(path);
  const connection = connect(path);
  const take = (): void => {
    connection.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  };
  try {
    try {
      take();
    } catch (error) {
      if (sqliteCode(error) !== SQLITE.notADatabase) throw error;
      // Somebody wrote into it. Nothing in it is ever needed, and emptying keeps the file others may hold.
      truncateSync(path);
      take();
    }
  } catch (error) {
    connection.close();
    if (sqliteCode(error) === SQLITE.busy) throw dataDirectoryInUse(dataDirectory, error);
    throw new AppError('STORAGE_FAILED', {
      message: `The data directory ${dataDirectory} cannot be locked.`,
      cause: error,
    });
  }
  writeHolder(dataDirectory, { ...holder, pid: process.pid });
  return () => {
    if (!connection.open) return;
    removeHolder(dataDirectory);
    connection.exec('ROLLBACK');
    connection.close();
  };
}
