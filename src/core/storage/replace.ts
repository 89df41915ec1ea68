/**
 * Puts another database in the place of the present one: one that was salvaged from it, or a backup. The new file is
 * complete before the old one is moved, and its name says what it is for, so that a crash at any point leaves a
 * database or the way to one.
 */
import { existsSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Notice } from '@shared/model/notice';
import { setAside, storageFailed, syncDirectory, timestamp } from './files';
import { removeDatabase } from './create';
import { soundnessOf } from './soundness';

/** A complete database that waits for the place of the present one. */
const waiting = { damaged: 'salvaged', replaced: 'restored' } as const;
export type Replaced = keyof typeof waiting;

export const waitingPath = (path: string, why: Replaced): string => `${path}.${waiting[why]}`;

/** Moves the present database aside, and what waits into its place. Returns the new path of the old one. */
export function replaceDatabase(path: string, why: Replaced, at: number): string | undefined {
  const aside = existsSync(path) ? setAside(path, why, at) : undefined;
  moveLogs(path, aside ?? `${path}.${why}-${timestamp(at)}`);
  move(waitingPath(path, why), path);
  syncDirectory(dirname(path));
  return aside;
}

/** Goes on where a crash broke off, and applies a restore that somebody asked for. */
export function applyWaiting(path: string, now: () => number): Notice[] {
  const notices: Notice[] = [];
  const restored = waitingPath(path, 'replaced');
  if (existsSync(restored)) {
    if (soundnessOf(restored) === 'sound') {
      notices.push(restoredNotice(replaceDatabase(path, 'replaced', now())));
    } else {
      removeDatabase(restored);
      notices.push(notRestoredNotice);
    }
  }
  // Only a crash leaves it: the database is still there, or has just been moved.
  if (existsSync(waitingPath(path, 'damaged'))) replaceDatabase(path, 'damaged', now());
  return notices;
}

/** Moves the logs to the names that SQLite looks for, so that its tools can still recover their rows. */
export function moveLogs(path: string, aside: string): void {
  for (const suffix of ['-wal', '-journal']) {
    const log = path + suffix;
    if (!existsSync(log)) continue;
    if (statSync(log).size === 0) rmSync(log);
    else move(log, aside + suffix);
  }
  // Only an index of the log, which SQLite rebuilds.
  rmSync(`${path}-shm`, { force: true });
}

export function move(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    throw storageFailed(from, error);
  }
}

const restoredNotice = (aside: string | undefined): Notice => ({
  id: 'database-restored',
  level: 'info',
  title: 'The backup was restored',
  text:
    aside === undefined
      ? 'Settings, environments and credentials are as they were when the backup was made.'
      : `Settings, environments and credentials are as they were when the backup was made. The database of before is kept as ${aside}.`,
});

const notRestoredNotice: Notice = {
  id: 'database-not-restored',
  level: 'warning',
  title: 'The backup was not restored',
  text: 'Its copy was damaged before Strongroom started again. The present database was left alone. Choose a backup again.',
};
