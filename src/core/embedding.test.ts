/** The core inside somebody else's program leaves that program's process alone. */
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { runChild } from '@test/support/child-process';
import { startTestAws, startTestVault } from '@test/support/core';
import { temporaryDirectory } from '@test/support/temporary-directory';
import type { EmbeddingOutcome, EmbeddingTask } from '@test/support/children/embedding';

const child = new URL('../../test/support/children/embedding.ts', import.meta.url);

/** Milliseconds: less than any timer of the core, and enough for a busy machine. */
const ENDS_WITHIN = 3000;

it('a program that closed its core ends by itself, and its process is as it was', async () => {
  const dataDirectory = temporaryDirectory();
  const vault = await startTestVault();
  vault.kv('secret').put('production', { KEY: 'value' });
  const aws = await startTestAws();
  aws.put('production', '{"KEY":"value"}');
  const bus = createServer(() => undefined).listen(join(dataDirectory, 'bus'));
  onTestFinished(() => {
    bus.close();
  });
  const task: EmbeddingTask = {
    dataDirectory,
    vault: { url: vault.url, token: vault.rootToken },
    aws: {
      endpoint: aws.endpoint,
      region: aws.region,
      key: aws.accessKey({ allow: ['*'] }),
    },
    nowhere: 'http://127.0.0.1:9',
  };
  const running = runChild(child, [JSON.stringify(task)], {
    env: {
      ...process.env,
      // A keyring that never answers.
      DBUS_SESSION_BUS_ADDRESS: `unix:path=${join(dataDirectory, 'bus')}`,
    },
  });
  const { before, after, failures } = JSON.parse(await running.line()) as EmbeddingOutcome;
  const closedAt = performance.now();
  await expect(running.ended).resolves.toBe(0);
  expect(performance.now() - closedAt).toBeLessThan(ENDS_WITHIN);
  expect(failures).toEqual(['OFFLINE']);
  expect(after).toEqual(before);
});
