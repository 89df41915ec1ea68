/** How Pull All gets along with servers whose capacity it has to find out: Vault with a latency, with a load, with quotas. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import createNodeVault from 'node-vault';
import { requestsOf, sendBare, type Sent } from './bare';
import { measure, pullAll, withStore, type Client, type Measured } from './measure';
import { atLeast, atMost, median, note, noteGrowth, type GrowthPoint } from './note';
import type { StoreProcess } from './store-process';
import { ENVIRONMENTS, QUOTA, READS_PER_SECOND, WRITES_PER_SECOND, type StoreName } from './stores';

/** Rounds after the first, whose median counts. */
const ROUNDS = 5;

/** Requests that are sent one by one; the time of all follows from them. */
const ONE_BY_ONE = 200;

const ofAll = (milliseconds: number, count: number): number =>
  (milliseconds / count) * ENVIRONMENTS;

async function oneByOne(store: StoreProcess): Promise<number> {
  const { values, credentials } = store.form('');
  const token = credentials['token'];
  const vault = createNodeVault({
    endpoint: String(values['url']),
    token: token?.action === 'replace' ? token.value : '',
  });
  const { milliseconds } = await measure(
    `node-vault: ${String(ONE_BY_ONE)} secrets, one by one`,
    async () => {
      for (let index = 0; index < ONE_BY_ONE; index += 1) {
        await vault.read(`secret/data/env-${String(index)}`);
      }
    },
  );
  return ofAll(milliseconds, ONE_BY_ONE);
}

const readsIn = (requests: readonly Sent[]): readonly Sent[] =>
  requests.filter(({ url }) => url.pathname.startsWith('/v1/secret/data/'));

/** Pulls once, and throws if an environment is missing. */
async function pull(client: Client, workspaceId: string, what: string, expected: number) {
  const measured = await measure(what, () => pullAll(client, workspaceId));
  const environments = await client.environments.list({ workspaceId });
  const pulled = environments.filter((one) => one.synced);
  if (pulled.length !== expected) {
    throw new Error(`${what}: ${String(pulled.length)} environments of ${String(expected)}`);
  }
  return measured;
}

const medianOf = (all: readonly Measured[], what: 'milliseconds' | 'processor'): number =>
  median(all.map((one) => one[what]));

/** With a latency of 20 ms, against node-vault one by one and bare `http` in the same run. */
async function benchPull(): Promise<void> {
  await withStore('vaultFar', async (client, workspaceId, store) => {
    await store.fill();
    const baseline = await oneByOne(store);
    let cold: Measured | undefined;
    const requests = readsIn(
      await requestsOf(async () => {
        cold = await pull(client, workspaceId, 'Vault, 20 ms: Pull All, the first', ENVIRONMENTS);
      }),
    );
    const warm: Measured[] = [];
    const bare: Measured[] = [];
    for (let round = 1; round <= ROUNDS; round += 1) {
      warm.push(await pull(client, workspaceId, `  again, ${String(round)}`, ENVIRONMENTS));
      bare.push(
        await measure('  the same with bare http, 32 at a time', () => sendBare(requests, 32)),
      );
    }
    note(
      {
        what: 'Pull All of 1,000 from Vault, the first: times as fast',
        against: 'one by one with node-vault',
        figure: baseline / (cold?.milliseconds ?? Infinity),
        target: atLeast(25),
      },
      {
        what: 'Pull All of 1,000 from Vault, again: times as fast',
        against: 'one by one with node-vault',
        figure: baseline / medianOf(warm, 'milliseconds'),
        target: atLeast(40),
      },
      {
        what: 'Bare http, 32 at a time: times as fast',
        against: 'one by one with node-vault',
        figure: baseline / medianOf(bare, 'milliseconds'),
      },
      {
        what: 'Processor of the core for Pull All of 1,000',
        against: 'the same requests with bare http',
        figure: medianOf(warm, 'processor') / medianOf(bare, 'processor'),
        target: atMost(1.5),
      },
      {
        what: 'Second Pull All with nothing changed',
        against: 'the first',
        figure: (warm[0]?.milliseconds ?? Infinity) / (cold?.milliseconds ?? 1),
        target: atMost(0.35),
      },
    );
  });
}

/** Fixed numbers of requests at a time, among which the best is looked for. */
const FIXED = [8, 12, 16, 20, 24, 32, 48];

async function benchSlow(): Promise<void> {
  await withStore('vaultSlow', async (client, workspaceId, store) => {
    await store.fill();
    const requests = readsIn(
      await requestsOf(async () => {
        await pull(client, workspaceId, 'Vault that slows down: Pull All', ENVIRONMENTS);
      }),
    );
    const fixed: number[] = [];
    for (const atOnce of FIXED) {
      const what = `  the same with bare http, ${String(atOnce)} at a time`;
      fixed.push((await measure(what, () => sendBare(requests, atOnce))).milliseconds);
    }
    const pulls: Measured[] = [];
    for (let round = 1; round <= ROUNDS; round += 1) {
      pulls.push(
        await pull(client, workspaceId, `  Pull All again, ${String(round)}`, ENVIRONMENTS),
      );
    }
    note({
      what: 'Throughput with a Vault that slows down',
      against: 'the best fixed number of requests',
      figure: Math.min(...fixed) / medianOf(pulls, 'milliseconds'),
      target: atLeast(0.9),
    });
  });
}

async function benchRate(
  what: string,
  name: StoreName,
  perSecond: number,
  isCountedBySecond: boolean,
): Promise<void> {
  await withStore(name, async (client, workspaceId, store) => {
    await store.fill();
    const { milliseconds } = await pull(client, workspaceId, what, ENVIRONMENTS);
    // What the store takes at once is not part of its rate.
    const afterFirst = isCountedBySecond ? ENVIRONMENTS - perSecond : ENVIRONMENTS;
    note({
      what: `${what}: share of the rate`,
      against: 'what the store takes',
      figure: afterFirst / (milliseconds / 1000) / perSecond,
      target: atLeast(0.9),
    });
  });
}

/** Variables of one environment in folders, each of which is a write. */
const WRITES = 60;

async function benchWrites(): Promise<void> {
  await withStore('parameterStore', async (client, workspaceId) => {
    const environment = await client.environments.create({ workspaceId, name: 'written' });
    const additions = Array.from({ length: WRITES }, (_, index) => ({
      key: `KEY_${String(index)}`,
      value: 'value',
    }));
    const { base = '' } = await client.environments.open({ id: environment.id });
    await client.environments.save({ id: environment.id, base, changes: { edits: [], additions } });
    const what = `Parameter Store: push ${String(WRITES)} variables`;
    const { milliseconds } = await measure(what, async () => {
      await client.environments.enableSync({
        id: environment.id,
        path: 'written/',
        resolution: 'push',
      });
    });
    note({
      what: `${what}: share of the rate`,
      against: 'what the store takes',
      figure: (WRITES - WRITES_PER_SECOND) / (milliseconds / 1000) / WRITES_PER_SECOND,
      target: atLeast(0.9),
    });
  });
}

const memory = (): number => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};

async function benchGrowth(): Promise<void> {
  const growth: GrowthPoint[] = [];
  const sizes = { vaultFar100: 100, vaultFar: ENVIRONMENTS, vaultFar10000: 10_000 } as const;
  for (const [name, count] of Object.entries(sizes)) {
    await withStore(name as keyof typeof sizes, async (client, workspaceId, store) => {
      await pullAll(client, workspaceId);
      const before = memory();
      await store.fill();
      const what = `Vault, 20 ms: Pull All of ${count.toLocaleString('en')}`;
      await pull(client, workspaceId, `${what}, the first`, count);
      const bytes = memory() - before;
      const again: Measured[] = [];
      for (let round = 1; round <= 3; round += 1) {
        again.push(await pull(client, workspaceId, what, count));
      }
      growth.push({
        environments: count,
        milliseconds: medianOf(again, 'milliseconds') / count,
        processor: medianOf(again, 'processor') / count,
        kilobytes: bytes / 1024 / count,
      });
    });
  }
  noteGrowth(growth);
  const [, thousand, tenThousand] = growth;
  note(
    {
      what: 'Processor for each of 10,000 environments',
      against: 'each of 1,000',
      figure: (tenThousand?.processor ?? Infinity) / (thousand?.processor ?? 1),
      target: atMost(1.2),
    },
    {
      what: 'Memory for each of 10,000 environments of 20 variables',
      against: '',
      figure: tenThousand?.kilobytes ?? Infinity,
      target: atMost(8),
      unit: 'KB',
    },
  );
}

export const vaultParts = {
  pull: benchPull,
  slow: benchSlow,
  throttled: async () => {
    await benchRate(`Vault with a quota of ${String(QUOTA)} a second`, 'vaultQuota', QUOTA, true);
    await benchRate(
      `AWS without batches, ${String(READS_PER_SECOND)} a second`,
      'awsOneByOne',
      READS_PER_SECOND,
      true,
    );
    await benchWrites();
  },
  growth: benchGrowth,
} as const;
