/** Clients of providers take a while to load, so starting and setting up load none of them. */
import { afterEach, expect, it, onTestFinished, vi } from 'vitest';
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

const loaded = vi.hoisted(() => new Set<string>());
vi.mock('node-vault', async (original) => {
  loaded.add('node-vault');
  return original();
});
vi.mock('@aws-sdk/client-secrets-manager', async (original) => {
  loaded.add('@aws-sdk/client-secrets-manager');
  return original();
});
vi.mock('@aws-sdk/client-ssm', async (original) => {
  loaded.add('@aws-sdk/client-ssm');
  return original();
});
vi.mock('@aws-sdk/credential-providers', async (original) => {
  loaded.add('@aws-sdk/credential-providers');
  return original();
});
vi.mock('google-auth-library', async (original) => {
  loaded.add('google-auth-library');
  return original();
});

afterEach(() => {
  loaded.clear();
});

it('loads the client of a provider when it is first used', async () => {
  const core = await startCore();
  const { workspaceId } = core;
  const vault = await startTestVault();
  const aws = await startTestAws();
  const parameterStore = await startParameterStoreServer();
  const google = await startGoogleSecretManager();
  const keyVault = await startKeyVaultServer({ resource: 'https://127.0.0.1' });
  onTestFinished(async () => {
    await parameterStore.stop();
    await google.close();
    await keyVault.close();
  });
  const googleKey = JSON.stringify(google.serviceAccount().newKey());
  const forms: readonly (readonly [ConnectionForm, readonly string[]])[] = [
    // Reading goes over our own client. A write loads node-vault.
    [vaultForm(workspaceId, vault, vault.rootToken), []],
    [awsForm(workspaceId, aws, aws.accessKey()), ['@aws-sdk/client-secrets-manager']],
    [
      parameterStoreForm(workspaceId, parameterStore, parameterStore.accessKey()),
      ['@aws-sdk/client-ssm'],
    ],
    [googleForm(workspaceId, google, googleKey), ['google-auth-library']],
    // Our own REST client, and no library.
    [keyVaultForm(workspaceId, keyVault, keyVault.application()), []],
  ];
  for (const [form] of forms) await core.client.connections.save(form);
  await core.client.environments.list({ workspaceId });
  expect([...loaded]).toEqual([]);
  for (const [form, libraries] of forms) {
    loaded.clear();
    await core.client.connections.save(form);
    await all(core.client.transfer.pullAll({ workspaceId }));
    expect([form.provider, ...loaded]).toEqual([form.provider, ...libraries]);
  }
});
