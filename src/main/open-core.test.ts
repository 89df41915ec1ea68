import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { openDatabase } from '@core/storage/open';
import { connectAs } from '@test/support/agent';
import { MemoryKeychain } from '@test/support/memory-keychain';
import { filesIn, temporaryDirectory } from '@test/support/temporary-directory';
import { openWindowCore } from './open-core';

async function open(dataDirectory: string) {
  const core = await openWindowCore({
    host: 'desktop',
    version: '1.2.3',
    dataDirectory,
    keychain: new MemoryKeychain(),
    report: () => undefined,
  });
  onTestFinished(() => core.close());
  return core;
}

it('opens a core that programs can use until it is closed', async () => {
  const dataDirectory = temporaryDirectory();
  const core = await open(dataDirectory);
  expect(core.notices.list()).toEqual([]);
  const connection = await connectAs(dataDirectory);
  expect(await connection?.client.status()).toMatchObject({ host: 'desktop', version: '1.2.3' });
  await core.close();
  expect(filesIn(dataDirectory)).not.toContain('core.sock');
  expect(await connectAs(dataDirectory)).toBeUndefined();
});

it('opens the core all the same if nobody can connect, and says so', async () => {
  const dataDirectory = temporaryDirectory();
  mkdirSync(join(dataDirectory, 'core.sock'));
  const core = await open(dataDirectory);
  expect(core.notices.list()).toEqual([
    {
      id: 'agent-host',
      level: 'warning',
      title: 'The command line cannot connect',
      text: expect.stringContaining(join(dataDirectory, 'core.sock')) as string,
    },
  ]);
  await core.close();
});

it('does not wait for another app, and says that it is one', async () => {
  const dataDirectory = temporaryDirectory();
  await open(dataDirectory);
  const startedAt = performance.now();
  await expect(open(dataDirectory)).rejects.toMatchObject({
    code: 'DATA_DIRECTORY_IN_USE',
    message: expect.stringContaining(`: the app, process ${String(process.pid)}, since`),
  });
  expect(performance.now() - startedAt).toBeLessThan(2000);
});

it('waits for a command to end', async () => {
  const dataDirectory = temporaryDirectory();
  const { database } = openDatabase(dataDirectory);
  const opening = open(dataDirectory);
  await sleep(200);
  database.close();
  expect((await opening).info.host).toBe('desktop');
});
