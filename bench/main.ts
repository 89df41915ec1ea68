/** `npm run bench [-- PART…]`: how long large operations take, each against a stand-in on this computer. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRouterClient } from '@orpc/server';
import { awsRates } from '@test/servers/parameter-store/server';
import { openCore } from '@core/core';
import { createWindowRouter, windowContext } from '@server/window/router';
import { MemoryKeychain } from '@test/support/memory-keychain';
import { requestsOf, sendBare } from './bare';
import { startStore, type StoreProcess } from './store-process';
import {
  ENVIRONMENTS,
  IN_FOLDER,
  LATENCY,
  SECRETS,
  VARIABLES,
  idealOf,
  type Allowance,
  type StoreName,
} from './stores';

interface Measured {
  readonly what: string;
  readonly milliseconds: number;
  /** Milliseconds of the processor, without the store. */
  readonly processor: number;
}

const results: Measured[] = [];

async function measure<T>(what: string, work: () => Promise<T>): Promise<T> {
  const startedAt = performance.now();
  const before = process.cpuUsage();
  const result = await work();
  const { user, system } = process.cpuUsage(before);
  const processor = (user + system) / 1000;
  results.push({ what, milliseconds: performance.now() - startedAt, processor });
  return result;
}

const drain = async (events: AsyncIterable<unknown>): Promise<void> => {
  for await (const _ of events);
};

type Client = Awaited<ReturnType<typeof start>>['client'];

const pullAll = async (client: Client, workspaceId: string): Promise<void> =>
  drain(await client.transfer.pullAll({ workspaceId }));

/** Runs work with a fresh core that is connected to a store, which is still empty. */
async function withStore(
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

async function start() {
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

const many = SECRETS.toLocaleString('en');

async function benchVault(): Promise<void> {
  await withStore('vault', async (client, workspaceId, store) => {
    await store.fill();
    await measure(`Vault: Pull All of ${many} secrets, the first time`, () =>
      pullAll(client, workspaceId),
    );
    await measure('Vault: the same again', () => pullAll(client, workspaceId));
    await measure('List the environments in the sidebar', () =>
      client.environments.list({ workspaceId }),
    );
  });
  await withStore('largeSecret', async (client, workspaceId, store) => {
    await store.fill();
    await pullAll(client, workspaceId);
    const [environment] = await client.environments.list({ workspaceId });
    const { id } = environment ?? { id: '' };
    const { base = '' } = await measure(
      `Open an environment of ${VARIABLES.toLocaleString('en')} variables`,
      () => client.environments.open({ id }),
    );
    const edits = [{ key: 'VAR_5000', value: 'changed' }];
    await measure('Save one changed variable of it', () =>
      client.environments.save({ id, base, changes: { edits, additions: [] } }),
    );
  });
}

async function benchAws(): Promise<void> {
  await withStore('aws', async (client, workspaceId, store) => {
    await store.fill();
    await measure(`AWS: Pull All of ${many} secrets, in batches`, () =>
      pullAll(client, workspaceId),
    );
  });
}

/** Pull All of 1,000 environments from a store with the rates of the real one. */
async function benchRates(
  what: string,
  name: StoreName,
  ideal: number,
  atOnce?: number,
): Promise<void> {
  await withStore(name, async (client, workspaceId, store) => {
    // Signs in, and loads what the store needs.
    await pullAll(client, workspaceId);
    await store.fill();
    const requests = await requestsOf(() =>
      measure(`${what}; the ideal is ${ideal.toFixed(0)} ms`, () => pullAll(client, workspaceId)),
    );
    if (atOnce === undefined) return;
    await measure(`  the same ${String(requests.length)} requests with bare http`, () =>
      sendBare(requests, atOnce),
    );
  });
}

const variables = ENVIRONMENTS * IN_FOLDER;
const ofAzure: Pick<Allowance, 'atOnce' | 'window'> = {
  atOnce: 24,
  window: { requests: 4000, milliseconds: 10_000 },
};

const parts: Readonly<Record<string, () => Promise<void>>> = {
  core: async () => {
    await measure('Open the core on an empty data directory', async () => {
      const { core, directory } = await start();
      await core.close();
      await rm(directory, { recursive: true });
    });
  },
  vault: benchVault,
  aws: benchAws,
  'parameter-store': async () => {
    const { perSecond } = awsRates.find(({ operations }) =>
      operations.includes('GetParametersByPath'),
    ) ?? { perSecond: Infinity };
    // The pages of the listing hold the values.
    const ideal = (variables / 50) * LATENCY + ((ENVIRONMENTS - perSecond) / perSecond) * 1000;
    await benchRates('Parameter Store: Pull All of 1,000 folders', 'parameterStore', ideal);
  },
  google: async () => {
    const [one, folders] = [ENVIRONMENTS, variables].map((reads) =>
      idealOf({ pages: 1, reads, atOnce: 32 }),
    );
    await benchRates('Google: Pull All of 1,000 secrets', 'google', one ?? 0, 32);
    await benchRates('Google: Pull All of 1,000 folders', 'googleFolders', folders ?? 0, 32);
  },
  azure: async () => {
    const [one, folders] = [ENVIRONMENTS, variables].map((reads) =>
      idealOf({ pages: reads / 25, reads, ...ofAzure }),
    );
    await benchRates('Azure: Pull All of 1,000 secrets', 'azure', one ?? 0);
    await benchRates('Azure: Pull All of 1,000 folders', 'azureFolders', folders ?? 0);
  },
};

/** @param names of parts; none for all */
export async function main(names: readonly string[] = []): Promise<void> {
  const unknown = names.find((name) => parts[name] === undefined);
  if (unknown !== undefined) {
    throw new Error(`There is no part ${unknown}; there are ${Object.keys(parts).join(', ')}.`);
  }
  for (const [name, work] of Object.entries(parts)) {
    if (names.length === 0 || names.includes(name)) await work();
  }
  const width = Math.max(...results.map(({ what }) => what.length));
  const number = (milliseconds: number): string => milliseconds.toFixed(0).padStart(7);
  for (const { what, milliseconds, processor } of results) {
    console.log(
      `${what.padEnd(width)}  ${number(milliseconds)} ms, processor ${number(processor)} ms`,
    );
  }
}
