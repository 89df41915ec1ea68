/** What happens to a damaged database: salvage, else the last backup, else a new one. */
import { copyFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Notice } from '@shared/model/notice';
import { backupPath, listBackups } from './backups';
import { createDatabaseFile } from './create';
import { createPrivateFile, storageFailed } from './files';
import { move, replaceDatabase, waitingPath } from './replace';
import { salvage } from './salvage';
import { backupUsedNotice, damagedNotice, salvagedNotice } from './salvage-notice';
import { soundnessOf } from './soundness';

/** Puts a sound database in the place of a damaged one, which is kept. Throws `STORAGE_FAILED`. */
export function repairDatabase(path: string, at: number): Notice {
  const dataDirectory = dirname(path);
  const backup = listBackups(dataDirectory).find(
    ({ name }) => soundnessOf(backupPath(dataDirectory, name)) === 'sound',
  );
  const backupFile = backup && backupPath(dataDirectory, backup.name);
  const waiting = waitingPath(path, 'damaged');
  const replaced = (): string => replaceDatabase(path, 'damaged', at) ?? path;
  const salvaged = salvage({ damaged: path, salvaged: waiting, backup: backupFile });
  if (salvaged !== undefined) return salvagedNotice(salvaged, replaced(), backup?.at);
  if (backup !== undefined && backupFile !== undefined) {
    const copy = `${waiting}.unfinished`;
    createPrivateFile(copy);
    copyFile(backupFile, copy);
    move(copy, waiting);
    return backupUsedNotice(replaced(), backup.at);
  }
  createDatabaseFile(`${waiting}.unfinished`);
  move(`${waiting}.unfinished`, waiting);
  return damagedNotice(replaced());
}

function copyFile(from: string, to: string): void {
  try {
    copyFileSync(from, to);
  } catch (error) {
    throw storageFailed(to, error);
  }
}
