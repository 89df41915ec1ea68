/**
 * Copies of the database, made each day and before a migration. Values are sealed in them as in the database; the key
 * is not in them.
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
} from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { AppError } from '@shared/errors';
import { backupReasons, type Backup, type BackupReason } from '@shared/model/backup';
import type { Runtime } from '@core/runtime';
import { quoted, withAttached } from './attached';
import { removeDatabase } from './create';
import type { Database } from './database';
import { createPrivateFile, storageFailed, syncDirectory, timestamp } from './files';
import { move, waitingPath } from './replace';
import { soundnessOf } from './soundness';

/** How many are kept of each kind. */
const KEPT: Readonly<Record<BackupReason, number>> = { daily: 7, update: 3 };

const DAY_MS = 24 * 60 * 60_000;

const directoryOf = (dataDirectory: string): string => join(dataDirectory, 'backups');

export const backupPath = (dataDirectory: string, name: string): string =>
  join(directoryOf(dataDirectory), name);

const NAME =
  /^strongroom-(?<day>\d{4}-\d\d-\d\d)T(?<time>\d\d-\d\d-\d\d)-(?<ms>\d{3})Z-(?<reason>\w+)\.db$/;

function parse(dataDirectory: string, name: string): Backup | undefined {
  const { day, time, ms, reason } = NAME.exec(name)?.groups ?? {};
  const known = backupReasons.find((each) => each === reason);
  if (known === undefined || day === undefined || time === undefined || ms === undefined) return;
  const at = Date.parse(`${day}T${time.replaceAll('-', ':')}.${ms}Z`);
  const { size } = statSync(backupPath(dataDirectory, name), { throwIfNoEntry: false }) ?? {};
  return Number.isNaN(at) || size === undefined ? undefined : { name, at, size, reason: known };
}

/** The newest first. */
export function listBackups(dataDirectory: string): Backup[] {
  const directory = directoryOf(dataDirectory);
  if (statSync(directory, { throwIfNoEntry: false })?.isDirectory() !== true) return [];
  return readdirSync(directory)
    .flatMap((name) => parse(dataDirectory, name) ?? [])
    .toSorted((a, b) => b.at - a.at);
}

/** Makes a backup and checks it. Throws `STORAGE_FAILED`; then there is none. */
export function makeBackup(
  database: Database,
  dataDirectory: string,
  reason: BackupReason,
  at: number,
): Backup {
  const name = `strongroom-${timestamp(at)}-${reason}.db`;
  const path = backupPath(dataDirectory, name);
  const unfinished = join(directoryOf(dataDirectory), 'unfinished.db');
  try {
    mkdirSync(directoryOf(dataDirectory), { recursive: true, mode: 0o700 });
    removeDatabase(unfinished);
    createPrivateFile(unfinished);
    database.execute(`VACUUM INTO ${quoted(unfinished)}`);
    if (soundnessOf(unfinished) !== 'sound')
      throw new AppError('STORAGE_FAILED', {
        message: 'The backup of the database differs from the database.',
        hint: 'Make room on the disk and check it, then make a backup again.',
      });
    syncFile(unfinished);
    move(unfinished, path);
    syncDirectory(directoryOf(dataDirectory));
  } catch (error) {
    discard(unfinished);
    throw error instanceof AppError ? error : storageFailed(path, error);
  }
  prune(dataDirectory);
  return { name, at, size: statSync(path).size, reason };
}

/** What is left of a failed backup is overwritten by the next one, if it cannot be removed now. */
function discard(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // The failure itself is what counts.
  }
}

function syncFile(path: string): void {
  const file = openSync(path, 'r+');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function prune(dataDirectory: string): void {
  const backups = listBackups(dataDirectory);
  for (const reason of backupReasons) {
    const old = backups.filter((each) => each.reason === reason).slice(KEPT[reason]);
    for (const { name } of old) rmSync(backupPath(dataDirectory, name), { force: true });
  }
}

export interface BackupsParts {
  readonly database: Database;
  readonly dataDirectory: string;
  readonly runtime: Pick<Runtime, 'now'>;
}

export class Backups {
  constructor(private readonly parts: BackupsParts) {}

  /** The newest first. */
  list(): Backup[] {
    return listBackups(this.parts.dataDirectory);
  }

  /** Throws `STORAGE_FAILED`. */
  make(): Backup {
    const { database, dataDirectory, runtime } = this.parts;
    return makeBackup(database, dataDirectory, 'daily', runtime.now());
  }

  /** Whether there is no daily backup of the last 24 hours. A clock that was set back does not stop them. */
  isDue(): boolean {
    return !this.list().some(({ at, reason }) => reason === 'daily' && this.#isOfToday(at));
  }

  /** As `isDue`, once the database itself is a day old. */
  isOverdue(): boolean {
    const row = this.parts.database.get('SELECT min(created_at) AS at FROM workspaces');
    return !this.#isOfToday(Number(row?.['at'])) && this.isDue();
  }

  #isOfToday(at: number): boolean {
    const age = this.parts.runtime.now() - at;
    return age >= 0 && age < DAY_MS;
  }

  /**
   * Puts a backup in the place of the database at the next start. Throws `INVALID_INPUT` if there is no such backup,
   * and `STORAGE_FAILED` if it is damaged or cannot be copied.
   */
  async restoreAtStart(name: string): Promise<void> {
    const backup = this.list().find((each) => each.name === name);
    if (backup === undefined) {
      throw new AppError('INVALID_INPUT', {
        message: `There is no backup ${name}.`,
        hint: 'List the backups to see their names.',
      });
    }
    const from = backupPath(this.parts.dataDirectory, name);
    if (soundnessOf(from) !== 'sound') {
      throw new AppError('STORAGE_FAILED', {
        message: `The backup ${from} is damaged.`,
        hint: 'Restore another one.',
      });
    }
    const copy = `${this.#waiting}.copy`;
    try {
      createPrivateFile(copy);
      await copyFile(from, copy);
      syncFile(copy);
      move(copy, this.#waiting);
      syncDirectory(this.parts.dataDirectory);
    } catch (error) {
      throw error instanceof AppError ? error : storageFailed(copy, error);
    }
  }

  /** Whether a backup takes the place of the database at the next start. */
  isWaiting(): boolean {
    return existsSync(this.#waiting);
  }

  /** Keeps the present database after all. */
  cancelRestore(): void {
    rmSync(this.#waiting, { force: true });
  }

  /** Removes the backups that hold anything sealed. */
  removeSealed(): void {
    const { dataDirectory } = this.parts;
    for (const { name } of this.list()) {
      const path = backupPath(dataDirectory, name);
      if (holdsSealed(path)) removeDatabase(path);
    }
  }

  /** Removes the databases that were set aside, if they hold anything sealed. */
  removeSetAside(): void {
    const { dataDirectory, database } = this.parts;
    const name = new RegExp(`^${basename(database.path)}\\.(?:damaged|replaced)-[\\dTZ-]+$`);
    for (const each of readdirSync(dataDirectory).filter((file) => name.test(file))) {
      const path = join(dataDirectory, each);
      if (holdsSealed(path)) removeDatabase(path);
    }
  }

  get #waiting(): string {
    return waitingPath(this.parts.database.path, 'replaced');
  }
}

/** `true` if it cannot be read: nobody knows then. */
function holdsSealed(path: string): boolean {
  if (soundnessOf(path) !== 'sound') return true;
  return withAttached({ file: path }, (database) =>
    ['credentials', 'local_documents', 'kept_edits', 'grant_seals', 'grant_secrets'].some(
      (table) => {
        const found = database.get(
          'SELECT count(*) AS found FROM file.sqlite_schema WHERE name = ?',
          table,
        );
        if (found?.['found'] !== 1) return false;
        return database.get(`SELECT count(*) AS rows FROM file."${table}"`)?.['rows'] !== 0;
      },
    ),
  );
}
