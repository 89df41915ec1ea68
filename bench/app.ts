/** An app with one environment, in a separate process: its agent socket, and no window. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createRouterClient } from '@orpc/server';
import { openCore } from '@core/core';
import { systemRuntime } from '@core/runtime';
import { startAgentHost } from '@main/hosts/agent/host';
import { systemSurroundings } from '@server/agent/endpoint';
import { createAgentRouter } from '@server/agent/router';
import { createWindowRouter, windowContext } from '@server/window/router';
import { MemoryKeychain } from '@test/support/memory-keychain';
import { version } from '../package.json';

const VARIABLES = 20;

/** Starts the app. The environment is `production`, and is the active one. Resolves with what ends it. */
export async function startApp(dataDirectory: string): Promise<() => Promise<void>> {
  // The file that this process runs itself, with other arguments.
  const [, program = '', built = ''] = process.argv;
  const child = fork(program, [built, 'app', dataDirectory]);
  await once(child, 'message');
  return async () => {
    const ended = once(child, 'exit');
    child.disconnect();
    await ended;
  };
}

/** Runs in the process of the app, which ends with its parent. */
export async function runApp(dataDirectory: string): Promise<void> {
  const keychain = new MemoryKeychain();
  const core = await openCore({ host: 'desktop', version, dataDirectory, keychain });
  const client = createRouterClient(createWindowRouter(core), windowContext);
  const { currentId: workspaceId } = await client.workspaces.list();
  const { id } = await client.environments.create({ workspaceId, name: 'production' });
  await client.environments.setActive({ workspaceId, id });
  const { base = '' } = await client.environments.open({ id });
  const additions = Array.from({ length: VARIABLES }, (_, n) => ({
    key: `KEY_${String(n)}`,
    value: `value number ${String(n)}`,
  }));
  await client.environments.save({ id, base, changes: { edits: [], additions } });
  const host = await startAgentHost({
    router: createAgentRouter(core),
    version,
    host: 'desktop',
    dataDirectory,
    surroundings: systemSurroundings(process.env),
    runtime: systemRuntime,
    report: () => undefined,
  });
  process.once('disconnect', () => {
    void host.close().then(() => core.close());
  });
  process.send?.('open');
}
