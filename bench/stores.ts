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
import { startVaultServer } from '@test/servers/vault/server';
import {
  awsForm,
  googleForm,
  keyVaultForm,
  parameterStoreForm,
  vaultForm,
} from '@test/support/forms';

/** Of the stores with rates, in milliseconds, as from an office to a region of the same continent. */
export const LATENCY = 20;

/** How many secrets the stores without rates hold, and how many variables the one large secret. */
export const SECRETS = 10_000;
export const VARIABLES = 10_000;

/** How many environments the stores with rates hold and, in folders, variables of each. */
export const ENVIRONMENTS = 1000;
export const IN_FOLDER = 5;

export interface Store {
  readonly form: ConnectionForm;
  /** Puts the data that is measured into the store. */
  fill(): void;
}

/** The form has no workspace yet: whoever connects fills it in. */
const NO_WORKSPACE = '';

const environments = Array.from({ length: ENVIRONMENTS }, (_, index) => `env-${String(index)}`);
const ofFolder = Array.from({ length: IN_FOLDER }, (_, index) => `VAR${String(index)}`);

async function vault(): Promise<Store> {
  const server = await startVaultServer();
  return {
    form: vaultForm(NO_WORKSPACE, server, server.rootToken),
    fill: () => {
      for (let index = 0; index < SECRETS; index += 1) {
        const path = `team-${String(index % 50)}/env-${String(index)}`;
        server.kv('secret').put(path, { KEY: 'value' });
      }
    },
  };
}

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
      for (let index = 0; index < SECRETS; index += 1) {
        server.put(`env-${String(index)}`, '{"KEY":"value"}');
      }
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
  vault,
  largeSecret,
  aws,
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
