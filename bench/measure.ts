/** What all parts of the measurement share: time, processor and profile of a piece of work, and a core with a store. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { Session } from 'node:inspector/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRouterClient } from '@orpc/server';
import { openCore } from '@core/core';
import { createWindowRouter, windowContext } from '@server/window/router';
import { MemoryKeychain } from '@test/support/memory-keychain';
import { startStore, type StoreProcess } from './store-process';
import type { StoreName } from './stores';

export interface Measured {
  readonly what: string;
  readonly milliseconds: number;
  /** Milliseconds of the processor, without the store. */
  readonly processor: number;
}

export async function measure(what: string, work: () => Promise<unknown>): Promise<Measured> {
  const stopProfile = await startProfile(what);
  const startedAt = performance.now();
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  const processor = (user + system) / 1000;
  const measured = { what, milliseconds: performance.now() - startedAt, processor };
  console.log(
    `${what}: ${measured.milliseconds.toFixed(0)} ms, processor ${processor.toFixed(0)} ms`,
  );
  await stopProfile();
  return measured;
}

async function startProfile(what: string): Promise<() => Promise<void>> {
  const folder = process.env['PROFILE'];
  if (folder === undefined) return async () => undefined;
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: 200 });
  await session.post('Profiler.start');
  return async () => {
    const { profile } = await session.post('Profiler.stop');
    session.disconnect();
    const name = `${what.replaceAll(/\W+/g, '-')}.cpuprofile`;
    await writeFile(join(folder, name), JSON.stringify(profile));
  };
}

export const drain = async (events: AsyncIterable<unknown>): Promise<void> => {
  for await (const _ of events);
};

export type Client = Awaited<ReturnType<typeof start>>['client'];

export const pullAll = async (client: Client, workspaceId: string): Promise<void> =>
  drain(await client.transfer.pullAll({ workspaceId }));

/** Runs work with a fresh core that is connected to a store, which is still empty. */
export async function withStore(
  name: StoreName,
  work: (client: Client, workspaceId: string, store: StoreProcess) => Promise<void>,
): Promise<void> {
  const store = await startStore(name);
  const { core, client, workspaceId, directory } = await start();
  await client.connections.save(store.form(workspaceId));
  await work(client, workspaceId, store);
  await core.close();
  await rm(directory, { recursive: true });
  store.close();
}

export async function start() {
  const directory = await mkdtemp(join(tmpdir(), 'strongroom-bench-'));
  const core = await openCore({
    host: 'browser',
    version: '0',
    dataDirectory: directory,
    keychain: new MemoryKeychain(),
  });
  const client = createRouterClient(createWindowRouter(core), windowContext);
  const { currentId } = await client.workspaces.list();
  return { core, client, workspaceId: currentId, directory };
}
