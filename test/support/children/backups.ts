/**
 * For tests: opens a database, adds an environment, prints “open”, and then makes backups and asks for the newest to
 * be restored, until it is killed.
 */
import { randomUUID } from 'node:crypto';
import { systemRuntime } from '@core/runtime';
import { Backups } from '@core/storage/backups';
import { Environments } from '@core/storage/environments';
import { openDatabase } from '@core/storage/open';
import { Workspaces } from '@core/storage/workspaces';

export async function main([dataDirectory = '']: readonly string[]): Promise<void> {
  for (;;) {
    const { database } = openDatabase(dataDirectory);
    const workspaceId = new Workspaces(database).list()[0]?.id ?? '';
    const id = randomUUID();
    new Environments(database).insertMany([
      { id, workspaceId, name: id, synced: true, path: id, createdAt: 1 },
    ]);
    const backups = new Backups({ database, dataDirectory, runtime: systemRuntime });
    await backups.restoreAtStart(backups.make().name);
    database.close();
    process.stdout.write('restored\n');
  }
}
