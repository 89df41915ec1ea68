/** The servers that refuse a write from an old version, each with two or three clients and with faults in between. */
import { randomUUID } from 'node:crypto';
import { FIRST_FOLDER } from '@shared/providers/facts/local-vault';
import { onTestFinished } from 'vitest';
import { startFaultProxy } from '../servers/fault-proxy';
import { findRealSecretsManager } from '../servers/real-secrets-manager';
import { findRealVault } from '../servers/real-vault';
import { VaultAdmin } from '../servers/vault-admin';
import { otherClient } from '../support/aws-secrets-manager';
import { startCore, startTestAws, startTestVault } from '../support/core';
import type { Client } from './actor';
import { cores } from './cores';
import { httpFaults, secretFaults } from './faults';
import type { Content } from './history';
import type { Alone, FaultSource } from './stage';

export interface Running {
  readonly clients: readonly Client[];
  readonly faults?: FaultSource;
  /** The content of a path, read without the clients if possible; `undefined` if there is none. */
  stored(path: string): Promise<Content | undefined>;
  /** Undeletes a secret, as an administrator. */
  undelete?(path: string): Promise<void>;
}

export interface Target {
  readonly name: string;
  /** Starts the server; `undefined` if this machine has none. */
  readonly start: ((clients: number) => Promise<Running>) | undefined;
  /**
   * The calls that must not overlap with others, because the protocol leaves a window there that no client
   * can close: see decision 16.
   */
  readonly alone: Alone;
  /** Whether the clients may undelete. */
  readonly canUndelete: boolean;
  /** Whether a removal names no version. */
  readonly removesAny: boolean;
  /** Whether it is a separate process, which is slow. */
  readonly isReal: boolean;
}

const contentOf = (values: Readonly<Record<string, unknown>>): Content =>
  new Map(Object.entries(values).map(([key, value]) => [key, String(value)]));

/** The content that a later client finds. */
const seenBy =
  ({ client, workspaceId }: Client) =>
  async (path: string): Promise<Content | undefined> => {
    const name = randomUUID();
    const { id } = await client.environments.create({ workspaceId, name });
    try {
      const { exists, serverRevision } = await client.environments.previewSync({ id, path });
      if (!exists) return undefined;
      const resolution = 'take-server';
      await client.environments.enableSync({ id, path, resolution, serverRevision });
      const { values } = await client.environments.revealAll({ id });
      return new Map(values.map(({ key, value }) => [key, value]));
    } finally {
      await client.environments.remove({ id, onServer: false });
    }
  };

/** Undeletes through an environment that is linked to the path. */
const undeletedBy =
  ({ client, workspaceId }: Client) =>
  async (path: string): Promise<void> => {
    const { id } = await client.environments.create({ workspaceId, name: randomUUID() });
    await client.environments.enableSync({ id, path, resolution: 'push' });
    await client.environments.undelete({ id });
    await client.environments.remove({ id, onServer: false });
  };

const vaultStandIn = (version: 1 | 2): Target => ({
  name: `Vault KV v${String(version)}, stand-in`,
  alone: version === 1 ? 'changes' : 'nothing',
  canUndelete: version === 2,
  removesAny: version === 1,
  isReal: false,
  start: async (count) => {
    const server = await startTestVault();
    server.mount('kv', { version });
    const clients = await cores(count, (core) => core.useVault(server, { enginePath: 'kv' }));
    const kv = server.kv('kv');
    return {
      clients,
      faults: httpFaults(server.faults),
      stored: (path) => {
        const values = kv.read(path);
        return Promise.resolve(values && contentOf(values));
      },
      ...(version === 2 && {
        undelete: (path) => {
          kv.undelete(path, [kv.currentVersion(path)]);
          return Promise.resolve();
        },
      }),
    };
  },
});

const awsStandIn = (rights: 'all rights' | 'the five rights of the guide'): Target => ({
  name: `AWS with ${rights}, stand-in`,
  alone: rights === 'all rights' ? 'nothing' : 'removals',
  canUndelete: rights === 'all rights',
  removesAny: true,
  isReal: false,
  start: async (count) => {
    const server = await startTestAws();
    const { endpoint } = server;
    const key = rights === 'all rights' ? server.accessKey() : server.guideAccessKey();
    return {
      clients: await cores(count, (core) => core.useAws({ endpoint, accessKey: () => key })),
      faults: secretFaults(server.faults),
      stored: (path) => {
        const secret = server.secret(path);
        const value = secret?.deletionDate === undefined ? secret?.current?.value : undefined;
        if (value === undefined) return Promise.resolve(undefined);
        return Promise.resolve(contentOf(JSON.parse(String(value)) as Record<string, unknown>));
      },
      undelete: (path) => {
        server.restore(path);
        return Promise.resolve();
      },
    };
  },
});

/** One folder that several workspaces use: a data directory belongs to one process. */
const localVault: Target = {
  name: 'Local vault',
  alone: 'nothing',
  canUndelete: true,
  removesAny: false,
  isReal: false,
  start: async (count) => {
    const core = await startCore();
    const { client } = core;
    await core.useLocal({ folder: FIRST_FOLDER });
    const clients: Client[] = [];
    for (let number = 1; number <= count; number += 1) {
      const { id: workspaceId } = await client.workspaces.create({ name: String(number) });
      clients.push({ client, workspaceId });
    }
    return { clients, stored: seenBy(core), undelete: undeletedBy(core) };
  },
};

const realVault = await findRealVault();
const realAws = await findRealSecretsManager();

const vaultServer = (version: 1 | 2): Target => ({
  ...vaultStandIn(version),
  isReal: true,
  name: `Vault KV v${String(version)}, ${realVault?.name ?? 'no real server'}`,
  start:
    realVault &&
    (async (count) => {
      const { url, token, stop } = await realVault.start();
      onTestFinished(stop);
      const proxy = await startFaultProxy(url);
      onTestFinished(() => proxy.stop());
      const enginePath = `torture-${randomUUID()}`;
      const admin = new VaultAdmin(url, token);
      await admin.mountKv(enginePath, version);
      onTestFinished(async () => {
        await admin.call('DELETE', `sys/mounts/${enginePath}`);
      });
      const access = { url: proxy.url, rootToken: token };
      const clients = await cores(count, (core) => core.useVault(access, { enginePath }));
      const [auditor] = await cores(1, (core) =>
        core.useVault({ url, rootToken: token }, { enginePath }),
      );
      return {
        clients,
        faults: httpFaults(proxy.faults),
        stored: seenBy(auditor),
        ...(version === 2 && { undelete: undeletedBy(auditor) }),
      };
    }),
});

const awsServer: Target = {
  ...awsStandIn('all rights'),
  isReal: true,
  name: `AWS, ${realAws?.name ?? 'no other server'}`,
  start:
    realAws &&
    (async (count) => {
      const running = await realAws.start();
      onTestFinished(() => running.stop());
      const proxy = await startFaultProxy(running.endpoint);
      onTestFinished(() => proxy.stop());
      const at = (endpoint: string) => ({ endpoint, accessKey: () => running });
      const clients = await cores(count, (core) => core.useAws(at(proxy.url)));
      const [auditor] = await cores(1, (core) => core.useAws(at(running.endpoint)));
      const administrator = otherClient(running);
      onTestFinished(() => {
        administrator.destroy();
      });
      return {
        clients,
        faults: httpFaults(proxy.faults, () => true),
        stored: async (path) => {
          const { DeletedDate } = await administrator.describeSecret({ SecretId: path });
          return DeletedDate === undefined ? seenBy(auditor)(path) : undefined;
        },
        undelete: async (path) => {
          await administrator.restoreSecret({ SecretId: path });
        },
      };
    }),
};

export const targets: readonly Target[] = [
  vaultStandIn(2),
  vaultStandIn(1),
  awsStandIn('all rights'),
  awsStandIn('the five rights of the guide'),
  localVault,
  vaultServer(2),
  vaultServer(1),
  awsServer,
];
