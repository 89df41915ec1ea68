/**
 * `npm run bench [-- PART…]`: how long large operations take, each against a stand-in on this computer. With `PROFILE`
 * set to a folder, a profile of each is written there.
 */
import { rm } from 'node:fs/promises';
import { awsRates } from '@test/servers/parameter-store/server';
import { requestsOf, sendBare } from './bare';
import { measure, median, pullAll, ratios, results, start, withStore } from './measure';
import {
  ENVIRONMENTS,
  IN_FOLDER,
  LATENCY,
  SECRETS,
  VARIABLES,
  idealOf,
  type StoreName,
} from './stores';
import { vaultParts, verdicts } from './vault';

/** How often what has a target is measured. The first two rounds are slower: their code is not compiled yet. */
const ROUNDS = 5;

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
    let base = '';
    await measure(
      `Open an environment of ${VARIABLES.toLocaleString('en')} variables`,
      async () => {
        ({ base = '' } = await client.environments.open({ id }));
      },
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

/**
 * Pull All of 1,000 environments from a store with the rates of the real one, each time with a new core and a new store.
 * @param ideal milliseconds
 */
async function benchRates(
  what: string,
  name: StoreName,
  ideal: number,
  atOnce?: number,
): Promise<void> {
  const times: number[] = [];
  for (let round = 1; round <= ROUNDS; round += 1) {
    await withStore(name, async (client, workspaceId, store) => {
      // Signs in, and loads what the store needs.
      await pullAll(client, workspaceId);
      await store.fill();
      const requests = await requestsOf(async () => {
        const startedAt = performance.now();
        await measure(`${what}, ${String(round)}`, () => pullAll(client, workspaceId));
        times.push(performance.now() - startedAt);
      });
      if (atOnce === undefined) return;
      await measure(`  the same ${String(requests.length)} requests with bare http`, () =>
        sendBare(requests, atOnce),
      );
    });
  }
  const [first = 0] = times;
  ratios.push({
    what,
    ratio: median(times) / ideal,
    first: first / ideal,
    against: ideal,
    target: 1.25,
  });
}

const variables = ENVIRONMENTS * IN_FOLDER;
const parts: Readonly<Record<string, () => Promise<void>>> = {
  core: async () => {
    await measure('Open the core on an empty data directory', async () => {
      const { core, directory } = await start();
      await core.close();
      await rm(directory, { recursive: true });
    });
  },
  vault: benchVault,
  ...vaultParts,
  aws: benchAws,
  'parameter-store': async () => {
    const { perSecond } = awsRates.find(({ operations }) =>
      operations.includes('GetParametersByPath'),
    ) ?? { perSecond: Infinity };
    // The pages of the listing hold the values; each folder is listed by itself.
    const ideal = (variables / 50) * LATENCY + ((ENVIRONMENTS - perSecond) / perSecond) * 1000;
    await benchRates('Parameter Store: Pull All of 1,000 folders', 'parameterStore', ideal);
  },
  google: async () => {
    const [one, folders] = [ENVIRONMENTS, variables].map((reads) =>
      idealOf({ pages: 1, reads, perSecond: 90_000 / 60 }),
    );
    await benchRates('Google: Pull All of 1,000 secrets', 'google', one ?? 0, 64);
    await benchRates('Google: Pull All of 1,000 folders', 'googleFolders', folders ?? 0, 64);
  },
  azure: async () => {
    const [one, folders] = [ENVIRONMENTS, variables].map((reads) =>
      idealOf({ pages: reads / 25, reads, perSecond: 4000 / 10 }),
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
  for (const { what, ratio, first, against, target } of ratios) {
    const verdict = ratio <= target ? 'met' : 'MISSED';
    console.log(
      `${what.padEnd(width)}  median ${ratio.toFixed(2)} × the ideal of ${against.toFixed(0)} ms (first ${first.toFixed(2)} ×); target ${String(target)}: ${verdict}`,
    );
  }
  for (const line of verdicts()) console.log(line);
}
