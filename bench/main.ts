/** `npm run bench [-- PART…]`: how long large operations take, each against a stand-in on this computer. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRouterClient } from '@orpc/server';
import type { ConnectionForm } from '@shared/model/connection';
import { awsRates, startParameterStoreServer } from '@test/servers/parameter-store/server';
import { startSecretsManagerServer } from '@test/servers/secrets-manager/server';
import { googleRates } from '@test/servers/google-secret-manager/rates';
import { startGoogleSecretManager } from '@test/servers/google-secret-manager/server';
import { keyVaultRates, startKeyVaultServer } from '@test/servers/azure-key-vault/server';
import { startVaultServer } from '@test/servers/vault/server';
import { openCore } from '@core/core';
import { createWindowRouter, windowContext } from '@server/window/router';
import {
  awsForm,
  googleForm,
  keyVaultForm,
  parameterStoreForm,
  vaultForm,
} from '@test/support/forms';
import { MemoryKeychain } from '@test/support/memory-keychain';

const SECRETS = 10_000;
const VARIABLES = 10_000;

interface Measured {
  readonly what: string;
  readonly milliseconds: number;
  /** Milliseconds of the processor, the stand-in’s included. */
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

/** Runs work with a fresh core that is connected to one provider. */
async function withCore(
  form: (workspaceId: string) => ConnectionForm,
  work: (client: Awaited<ReturnType<typeof start>>['client'], workspaceId: string) => Promise<void>,
): Promise<void> {
  const { core, client, workspaceId, directory } = await start();
  await client.connections.save(form(workspaceId));
  await work(client, workspaceId);
  await core.close();
  await rm(directory, { recursive: true });
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

async function benchVault(): Promise<void> {
  const vault = await startVaultServer();
  for (let index = 0; index < SECRETS; index += 1) {
    vault.kv('secret').put(`team-${String(index % 50)}/env-${String(index)}`, { KEY: 'value' });
  }
  const wide = Object.fromEntries(
    Array.from({ length: VARIABLES }, (_, index) => [
      `VAR_${String(index)}`,
      `value ${String(index)}`,
    ]),
  );
  vault.mount('wide', { version: 2 });
  vault.kv('wide').put('huge', wide);
  const form = (enginePath: string) => (workspaceId: string) =>
    vaultForm(workspaceId, vault, vault.rootToken, { values: { enginePath } });
  await withCore(form('secret'), async (client, workspaceId) => {
    await measure(
      `Vault: Pull All of ${SECRETS.toLocaleString('en')} secrets, the first time`,
      async () => drain(await client.transfer.pullAll({ workspaceId })),
    );
    await measure('Vault: the same again', async () =>
      drain(await client.transfer.pullAll({ workspaceId })),
    );
    await measure('List the environments in the sidebar', () =>
      client.environments.list({ workspaceId }),
    );
  });
  await withCore(form('wide'), async (client, workspaceId) => {
    await drain(await client.transfer.pullAll({ workspaceId }));
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
  await vault.close();
}

async function benchAws(): Promise<void> {
  const aws = await startSecretsManagerServer();
  const key = aws.accessKey({ allow: ['*'] });
  for (let index = 0; index < SECRETS; index += 1)
    aws.put(`env-${String(index)}`, '{"KEY":"value"}');
  const form = (workspaceId: string): ConnectionForm => awsForm(workspaceId, aws, key);
  await withCore(form, async (client, workspaceId) => {
    await measure(
      `AWS: Pull All of ${SECRETS.toLocaleString('en')} secrets, in batches`,
      async () => drain(await client.transfer.pullAll({ workspaceId })),
    );
  });
  await aws.stop();
}

/** Of the stand-ins, in milliseconds, as from an office to a region of the same continent. */
const LATENCY = 20;

/** How many environments and, in folders, variables of each. */
const ENVIRONMENTS = 1000;
const IN_FOLDER = 5;

const layouts = ['one secret each', 'folders'] as const;

/**
 * Pull All of environments in one layout, with the rates of the store. The ideal: the pages of the listing one
 * after the other, then `atOnce` reads at a time, and no work of the processor.
 */
async function benchLayout({
  name,
  layout,
  form,
  put,
  perPage,
  atOnce,
  window = { requests: Infinity, milliseconds: 0 },
}: {
  readonly name: string;
  readonly layout: (typeof layouts)[number];
  readonly form: (workspaceId: string) => ConnectionForm;
  /** Puts a secret; one with a folder is a variable of it. */
  readonly put: (id: string, text: string, folder?: string) => void;
  readonly perPage: number;
  readonly atOnce: number;
  /** How many requests the store takes in each period, from the first one on. */
  readonly window?: { readonly requests: number; readonly milliseconds: number };
}): Promise<void> {
  const variables = layout === 'folders' ? IN_FOLDER : 1;
  const reads = ENVIRONMENTS * variables;
  const pages = Math.ceil(reads / perPage);
  const unlimited = (pages + reads / atOnce) * LATENCY;
  const over = pages + reads - window.requests;
  const limited = over > 0 ? window.milliseconds + (over / atOnce) * LATENCY : 0;
  const ideal = Math.max(unlimited, limited);
  await withCore(form, async (client, workspaceId) => {
    // Signs in, and loads what the store needs.
    await drain(await client.transfer.pullAll({ workspaceId }));
    for (let index = 0; index < ENVIRONMENTS * variables; index += 1) {
      const environment = `env-${String(Math.floor(index / variables))}`;
      if (layout === 'folders') {
        put(`${environment}-VAR${String(index % variables)}`, 'value', `${environment}/`);
      } else put(environment, '{"KEY":"value"}');
    }
    await measure(
      `${name}: Pull All of 1,000 environments, ${layout}; the ideal is ${ideal.toFixed(0)} ms`,
      async () => drain(await client.transfer.pullAll({ workspaceId })),
    );
  });
}

async function benchGoogle(layout: (typeof layouts)[number]): Promise<void> {
  const server = await startGoogleSecretManager();
  server.rates = googleRates;
  server.faults.add({ delayMs: LATENCY });
  const key = JSON.stringify(server.serviceAccount().newKey());
  await benchLayout({
    name: 'Google',
    layout,
    form: (workspaceId) => googleForm(workspaceId, server, key),
    put: (id, text, folder) =>
      server
        .secrets()
        .put(
          id,
          text,
          folder === undefined ? {} : { annotations: { 'strongroom-folder': folder } },
        ),
    perPage: 25_000,
    atOnce: 32,
  });
  await server.close();
}

async function benchAzure(layout: (typeof layouts)[number]): Promise<void> {
  const server = await startKeyVaultServer({ resource: 'https://127.0.0.1' });
  server.rates = keyVaultRates;
  server.faults.add({ delayMs: LATENCY });
  const application = server.application();
  await benchLayout({
    name: 'Azure',
    layout,
    form: (workspaceId) => keyVaultForm(workspaceId, server, application),
    put: (id, text, folder) =>
      server.put(id, text, folder === undefined ? {} : { tags: { 'strongroom-folder': folder } }),
    perPage: 25,
    atOnce: 24,
    window: { requests: 4000, milliseconds: 10_000 },
  });
  await server.close();
}

/** With the rates of AWS. The ideal: the pages of the listing one after the other, then reads at their rate. */
async function benchParameterStore(): Promise<void> {
  const [environments, variables, latency] = [ENVIRONMENTS, IN_FOLDER, LATENCY];
  const server = await startParameterStoreServer();
  for (let index = 0; index < environments * variables; index += 1) {
    const environment = String(Math.floor(index / variables));
    server.put(`/bench/env-${environment}/VAR_${String(index % variables)}`, 'value');
  }
  server.rates = awsRates;
  server.faults.add({ delayMs: latency, times: Infinity });
  const reads = awsRates.find(({ operations }) => operations.includes('GetParametersByPath'));
  const { perSecond } = reads ?? { perSecond: Infinity };
  const pages = (environments * variables) / 50;
  const ideal = pages * latency + ((environments - perSecond) / perSecond) * 1000;
  const form = (workspaceId: string): ConnectionForm =>
    parameterStoreForm(workspaceId, server, server.accessKey(), { values: { prefix: '/bench' } });
  await withCore(form, async (client, workspaceId) => {
    await measure(
      `Parameter Store: Pull All of 1,000 environments; the ideal is ${ideal.toFixed(0)} ms`,
      async () => drain(await client.transfer.pullAll({ workspaceId })),
    );
  });
  await server.stop();
}

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
  'parameter-store': benchParameterStore,
  google: async () => {
    for (const layout of layouts) await benchGoogle(layout);
  },
  azure: async () => {
    for (const layout of layouts) await benchAzure(layout);
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
