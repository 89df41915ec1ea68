/** For tests of the library: a library of one test, and places where values can live. */
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { VaultOptions } from '../../src/sdk/types';
import type { Declaration, SecretManager } from '../../src/sdk/define';
import { createSecretManager } from '../../src/sdk/secret-manager';
import type { Vault } from '../../src/sdk/types';
import { openVault } from '../../src/sdk/vault';
import { OpenPlaces } from '../../src/sdk/vaults';
import { startGoogleSecretManager } from '../servers/google-secret-manager/server';
import { startKeyVaultServer } from '../servers/azure-key-vault/server';
import { startParameterStoreServer } from '../servers/parameter-store/server';
import { startSecretsManagerServer } from '../servers/secrets-manager/server';
import { startVaultServer } from '../servers/vault/server';
import { FakeRuntime, runningTime } from './fake-runtime';
import { temporaryDirectory } from './temporary-directory';

export type Env = Record<string, string | undefined>;

/** What a program gets, with its own environment, working directory and clock. */
export class TestLibrary {
  readonly runtime: FakeRuntime;
  readonly directory: string;
  readonly warnings: string[] = [];
  readonly #places: OpenPlaces;

  constructor(
    env: Env = {},
    { directory = temporaryDirectory(), runtime = new FakeRuntime(runningTime()) } = {},
  ) {
    this.directory = directory;
    this.runtime = runtime;
    // No Strongroom that somebody else runs on this computer.
    const away = { STRONGROOM_DATA_DIR: join(this.directory, 'no-strongroom') };
    Object.assign(this.runtime.env, away, env);
    this.#places = new OpenPlaces({
      runtime: this.runtime,
      directory: () => this.directory,
      warn: (message) => this.warnings.push(message),
    });
  }

  /** Is closed when the test ends. */
  async vault(id: string, options?: VaultOptions & { signal?: AbortSignal }): Promise<Vault> {
    const vault = await openVault(this.#places, id, options);
    onTestFinished(() => {
      vault.close();
    });
    return vault;
  }

  /** Is closed when the test ends. */
  secretManager<const Declared extends Declaration>(
    declaration: Declared,
    options?: VaultOptions,
  ): SecretManager<Declared> {
    const manager = createSecretManager(this.#places, declaration, options);
    onTestFinished(() => manager.close());
    return manager;
  }
}

export interface StartedPlace {
  /** The variables with which a program finds it. */
  readonly env: Env;
  /** The same as options. */
  readonly options: VaultOptions;
}

export interface PlaceTarget {
  readonly provider: string;
  readonly start: () => Promise<StartedPlace>;
}

function awsPlace(
  provider: 'aws-secrets-manager' | 'aws-parameter-store',
  startServer: typeof startSecretsManagerServer | typeof startParameterStoreServer,
): PlaceTarget {
  const start = async (): Promise<StartedPlace> => {
    const server = await startServer();
    onTestFinished(() => server.stop());
    const { endpoint, region } = server;
    const { accessKeyId, secretAccessKey } = server.accessKey();
    return {
      // The library's own variables: the SDK of AWS reads its own from the process itself.
      env: {
        STRONGROOM_PROVIDER: provider,
        AWS_REGION: region,
        STRONGROOM_ENDPOINT: endpoint,
        STRONGROOM_ACCESS_KEY_ID: accessKeyId,
        STRONGROOM_SECRET_ACCESS_KEY: secretAccessKey,
      },
      options: { provider, settings: { endpoint, region, accessKeyId, secretAccessKey } },
    };
  };
  return { provider, start };
}

/** Every provider, with its stand-in. */
export const places: readonly PlaceTarget[] = [
  {
    provider: 'plain-files',
    start: async () => {
      const folder = temporaryDirectory();
      return {
        env: { STRONGROOM_PROVIDER: 'plain-files', STRONGROOM_FOLDER: folder },
        options: { provider: 'plain-files', settings: { folder } },
      };
    },
  },
  {
    provider: 'hashicorp-vault',
    start: async () => {
      const server = await startVaultServer();
      onTestFinished(() => server.close());
      return {
        env: {
          STRONGROOM_PROVIDER: 'hashicorp-vault',
          VAULT_ADDR: `${server.url}/`,
          VAULT_TOKEN: server.rootToken,
        },
        options: {
          provider: 'hashicorp-vault',
          settings: { url: server.url, token: server.rootToken },
        },
      };
    },
  },
  awsPlace('aws-secrets-manager', startSecretsManagerServer),
  awsPlace('aws-parameter-store', startParameterStoreServer),
  {
    provider: 'google-secret-manager',
    start: async () => {
      const server = await startGoogleSecretManager();
      onTestFinished(() => server.close());
      const key = JSON.stringify(server.serviceAccount().newKey());
      return {
        env: {
          STRONGROOM_PROVIDER: 'google-secret-manager',
          GOOGLE_CLOUD_PROJECT: server.project,
          STRONGROOM_KEY: key,
          STRONGROOM_ENDPOINT: server.url,
        },
        options: {
          provider: 'google-secret-manager',
          settings: { project: server.project, key, endpoint: server.url },
        },
      };
    },
  },
  {
    provider: 'azure-key-vault',
    start: async () => {
      const server = await startKeyVaultServer({ resource: 'https://127.0.0.1' });
      onTestFinished(() => server.close());
      const { clientId, clientSecret } = server.application();
      return {
        env: {
          STRONGROOM_PROVIDER: 'azure-key-vault',
          AZURE_KEY_VAULT_URL: server.url,
          AZURE_CLIENT_ID: clientId,
          AZURE_CLIENT_SECRET: clientSecret,
        },
        options: {
          provider: 'azure-key-vault',
          settings: { vault: server.url, clientId, clientSecret },
        },
      };
    },
  },
];
