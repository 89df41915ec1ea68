/**
 * For tests: opens a database, prints “open”, and adds environments in pairs until it is killed. If it cannot
 * open the database, prints the code of the failure.
 */
import { randomUUID } from 'node:crypto';
import { isAppError } from '@shared/errors';
import { Environments } from '@core/storage/environments';
import { openDatabase } from '@core/storage/open';
import { Workspaces } from '@core/storage/workspaces';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

export function main([dataDirectory = '']: readonly string[]): void {
  try {
    const { database } = openDatabase(dataDirectory);
    const workspaceId = new Workspaces(database).list()[0]?.id ?? '';
    const environments = new Environments(database);
    const addPair = (): void => {
      const pair = [randomUUID(), randomUUID()].map((id) => ({
        id,
        workspaceId,
        name: id,
        synced: true,
        path: id,
        createdAt: Date.now(),
      }));
      environments.insertMany(pair);
      setImmediate(addPair);
    };
    addPair();
    say('open');
  } catch (error) {
    say(isAppError(error) ? error.code : String(error));
  }
}
