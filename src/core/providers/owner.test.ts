/** The mark of a declared set-up, in every store that keeps one: the same promises for all of them. */
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { createKeyStore } from '@core/keys/key-store';
import { providerDescriptors } from '@shared/providers';
import { mapDocument, textEntry, type SecretDocument } from '@core/secrets/document';
import { MemoryKeychain } from '@test/support/memory-keychain';
import { temporaryDirectory } from '@test/support/temporary-directory';
import { startParameterStoreServer } from '@test/servers/parameter-store/server';
import { startSecretsManagerServer } from '@test/servers/secrets-manager/server';
import { startGoogleSecretManager } from '@test/servers/google-secret-manager/server';
import { startVaultServer } from '@test/servers/vault/server';
import * as azure from '@test/support/azure-key-vault';
import * as google from '@test/support/google-secret-manager';
import { connect as connectVault } from '@test/support/hashicorp-vault';
import { makeProvider as makeParameterStore } from '@test/support/aws-parameter-store';
import { makeProvider as makeSecretsManager } from '@test/support/aws-secrets-manager';
import { createLocalVaultFactory } from './local-vault/factory';
import { createPlainFilesFactory } from './plain-files/factory';
import type { SecretsProvider } from './provider';

interface Store {
  readonly provider: SecretsProvider;
  /** The other marks of what is at the path, which have to stay. */
  readonly others?: (path: string) => unknown;
  /** With credentials that may not touch marks. */
  readonly reader?: SecretsProvider;
}

const disposed = (provider: SecretsProvider): SecretsProvider => {
  onTestFinished(() => {
    provider.dispose();
  });
  return provider;
};

async function parameterStore(): Promise<Store> {
  const server = await startParameterStoreServer();
  onTestFinished(() => server.stop());
  const { endpoint, region } = server;
  const provider = disposed(makeParameterStore({ endpoint, region, ...server.accessKey() }));
  const allow = ['ssm:GetParametersByPath', 'ssm:GetParameter', 'ssm:PutParameter'];
  const limited = server.accessKey({ allow });
  return {
    provider,
    reader: disposed(makeParameterStore({ endpoint, region, ...limited })),
  };
}

async function secretsManager(): Promise<Store> {
  const server = await startSecretsManagerServer();
  onTestFinished(() => server.stop());
  const { endpoint, region } = server;
  const allow = ['secretsmanager:GetSecretValue', 'secretsmanager:ListSecrets'];
  const limited = server.accessKey({ allow });
  return {
    provider: disposed(makeSecretsManager({ endpoint, region, ...server.accessKey() })),
    reader: disposed(makeSecretsManager({ endpoint, region, ...limited })),
  };
}

async function keyVault(): Promise<Store> {
  const { server, provider } = await azure.connect();
  const limited = server.application({ permissions: ['set'] });
  return { provider, reader: azure.makeProvider(azure.partsOf(server, limited)) };
}

async function googleSecretManager(): Promise<Store> {
  const server = await startGoogleSecretManager();
  onTestFinished(() => server.close());
  const limited = google.accountParts(server, {
    roles: ['roles/secretmanager.secretAccessor'],
  });
  return {
    provider: disposed(google.makeProvider(google.accountParts(server))),
    reader: disposed(google.makeProvider(limited)),
  };
}

async function hashicorpVault(): Promise<Store> {
  const server = await startVaultServer();
  onTestFinished(() => server.close());
  server.policy('values', { 'secret/data/*': ['create', 'read', 'update'] });
  const limited = server.token({ policies: ['values'] });
  return {
    provider: connectVault(server.url, { token: server.rootToken }),
    reader: connectVault(server.url, { token: limited }),
  };
}

const localVault = (): Promise<Store> => {
  const dataDirectory = temporaryDirectory();
  const keys = createKeyStore({ dataDirectory, keychain: new MemoryKeychain() });
  onTestFinished(() => {
    keys.close();
  });
  const factory = createLocalVaultFactory({ dataDirectory, keys });
  const values = { autoSync: false, folder: '/' };
  return Promise.resolve({ provider: factory.create({ values, credentials: {} }) });
};

const plainFiles = (): Promise<Store> => {
  const values = { folder: temporaryDirectory(), autoSync: false };
  return Promise.resolve({
    provider: createPlainFilesFactory().create({ values, credentials: {} }),
  });
};

const options = { signal: new AbortController().signal };
const doc = (values: Readonly<Record<string, string>>): SecretDocument =>
  mapDocument(Object.entries(values).map(([key, value]) => [key, textEntry(value)] as const));

const stores: readonly [name: string, path: string, open: () => Promise<Store>][] = [
  ['the local vault', 'app', localVault],
  ['KV v2', 'app', hashicorpVault],
  ['AWS Secrets Manager', 'app', secretsManager],
  ['a parameter', '/app', parameterStore],
  ['a folder of parameters', '/app/', parameterStore],
  ['Azure Key Vault', 'app', keyVault],
  ['a folder in Azure Key Vault', 'app/', keyVault],
  ['Google Secret Manager', 'app', googleSecretManager],
  ['a folder in Google Secret Manager', 'app/', googleSecretManager],
];

describe.each(stores)('the owner in %s', (_, path, open) => {
  let store: Store;
  let provider: SecretsProvider;
  const owner = () => provider.owner?.(path, options);
  const setOwner = (name: string | null) => provider.setOwner?.(path, name, options);

  beforeEach(async () => {
    store = await open();
    ({ provider } = store);
  });

  it('is nobody where there is nothing, and cannot be set there', async () => {
    expect(await owner()).toEqual({ state: 'unowned' });
    await expect(setOwner('shop')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('is set, replaced and removed, and changes neither content nor revision', async () => {
    await provider.write(path, doc({ A: '1', B: '2' }), null, options);
    const before = await provider.read(path, options);
    expect(await owner()).toEqual({ state: 'unowned' });
    for (const name of ['shop', 'shop', 'other']) {
      expect(await setOwner(name)).toEqual({ state: 'owned', by: name });
      expect(await owner()).toEqual({ state: 'owned', by: name });
    }
    expect((await provider.read(path, options)).revision).toBe(before.revision);
    expect(await setOwner(null)).toEqual({ state: 'unowned' });
    expect(await owner()).toEqual({ state: 'unowned' });
    const after = await provider.read(path, options);
    expect(after.revision).toBe(before.revision);
    await provider.write(path, doc({ A: '3' }), after.revision, options);
  });

  it('stays through a write, and a write stays possible after it', async () => {
    const { revision } = await provider.write(path, doc({ A: '1', B: '2' }), null, options);
    await setOwner('shop');
    const written = await provider.write(path, doc({ A: '2', C: '3' }), revision, options);
    expect(await owner()).toEqual({ state: 'owned', by: 'shop' });
    // What was added has no mark yet, in a folder.
    await setOwner('shop');
    await provider.write(path, doc({ C: '4' }), written.revision, options);
    expect(await owner()).toEqual({ state: 'owned', by: 'shop' });
  });

  it('is unknown to credentials that may not see it', async () => {
    const { reader } = store;
    if (reader === undefined) return;
    await provider.write(path, doc({ A: '1' }), null, options);
    await setOwner('shop');
    const unknown = { state: 'unknown', why: 'not-permitted' };
    expect(await reader.owner?.(path, options)).toEqual(unknown);
    expect(await reader.setOwner?.(path, 'mine', options)).toEqual(unknown);
    expect(await owner()).toEqual({ state: 'owned', by: 'shop' });
  });
});

describe('the trait “ownership”', () => {
  it.each([
    ['local-vault', localVault],
    ['hashicorp-vault', hashicorpVault],
    ['aws-secrets-manager', secretsManager],
    ['aws-parameter-store', parameterStore],
    ['azure-key-vault', keyVault],
    ['google-secret-manager', googleSecretManager],
    ['plain-files', plainFiles],
  ] as const)('of %s says where its marks are', async (id, open) => {
    const { provider } = await open();
    const place = provider.owner === undefined ? 'computer' : 'store';
    expect(providerDescriptors[id].traits.ownership).toBe(place);
    expect(provider.setOwner === undefined).toBe(place === 'computer');
  });
});

describe('the owner in KV v2', () => {
  it('lies beside what others note, with “patch” and without it', async () => {
    const server = await startVaultServer();
    onTestFinished(() => server.close());
    server.policy('update', {
      'secret/data/*': ['create', 'read', 'update'],
      'secret/metadata/*': ['read', 'update'],
    });
    const root = connectVault(server.url, { token: server.rootToken });
    const updating = connectVault(server.url, { token: server.token({ policies: ['update'] }) });
    await root.write('app', doc({ A: '1' }), null, options);
    const url = `${server.url}/v1/secret/metadata/app`;
    const headers = { 'X-Vault-Token': server.rootToken };
    const body = JSON.stringify({ custom_metadata: { team: 'checkout' } });
    await fetch(url, { method: 'POST', headers, body });
    const notes = async (): Promise<unknown> => {
      const answer = (await (await fetch(url, { headers })).json()) as {
        data: { custom_metadata: unknown };
      };
      return answer.data.custom_metadata;
    };
    for (const provider of [root, updating]) {
      await provider.setOwner?.('app', 'shop', options);
      expect(await notes()).toEqual({ team: 'checkout', 'strongroom-config': 'shop' });
      await provider.setOwner?.('app', null, options);
      expect(await notes()).toEqual({ team: 'checkout' });
    }
  });

  it('has no place in KV v1', async () => {
    const server = await startVaultServer();
    onTestFinished(() => server.close());
    server.mount('old', { version: 1 });
    const provider = connectVault(server.url, { token: server.rootToken }, { enginePath: 'old' });
    const unknown = { state: 'unknown', why: 'not-supported' };
    expect(await provider.owner?.('app', options)).toEqual(unknown);
    expect(await provider.setOwner?.('app', 'shop', options)).toEqual(unknown);
  });
});
