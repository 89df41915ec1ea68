/**
 * The stores that are measured: stand-ins with the rates of the real services. Each runs in a process of its
 * own (`child.ts`), so that its work does not count as that of the core.
 */
import type { ConnectionForm } from '@shared/model/connection';
import { keyVaultRates, startKeyVaultServer } from '@test/servers/azure-key-vault/server';
import { googleRates } from '@test/servers/google-secret-manager/rates';
import { startGoogleSecretManager } from '@test/servers/google-secret-manager/server';
import { awsRates, startParameterStoreServer } from '@test/servers/parameter-store/server';
import { startSecretsManagerServer } from '@test/servers/secrets-manager/server';
import { startVaultServer, type VaultServer } from '@test/servers/vault/server';
import {
  awsForm,
  googleForm,
  keyVaultForm,
  parameterStoreForm,
  vaultForm,
} from '@test/support/forms';

/** Of the stores with rates, in milliseconds, as from an office to a region of the same continent. */
export const LATENCY = 20;

/** How many variables the one large secret has. */
export const VARIABLES = 10_000;

/** The variables of each environment of Vault with a latency. */
export const IN_VAULT = 20;

/** How many environments the stores with rates hold and, in folders, variables of each. */
export const ENVIRONMENTS = 1000;
export const IN_FOLDER = 5;

/** Requests that the Vault which slows down answers without delay, and those that the one with a quota takes a second. */
const BUSY_AT = 16;
export const QUOTA = 100;

/** Of AWS without batches, and of its writes to Parameter Store. */
export const READS_PER_SECOND = 50;
export const WRITES_PER_SECOND = 3;

export interface Store {
  readonly form: ConnectionForm;
  /** Puts the data that is measured into the store. */
  fill(): void;
}

/** The form has no workspace yet: whoever connects fills it in. */
const NO_WORKSPACE = '';

const environments = Array.from({ length: ENVIRONMENTS }, (_, index) => `env-${String(index)}`);
const ofFolder = Array.from({ length: IN_FOLDER }, (_, index) => `VAR${String(index)}`);

/** KV v2 with a latency, and what else happens to requests for values. */
async function vaultBehind(
  count: number,
  more: (server: VaultServer) => void = () => undefined,
): Promise<Store> {
  const server = await startVaultServer();
  more(server);
  server.faults.add({ delayMs: LATENCY });
  const names = Array.from({ length: IN_VAULT }, (_, index) => `VARIABLE_${String(index)}`);
  return {
    form: vaultForm(NO_WORKSPACE, server, server.rootToken),
    fill: () => {
      for (let index = 0; index < count; index += 1) {
        const values = Object.fromEntries(names.map((name) => [name, `value ${String(index)}`]));
        server.kv('secret').put(`env-${String(index)}`, values);
      }
    },
  };
}

const isRead = ({ path }: { readonly path: string }): boolean => path.startsWith('secret/data/');

/** All requests become slower together once there are more than `BUSY_AT`, so that too many bring less. */
const slowsDown = (server: VaultServer): void => {
  server.faults.add({
    match: isRead,
    delayMs: () => LATENCY * Math.max(1, server.stats.inFlight / BUSY_AT) ** 1.5,
  });
};

/** As rate limit quotas count: https://developer.hashicorp.com/vault/docs/concepts/resource-quotas */
const hasQuota = (server: VaultServer): void => {
  let second = 0;
  let taken = 0;
  const isOver = (): boolean => {
    const now = Math.floor(performance.now() / 1000);
    if (now !== second) taken = 0;
    second = now;
    taken += 1;
    return taken > QUOTA;
  };
  server.faults.add({
    match: (request) => isRead(request) && isOver(),
    effect: {
      kind: 'answer',
      status: 429,
      body: { errors: ['request path "secret/data": rate limit quota exceeded'] },
    },
  });
};

async function largeSecret(): Promise<Store> {
  const server = await startVaultServer();
  server.mount('wide', { version: 2 });
  const names = Array.from({ length: VARIABLES }, (_, index) => String(index));
  const values = Object.fromEntries(names.map((name) => [`VAR_${name}`, `value ${name}`]));
  return {
    form: vaultForm(NO_WORKSPACE, server, server.rootToken, { values: { enginePath: 'wide' } }),
    fill: () => {
      server.kv('wide').put('huge', values);
    },
  };
}

async function aws(): Promise<Store> {
  const server = await startSecretsManagerServer();
  return {
    form: awsForm(NO_WORKSPACE, server, server.accessKey({ allow: ['*'] })),
    fill: () => {
      for (const environment of environments) server.put(environment, '{"KEY":"value"}');
    },
  };
}

/** Without batches, and with few reads a second. */
async function awsOneByOne(): Promise<Store> {
  const server = await startSecretsManagerServer();
  server.rates = [{ operations: ['GetSecretValue'], perSecond: READS_PER_SECOND }];
  server.faults.add({ delayMs: LATENCY, times: Infinity });
  return {
    form: awsForm(NO_WORKSPACE, server, server.guideAccessKey()),
    fill: () => {
      for (const environment of environments) server.put(environment, '{"KEY":"value"}');
    },
  };
}

async function parameterStore(): Promise<Store> {
  const server = await startParameterStoreServer();
  server.rates = awsRates;
  server.faults.add({ delayMs: LATENCY, times: Infinity });
  const values = { prefix: '/bench' };
  return {
    form: parameterStoreForm(NO_WORKSPACE, server, server.accessKey(), { values }),
    fill: () => {
      for (const environment of environments) {
        for (const name of ofFolder) server.put(`/bench/${environment}/${name}`, 'value');
      }
    },
  };
}

/** Puts one secret for each environment, or one for each variable of it, marked with its folder. */
function putAll(
  isFolders: boolean,
  put: (id: string, text: string, folder: string | undefined) => void,
): void {
  for (const environment of environments) {
    if (isFolders) {
      for (const name of ofFolder) put(`${environment}-${name}`, 'value', `${environment}/`);
    } else put(environment, '{"KEY":"value"}', undefined);
  }
}

const MARK = 'strongroom-folder';

async function google(isFolders: boolean): Promise<Store> {
  const server = await startGoogleSecretManager();
  server.rates = googleRates;
  server.faults.add({ delayMs: LATENCY });
  return {
    form: googleForm(NO_WORKSPACE, server, JSON.stringify(server.serviceAccount().newKey())),
    fill: () => {
      putAll(isFolders, (id, text, folder) => {
        const options = folder === undefined ? {} : { annotations: { [MARK]: folder } };
        server.secrets().put(id, text, options);
      });
    },
  };
}

async function azure(isFolders: boolean): Promise<Store> {
  const server = await startKeyVaultServer({ resource: 'https://127.0.0.1' });
  server.rates = keyVaultRates;
  server.faults.add({ delayMs: LATENCY });
  return {
    form: keyVaultForm(NO_WORKSPACE, server, server.application()),
    fill: () => {
      putAll(isFolders, (id, text, folder) => {
        server.put(id, text, folder === undefined ? {} : { tags: { [MARK]: folder } });
      });
    },
  };
}

export const stores = {
  vaultFar: () => vaultBehind(ENVIRONMENTS),
  vaultFar100: () => vaultBehind(100),
  vaultFar10000: () => vaultBehind(10_000),
  vaultSlow: () => vaultBehind(ENVIRONMENTS, slowsDown),
  vaultQuota: () => vaultBehind(ENVIRONMENTS, hasQuota),
  largeSecret,
  aws,
  awsOneByOne,
  parameterStore,
  google: () => google(false),
  googleFolders: () => google(true),
  azure: () => azure(false),
  azureFolders: () => azure(true),
} as const;
export type StoreName = keyof typeof stores;

/**
 * Milliseconds that the listing and then the reading of all environments take at best: the pages of the listing one
 * after the other, and the reads at the rate that the store sustains, with no work of the processor on either side.
 */
export const idealOf = ({
  pages,
  reads,
  perSecond,
}: {
  readonly pages: number;
  readonly reads: number;
  readonly perSecond: number;
}): number => pages * LATENCY + (reads / perSecond) * 1000;
