/**
 * For tests: a Strongroom in its own process, as the app or as a command. Says a line for each step, and
 * ends by itself.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { createRouterClient } from '@orpc/server';
import { z } from 'zod';
import { isAppError } from '@shared/errors';
import type { Client } from '@shared/contract/window';
import { openCore } from '@core/core';
import { systemRuntime } from '@core/runtime';
import { whileInUse } from '@core/storage/wait-for-lock';
import { startAgentHost } from '@main/hosts/agent/host';
import { openWindowCore } from '@main/open-core';
import { systemSurroundings } from '@server/agent/endpoint';
import { createWindowRouter, windowContext } from '@server/window/router';
import { openOrConnect, type CoreAccess } from '@cli/with-core';
import { MemoryKeychain } from '../memory-keychain';

export const orderSchema = z.object({
  as: z.enum([
    'app',
    /** An app that serves the calls of its window to programs too, so that they can save. */
    'open-app',
    'command',
  ]),
  dataDirectory: z.string(),
  /** Of the keychain that the data directory belongs to. */
  keychain: z.array(z.tuple([z.string(), z.string()])),
  /** Saves this environment several times, with one more variable each time. */
  saves: z.object({ id: z.uuid(), times: z.number() }).optional(),
  /** Milliseconds to keep the core or the connection. */
  keeps: z.number(),
});
export type Order = z.infer<typeof orderSchema>;

const version = '1.0.0';

const say = (line: string): Promise<void> =>
  new Promise((resolve) => {
    process.stdout.write(`${line}\n`, () => {
      resolve();
    });
  });

export async function main([text = '']: readonly string[]): Promise<void> {
  const order = orderSchema.parse(JSON.parse(text));
  const keychain = new MemoryKeychain();
  for (const [account, password] of order.keychain) keychain.entries.set(account, password);
  const roles = { app, 'open-app': openApp, command } as const;
  try {
    await roles[order.as](order, keychain);
    await say('closed');
  } catch (error) {
    if (!isAppError(error)) throw error;
    await say(`${error.code} ${error.message} ${error.hint}`);
  }
}

async function app({ dataDirectory, keeps }: Order, keychain: MemoryKeychain): Promise<void> {
  const core = await openWindowCore({
    host: 'browser',
    version,
    dataDirectory,
    keychain,
    report: (line) => void say(line),
  });
  await say(['open', ...core.notices.list().map((notice) => notice.text)].join(' '));
  await sleep(keeps);
  await core.close();
}

async function openApp(order: Order, keychain: MemoryKeychain): Promise<void> {
  const { dataDirectory, saves, keeps } = order;
  const core = await whileInUse(
    () => openCore({ host: 'desktop', version, dataDirectory, keychain }),
    { dataDirectory, runtime: systemRuntime, endsSoon: () => true },
  );
  const router = createWindowRouter(core);
  const host = await startAgentHost({
    router,
    version,
    host: 'desktop',
    dataDirectory,
    surroundings: systemSurroundings({}),
    runtime: systemRuntime,
    report: (line) => void say(line),
  });
  await say('open');
  const client = createRouterClient(router, windowContext);
  for (let time = 0; time < (saves?.times ?? 0); time += 1) await save(client, saves!.id, time);
  await say('saved');
  await sleep(keeps);
  await host.close();
  await core.close();
}

async function command(order: Order, keychain: MemoryKeychain): Promise<void> {
  const { dataDirectory, saves, keeps } = order;
  const times = saves?.times ?? 1;
  for (let time = 0; time < times; time += 1) {
    const access = await openOrConnect({
      dataDirectory,
      introduction: { version, kind: 'cli', process: { pid: process.pid } },
      keychain,
    });
    await say(access.core === undefined ? 'connected' : 'own core');
    if (saves === undefined) await say(`asked ${(await access.client.status()).host}`);
    else await save(windowClientOf(access), saves.id, time);
    await sleep(keeps);
    await access.close();
    // As long as the next command needs to start: without it nobody else would get a turn.
    if (time + 1 < times) await sleep(50);
  }
}

const windowClientOf = ({ core, client }: CoreAccess): Client =>
  core === undefined
    ? (client as unknown as Client)
    : createRouterClient(createWindowRouter(core), windowContext);

async function save(client: Client, id: string, time: number): Promise<void> {
  const opened = await client.environments.open({ id });
  const { base = '' } = opened.base === undefined ? await client.environments.pull({ id }) : opened;
  const additions = [{ key: `KEY_${String(time)}`, value: String(process.pid) }];
  await client.environments.save({ id, base, changes: { edits: [], additions } });
}
