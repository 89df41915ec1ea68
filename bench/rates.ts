/** How long Pull All takes with stores that have rates, against the ideal, and how many requests it makes. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';
import { awsRates } from '@test/servers/parameter-store/server';
import { measure, pullAll, withStore } from './measure';
import { atMost, median, note } from './note';
import { ENVIRONMENTS, IN_FOLDER, LATENCY, VARIABLES, idealOf, type StoreName } from './stores';

const many = VARIABLES.toLocaleString('en');

/** The operations of the requests that work makes: those of AWS, else the methods of HTTP. */
async function operationsOf(work: () => Promise<unknown>): Promise<readonly string[]> {
  const operations: string[] = [];
  const listen = (message: unknown): void => {
    const { request } = message as { request: ClientRequest };
    const target = request.getHeader('x-amz-target');
    operations.push(typeof target === 'string' ? (target.split('.')[1] ?? '') : request.method);
  };
  subscribe('http.client.request.start', listen);
  try {
    await work();
  } finally {
    unsubscribe('http.client.request.start', listen);
  }
  return operations;
}

async function benchOne(): Promise<void> {
  await withStore('largeSecret', async (client, workspaceId, store) => {
    await store.fill();
    await pullAll(client, workspaceId);
    const [environment] = await client.environments.list({ workspaceId });
    const { id } = environment ?? { id: '' };
    let base = '';
    const opened = await operationsOf(() =>
      measure(`Open a pulled environment of ${many} variables`, async () => {
        ({ base = '' } = await client.environments.open({ id }));
      }),
    );
    const edits = [{ key: 'VAR_5000', value: 'changed' }];
    const saved = await operationsOf(() =>
      measure('Save one changed variable of it', () =>
        client.environments.save({ id, base, changes: { edits, additions: [] } }),
      ),
    );
    note(
      {
        what: `Open a pulled environment of ${many} variables`,
        against: '',
        figure: opened.length,
        unit: 'requests',
        target: atMost(0),
      },
      {
        what: `Save one variable of ${many}: writes, of ${String(saved.length)} requests`,
        against: '',
        figure: saved.filter((operation) => operation !== 'GET').length,
        unit: 'requests',
        target: atMost(1),
      },
    );
  });
}

async function benchAws(): Promise<void> {
  await withStore('aws', async (client, workspaceId, store) => {
    await store.fill();
    const operations = await operationsOf(() =>
      measure('AWS: Pull All of 1,000 secrets, in batches', () => pullAll(client, workspaceId)),
    );
    console.log(`  of ${String(operations.length)} requests`);
    note({
      what: 'Reads of Pull All of 1,000 from AWS, with BatchGetSecretValue',
      against: '',
      figure: operations.filter((operation) => operation === 'BatchGetSecretValue').length,
      unit: 'requests',
      target: atMost(60),
    });
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
  rounds: number,
): Promise<void> {
  const times: number[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    await withStore(name, async (client, workspaceId, store) => {
      // Signs in, and loads what the store needs.
      await pullAll(client, workspaceId);
      await store.fill();
      const { milliseconds } = await measure(`${what}, ${String(round)}`, () =>
        pullAll(client, workspaceId),
      );
      times.push(milliseconds);
    });
  }
  note({
    what,
    against: `the ideal for its rates, ${(ideal / 1000).toFixed(1)} s`,
    figure: median(times) / ideal,
    target: atMost(1.25),
  });
}

const variables = ENVIRONMENTS * IN_FOLDER;
/** A pull that its rate keeps for many seconds takes as long each time. */
const ONCE = 1;
const THRICE = 3;

export const ratesParts: Readonly<Record<string, () => Promise<void>>> = {
  one: benchOne,
  aws: benchAws,
  'parameter-store': async () => {
    const { perSecond } = awsRates.find(({ operations }) =>
      operations.includes('GetParametersByPath'),
    ) ?? { perSecond: Infinity };
    // The pages of the listing hold the values; each folder is listed by itself.
    const ideal = (variables / 50) * LATENCY + ((ENVIRONMENTS - perSecond) / perSecond) * 1000;
    await benchRates('Parameter Store: Pull All of 1,000 folders', 'parameterStore', ideal, ONCE);
  },
  google: async () => {
    const [one, folders] = [ENVIRONMENTS, variables].map((reads) =>
      idealOf({ pages: 1, reads, perSecond: 90_000 / 60 }),
    );
    await benchRates('Google: Pull All of 1,000 secrets', 'google', one ?? 0, THRICE);
    await benchRates('Google: Pull All of 1,000 folders', 'googleFolders', folders ?? 0, THRICE);
  },
  azure: async () => {
    const [one, folders] = [ENVIRONMENTS, variables].map((reads) =>
      idealOf({ pages: reads / 25, reads, perSecond: 4000 / 10 }),
    );
    await benchRates('Azure: Pull All of 1,000 secrets', 'azure', one ?? 0, THRICE);
    await benchRates('Azure: Pull All of 1,000 folders', 'azureFolders', folders ?? 0, ONCE);
  },
};
