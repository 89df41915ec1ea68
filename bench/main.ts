/** `npm run bench`: how long large operations take, each against a stand-in on this computer. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRouterClient } from '@orpc/server';
import type { ConnectionForm } from '@shared/model/connection';
import { awsRates, startParameterStoreServer } from '@test/servers/parameter-store/server';
import { startSecretsManagerServer } from '@test/servers/secrets-manager/server';
import { startVaultServer } from '@test/servers/vault/server';
import { openCore } from '@core/core';
import { createWindowRouter, windowContext } from '@server/window/router';
import { awsForm, parameterStoreForm, vaultForm } from '@test/support/forms';
import { MemoryKeychain } from '@test/support/memory-keychain';

const SECRETS = 10_000;
const VARIABLES = 10_000;

interface Measured {
  readonly what: string;
  readonly milliseconds: number;
}

const results: Measured[] = [];

async function measure<T>(what: string, work: () => Promise<T>): Promise<T> {
  const startedAt = performance.now();
  const result = await work();
  results.push({ what, milliseconds: performance.now() - startedAt });
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

/** With the rates of AWS. The ideal: the pages of the listing one after the other, then reads at their rate. */
async function benchParameterStore(): Promise<void> {
  const [environments, variables, latency] = [1000, 5, 20];
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

export async function main(): Promise<void> {
  await measure('Open the core on an empty data directory', async () => {
    const { core, directory } = await start();
    await core.close();
    await rm(directory, { recursive: true });
  });
  await benchVault();
  await benchAws();
  await benchParameterStore();
  const width = Math.max(...results.map(({ what }) => what.length));
  for (const { what, milliseconds } of results) {
    console.log(`${what.padEnd(width)}  ${milliseconds.toFixed(0).padStart(7)} ms`);
  }
}
