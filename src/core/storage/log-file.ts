import { closeSync, fdatasync, openSync } from 'node:fs';
import { promisify } from 'node:util';
import { storageFailed, systemCode } from './files';

/** As SQLite does: the time of the last change may be lost, and nothing else. */
const sync = promisify(fdatasync);

/**
 * The write-ahead log of an open database, which waits for the disk as SQLite does at the end of a commit, but lets
 * others work meanwhile. The log stays the same file for as long as the database is open. SQLite has no lock on this
 * file that closing it could take away. See https://www.sqlite.org/wal.html.
 */
export class LogFile {
  #file: number | undefined;
  #waiting = 0;
  #isClosed = false;

  constructor(private readonly path: string) {}

  /** Whether there is a log: SQLite has none if the file system does not share memory. Throws `STORAGE_FAILED`. */
  open(): boolean {
    try {
      this.#file ??= openSync(this.path, 'r+');
      return true;
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return false;
      throw storageFailed(this.path, error);
    }
  }

  /** Resolves when everything that was written into the log is on the disk. Throws `STORAGE_FAILED`. */
  async sync(): Promise<void> {
    if (this.#file === undefined) return;
    this.#waiting += 1;
    try {
      await sync(this.#file);
    } catch (error) {
      throw storageFailed(this.path, error);
    } finally {
      this.#waiting -= 1;
      this.#closeIfDone();
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#closeIfDone();
  }

  #closeIfDone(): void {
    if (!this.#isClosed || this.#waiting > 0 || this.#file === undefined) return;
    closeSync(this.#file);
    this.#file = undefined;
  }
}
