/** For tests: a core as a host uses it, with its own data directory and keychain. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createRouterClient, type RouterClient } from '@orpc/server';
import type { OpenEnvironment } from '@shared/model/open-environment';
import type { FormValues } from '@shared/model/form-values';
import { FIRST_FOLDER } from '@shared/providers/facts/local-vault';
import type { PullSummary } from '@shared/model/transfer';
import { isAppError } from '@shared/errors';
import type { ChangeSet } from '@shared/model/change-set';
import type { Environment } from '@shared/model/environment';
import { onTestFinished } from 'vitest';
import {
  startSecretsManagerServer,
  type SecretsManagerServer,
} from '../servers/secrets-manager/server';
import { startVaultServer, type VaultServer } from '../servers/vault/server';
import { openCore, type Core, type CoreOptions } from '@core/core';
import type { Runtime } from '@core/runtime';
import type { CallContext } from '@server/base';
import { createWindowRouter, windowContext, type WindowRouter } from '@server/window/router';
import { createKeyStore } from '@core/keys/key-store';
import { MemoryKeychain } from './memory-keychain';
import { createLocalVaultFactory } from '@core/providers/local-vault/factory';
import type { CallOptions, SecretSnapshot, SecretsProvider } from '@core/providers/provider';
import { documentFromText } from '@core/secrets/document';
import { awsForm, vaultForm } from './forms';
import { temporaryDirectory } from './temporary-directory';

export async function startTestVault(rootToken?: string): Promise<VaultServer> {
  const server = await startVaultServer({ ...(rootToken !== undefined && { rootToken }) });
  onTestFinished(() => server.close());
  return server;
}

export async function startTestAws(): Promise<SecretsManagerServer> {
  const server = await startSecretsManagerServer();
  onTestFinished(() => server.stop());
  return server;
}

export async function startCore(runtime?: Runtime): Promise<TestCore> {
  const core = new TestCore(temporaryDirectory(), runtime);
  await core.start();
  onTestFinished(() => core.close());
  return core;
}

/** Every event of a stream, in order. */
export async function all<T>(events: Promise<AsyncIterable<T>> | AsyncIterable<T>): Promise<T[]> {
  const result: T[] = [];
  for await (const event of await events) result.push(event);
  return result;
}

/** The last event of a stream that ends in a summary. */
export async function summaryOf<T extends { readonly type: string }>(
  events: Promise<AsyncIterable<T>>,
): Promise<Extract<T, { readonly type: 'summary' }>> {
  const last = (await all(events)).at(-1);
  if (last?.type !== 'summary') throw new Error('No summary at the end');
  return last as Extract<T, { readonly type: 'summary' }>;
}

export const adding = (values: Readonly<Record<string, string>>): ChangeSet => ({
  edits: [],
  additions: Object.entries(values).map(([key, value]) => ({ key, value })),
});

interface AccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface AwsServer {
  readonly endpoint: string;
  accessKey(): AccessKey;
}

export class TestCore {
  readonly keychain = new MemoryKeychain();
  client!: RouterClient<WindowRouter>;
  workspaceId!: string;
  #core: Core | undefined;

  constructor(
    readonly dataDirectory: string,
    private readonly runtime?: Runtime,
    private readonly options: Pick<CoreOptions, 'resolve' | 'attention'> = {},
  ) {}

  async start(): Promise<void> {
    const { dataDirectory, keychain, runtime } = this;
    this.#core = await openCore({
      host: 'browser',
      version: '0.0.0',
      dataDirectory,
      keychain,
      ...(runtime && { runtime }),
      ...this.options,
    });
    this.client = createRouterClient(createWindowRouter(this.#core), windowContext);
    this.workspaceId = (await this.client.workspaces.list()).currentId;
  }

  get core(): Core {
    if (this.#core === undefined) throw new Error('The core is closed');
    return this.#core;
  }

  /** A client whose calls are made by somebody else than the window. */
  clientOf(context: CallContext): RouterClient<WindowRouter> {
    return createRouterClient(createWindowRouter(this.core), { context });
  }

  async close(): Promise<void> {
    await this.#core?.close();
    this.#core = undefined;
  }

  /** Closes the core and opens it again with the same data directory. */
  async restart(): Promise<void> {
    await this.close();
    await this.start();
  }

  async useVault(
    server: Pick<VaultServer, 'url' | 'rootToken'>,
    values: FormValues = {},
  ): Promise<void> {
    await this.client.connections.save(
      vaultForm(this.workspaceId, server, server.rootToken, { values }),
    );
  }

  /** With an access key that may do everything. */
  async useAws(server: AwsServer): Promise<void> {
    await this.client.connections.save(awsForm(this.workspaceId, server, server.accessKey()));
  }

  async useLocal(values: FormValues = {}): Promise<void> {
    await this.client.connections.save({
      workspaceId: this.workspaceId,
      provider: 'local-vault',
      values: { autoSync: false, ...values },
      credentials: {},
    });
  }

  /** Creates a local environment with these variables. */
  async create(name: string, values: Readonly<Record<string, string>> = {}): Promise<string> {
    const { id } = await this.client.environments.create({ workspaceId: this.workspaceId, name });
    if (Object.keys(values).length > 0) await this.save(id, adding(values));
    return id;
  }

  /** As `create`, then linked to a path. */
  async createSynced(
    name: string,
    values: Readonly<Record<string, string>>,
    path = name,
  ): Promise<string> {
    const id = await this.create(name, values);
    await this.client.environments.enableSync({ id, path, resolution: 'push' });
    return id;
  }

  async base(id: string): Promise<string> {
    const { base } = await this.client.environments.open({ id });
    if (base === undefined) throw new Error('The values are not in memory');
    return base;
  }

  async save(id: string, changes: ChangeSet): Promise<OpenEnvironment> {
    return this.client.environments.save({ id, base: await this.base(id), changes });
  }

  async pullAll(): Promise<PullSummary> {
    return summaryOf(this.client.transfer.pullAll({ workspaceId: this.workspaceId }));
  }

  environments(): Promise<Environment[]> {
    return this.client.environments.list({ workspaceId: this.workspaceId });
  }

  async environment(name: string): Promise<Environment> {
    const found = (await this.environments()).find((each) => each.name === name);
    if (found === undefined) throw new Error(`There is no environment ${name}`);
    return found;
  }

  /** The values of an environment in memory, as text. */
  async values(id: string): Promise<Record<string, string>> {
    const { values } = await this.client.environments.revealAll({ id });
    return Object.fromEntries(values.map(({ key, value }) => [key, value]));
  }

  /** Action, outcome and detail, the newest first. */
  async activity(limit = 1): Promise<string[]> {
    const entries = await this.client.activity.list({ workspaceId: this.workspaceId, limit });
    return entries.map(({ action, outcome, detail }) => `${action} ${outcome} ${detail ?? ''}`);
  }

  /**
   * Reads the file of the local vault without the app; `undefined` if it has nothing at this path. Default:
   * the folder of the first workspace, here and below.
   */
  async readLocalVault(path: string, folder?: string): Promise<SecretSnapshot | undefined> {
    return this.#inLocalVault(
      (provider, options) =>
        provider.read(path, options).catch((error: unknown) => {
          if (isAppError(error, 'NOT_FOUND')) return undefined;
          throw error;
        }),
      folder,
    );
  }

  /** Writes to the file of the local vault as another person would who shares it and its key. */
  async writeLocalVault(path: string, text: string): Promise<void> {
    const revision = (await this.readLocalVault(path))?.revision ?? null;
    await this.#inLocalVault((provider, options) =>
      provider.write(path, documentFromText(text), revision, options),
    );
  }

  /** Removes a secret as another person would who shares the file. */
  async removeFromLocalVault(path: string): Promise<void> {
    await this.#inLocalVault(async (provider, options) => {
      const { revision } = await provider.read(path, options);
      await provider.remove(path, revision, options);
    });
  }

  /** The content of all files in the data directory, as one text. */
  async onDisk(): Promise<string> {
    const names = await readdir(this.dataDirectory, { recursive: true, withFileTypes: true });
    const files = names.filter((entry) => entry.isFile());
    const contents = await Promise.all(
      files.map((entry) => readFile(join(entry.parentPath, entry.name), 'latin1')),
    );
    return contents.join('\n');
  }

  async #inLocalVault<T>(
    work: (provider: SecretsProvider, options: CallOptions) => Promise<T>,
    folder = FIRST_FOLDER,
  ): Promise<T> {
    const { dataDirectory, keychain } = this;
    const keys = createKeyStore({ dataDirectory, keychain });
    const provider = createLocalVaultFactory({ dataDirectory, keys }).create({
      values: { autoSync: false, folder },
      credentials: {},
    });
    try {
      return await work(provider, { signal: new AbortController().signal });
    } finally {
      provider.dispose();
      keys.close();
    }
  }
}
