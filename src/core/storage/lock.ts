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

/** Returns how to let go of it, which may be done twice. Throws `DATA_DIRECTORY_IN_USE` at once, or `STORAGE_FAILED`. */
export function lockDataDirectory(dataDirectory: string): () => void {
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
    if (sqliteCode(error) === SQLITE.busy) {
      throw new AppError('DATA_DIRECTORY_IN_USE', {
        message: `Strongroom is already running with the data directory ${dataDirectory}.`,
        cause: error,
      });
    }
    throw new AppError('STORAGE_FAILED', {
      message: `The data directory ${dataDirectory} cannot be locked.`,
      cause: error,
    });
  }
  return () => {
    if (!connection.open) return;
    connection.exec('ROLLBACK');
    connection.close();
  };
}
