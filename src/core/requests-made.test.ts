/** How many requests operations make. `npm run bench` measures times; these numbers are the same on every computer. */
import { expect, it, onTestFinished } from 'vitest';
import type { ConnectionForm } from '@shared/model/connection';
import { startGoogleSecretManager } from '@test/servers/google-secret-manager/server';
import { startKeyVaultServer } from '@test/servers/azure-key-vault/server';
import { startParameterStoreServer } from '@test/servers/parameter-store/server';
import { all, startCore, startTestAws, startTestVault } from '@test/support/core';
import {
  awsForm,
  googleForm,
  keyVaultForm,
  parameterStoreForm,
  vaultForm,
} from '@test/support/forms';

/** More than a page or a batch of each provider. */
const ENVIRONMENTS = 130;
const names = Array.from({ length: ENVIRONMENTS }, (_, index) => `env-${String(index)}`);
const VALUE = '{"KEY":"value"}';

/** Connects, pulls all, and checks that everything came. */
async function pulled(form: (workspaceId: string) => ConnectionForm) {
  const { client, workspaceId } = await startCore();
  await client.connections.save(form(workspaceId));
  await all(client.transfer.pullAll({ workspaceId }));
  const environments = await client.environments.list({ workspaceId });
  expect(environments.filter(({ synced }) => synced !== undefined)).toHaveLength(ENVIRONMENTS);
  return { client, environments };
}

/** How often each text occurs. */
function counts(texts: readonly (string | undefined)[]): Record<string, number> {
  const found: Record<string, number> = {};
  for (const text of texts) found[text ?? ''] = (found[text ?? ''] ?? 0) + 1;
  return found;
}

it('Vault: Pull All is one list, and a read each', async () => {
  const vault = await startTestVault();
  for (const name of names) vault.kv('secret').put(name, { KEY: 'value' });
  await pulled((workspaceId) => vaultForm(workspaceId, vault, vault.rootToken));
  const kinds = vault.requests.map(({ method, path }) =>
    path.startsWith('secret/data/') ? `${method} a value` : `${method} ${path}`,
  );
  expect(counts(kinds)).toEqual({
    'GET sys/internal/ui/mounts/secret': 1,
    'LIST secret/metadata': 1,
    'GET a value': ENVIRONMENTS,
  });
});

it('Vault: opening a pulled environment asks nothing, and saving one key of 10,000 asks for no other path', async () => {
  const vault = await startTestVault();
  for (const name of names.slice(1)) vault.kv('secret').put(name, { KEY: 'value' });
  const keys = Array.from({ length: 10_000 }, (_, index) => `KEY_${String(index)}`);
  vault.kv('secret').put('env-0', Object.fromEntries(keys.map((key) => [key, 'value'])));
  const { client, environments } = await pulled((workspaceId) =>
    vaultForm(workspaceId, vault, vault.rootToken),
  );
  const { id = '' } = environments.find(({ name }) => name === 'env-0') ?? {};
  const before = vault.requests.length;
  const { base = '' } = await client.environments.open({ id });
  expect(vault.requests).toHaveLength(before);
  const edits = [{ key: 'KEY_5000', value: 'changed' }];
  await client.environments.save({ id, base, changes: { edits, additions: [] } });
  expect(vault.requests.slice(before).map(({ method, path }) => `${method} ${path}`)).toEqual([
    'GET secret/metadata/env-0',
    'GET secret/data/env-0',
    'POST secret/data/env-0',
    'GET secret/metadata/env-0',
  ]);
});

it('AWS: Pull All reads twenty secrets a request, or one without the right to read in batches', async () => {
  const inBatches = await startTestAws();
  for (const name of names) inBatches.put(name, VALUE);
  await pulled((workspaceId) => awsForm(workspaceId, inBatches, inBatches.accessKey()));
  expect(counts(inBatches.requests.map(({ operation }) => operation))).toEqual({
    ListSecrets: 2,
    BatchGetSecretValue: 7,
  });

  const oneByOne = await startTestAws();
  for (const name of names) oneByOne.put(name, VALUE);
  await pulled((workspaceId) => awsForm(workspaceId, oneByOne, oneByOne.guideAccessKey()));
  expect(counts(oneByOne.requests.map(({ operation }) => operation))).toMatchObject({
    ListSecrets: 2,
    GetSecretValue: ENVIRONMENTS,
  });
});

it('Parameter Store: Pull All is a page of each 50 names, and a read of each folder', async () => {
  const server = await startParameterStoreServer();
  onTestFinished(() => server.stop());
  for (const name of names) server.put(`/app/${name}/KEY`, 'value');
  await pulled((workspaceId) =>
    parameterStoreForm(workspaceId, server, server.accessKey(), { values: { prefix: '/app' } }),
  );
  expect(counts(server.requests.map(({ operation }) => operation))).toEqual({
    DescribeParameters: 3,
    GetParametersByPath: ENVIRONMENTS,
  });
});

it('Google: Pull All is a list, and a read each', async () => {
  const server = await startGoogleSecretManager();
  onTestFinished(() => server.close());
  for (const name of names) server.secrets().put(name, VALUE);
  const key = JSON.stringify(server.serviceAccount().newKey());
  await pulled((workspaceId) => googleForm(workspaceId, server, key));
  expect(counts(server.requests.map(({ operation }) => operation))).toEqual({
    // The token.
    '': 1,
    ListSecrets: 1,
    AccessSecretVersion: ENVIRONMENTS,
  });
});

it('Azure: Pull All is a page of each 25 secrets, and a read each', async () => {
  const server = await startKeyVaultServer({ resource: 'https://127.0.0.1' });
  onTestFinished(() => server.close());
  for (const name of names) server.put(name, VALUE);
  await pulled((workspaceId) => keyVaultForm(workspaceId, server, server.application()));
  expect(counts(server.requests.map(({ operation }) => operation))).toEqual({
    // The token.
    '': 1,
    ListSecrets: 7,
    GetSecret: ENVIRONMENTS,
  });
});
