/** The servers for the torture, each with two or three clients and with faults in between. */
import { randomUUID } from 'node:crypto';
import { FIRST_FOLDER } from '@shared/providers/local-vault';
import { azureKeyVaultDescriptor } from '@shared/providers/azure-key-vault';
import { googleSecretManagerDescriptor } from '@shared/providers/google-secret-manager';
import { onTestFinished } from 'vitest';
import { startGoogleSecretManager } from '../servers/google-secret-manager/server';
import { startVault } from '../support/azure-key-vault';
import { startFaultProxy } from '../servers/fault-proxy';
import { findRealSecretsManager } from '../servers/real-secrets-manager';
import { findRealVault } from '../servers/real-vault';
import type { Faults } from '../servers/faults';
import type { SecretsManagerServer } from '../servers/secrets-manager/server';
import { VaultAdmin } from '../servers/vault-admin';
import { otherClient } from '../support/aws-secrets-manager';
import { startCore, startTestAws, startTestVault, type TestCore } from '../support/core';
import type { Client } from './actor';
import type { Content } from './history';

export interface Drop {
  readonly path: string;
  /** The number of requests for the path that succeed first. */
  readonly skip: number;
  readonly times: number;
  /** Whether the first cut request takes effect. The others do not. */
  readonly applied: boolean;
}

export interface FaultSource {
  drop(drop: Drop): void;
  /** Holds the next request that changes something at the path, until the returned function is called. */
  hold(path: string): () => void;
  /** Removes the faults that have not happened yet. */
  clear(): void;
  /** The number of connections that were cut. */
  readonly dropped: number;
}

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
  readonly alone: 'nothing' | 'removals' | 'changes';
  /** Whether the clients may undelete. */
  readonly canUndelete: boolean;
  /** Whether a removal names no version. */
  readonly removesAny: boolean;
  /** Whether it is a separate process, which is slow. */
  readonly isReal: boolean;
  /** The start of paths. Default: `torture/`. */
  readonly folder?: string;
}

const CHANGING = ['POST', 'PUT', 'PATCH', 'DELETE'];
const AWS_CHANGES = [
  'CreateSecret',
  'PutSecretValue',
  'UpdateSecretVersionStage',
  'DeleteSecret',
  'RestoreSecret',
];

const contentOf = (values: Readonly<Record<string, unknown>>): Content =>
  new Map(Object.entries(values).map(([key, value]) => [key, String(value)]));

/** For servers with the path of the secret in the URL, or with only one secret. */
function httpFaults(faults: Faults, everyPath = false): FaultSource {
  const hits: { readonly hits: number }[] = [];
  const matching =
    (path: string, methods?: readonly string[]) =>
    (request: { readonly method: string; readonly path: string }): boolean =>
      (everyPath || request.path.endsWith(path)) &&
      (methods === undefined || methods.includes(request.method));
  return {
    drop: ({ path, skip, times, applied }) => {
      const match = matching(path);
      const first = faults.add({ match, skip, times: 1, effect: { kind: 'drop', applied } });
      const rest = faults.add({
        match: (request) => first.hits > 0 && match(request),
        times: times - 1,
        effect: { kind: 'drop', applied: false },
      });
      hits.push(first, rest);
    },
    hold: (path) => {
      const match = matching(path, CHANGING);
      let release = (): void => undefined;
      const until = new Promise<void>((resolve) => {
        release = resolve;
      });
      const held = faults.add({ match, times: 1, until });
      return () => {
        held.remove();
        release();
      };
    },
    clear: () => {
      faults.clear();
    },
    get dropped() {
      return hits.reduce((sum, { hits: count }) => sum + count, 0);
    },
  };
}

function awsFaults(server: SecretsManagerServer): FaultSource {
  const hits: { readonly hits: number }[] = [];
  return {
    drop: ({ path: secret, skip, times, applied }) => {
      const answer = { kind: 'drop' } as const;
      hits.push(server.faults.add({ secret, skip, times: 1, applied, answer }));
      if (times > 1) hits.push(server.faults.add({ secret, skip, times: times - 1, answer }));
    },
    hold: (secret) => server.faults.hold({ secret, operation: AWS_CHANGES }).release,
    clear: () => {
      server.faults.clear();
    },
    get dropped() {
      return hits.reduce((sum, { hits: count }) => sum + count, 0);
    },
  };
}

/** Several cores, as on several computers. */
async function cores(
  count: number,
  connect: (core: TestCore) => Promise<void>,
): Promise<[TestCore, ...TestCore[]]> {
  const start = async (): Promise<TestCore> => {
    const core = await startCore();
    await connect(core);
    return core;
  };
  const first = await start();
  return [first, ...(await Promise.all(Array.from({ length: count - 1 }, start)))];
}

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
      faults: httpFaults(server.faults as unknown as Faults),
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
      faults: awsFaults(server),
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
        faults: httpFaults(proxy.faults, true),
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

/** What is common to the stores whose conflicts are seen only after a write: see `writeDetecting`. */
const detecting = {
  alone: 'changes',
  canUndelete: false,
  removesAny: true,
  isReal: false,
  folder: 'torture-',
} as const;

const objectIn = (text: string | undefined): Content | undefined =>
  text === undefined ? undefined : contentOf(JSON.parse(text) as Record<string, unknown>);

const google: Target = {
  ...detecting,
  name: 'Google Secret Manager, stand-in',
  start: async (count) => {
    const server = await startGoogleSecretManager();
    onTestFinished(() => server.close());
    const key = JSON.stringify(server.serviceAccount().newKey());
    const clients = await cores(count, async ({ client, workspaceId }) => {
      await client.connections.save({
        workspaceId,
        provider: 'google-secret-manager',
        values: {
          ...googleSecretManagerDescriptor.defaults,
          authentication: 'key',
          endpoint: server.url,
          project: server.project,
          autoSync: false,
        },
        credentials: { key: { action: 'replace', value: key } },
      });
    });
    return {
      clients,
      stored: (path) => Promise.resolve(objectIn(server.secrets().versions(path).at(-1)?.value)),
    };
  },
};

const keyVault: Target = {
  ...detecting,
  name: 'Azure Key Vault, stand-in',
  start: async (count) => {
    const server = await startVault();
    const { clientId, clientSecret } = server.application();
    const clients = await cores(count, async ({ client, workspaceId }) => {
      await client.connections.save({
        workspaceId,
        provider: 'azure-key-vault',
        values: {
          ...azureKeyVaultDescriptor.defaults,
          authentication: 'secret',
          vault: server.url,
          clientId,
          autoSync: false,
        },
        credentials: { clientSecret: { action: 'replace', value: clientSecret } },
      });
    });
    return {
      clients,
      stored: (path) => Promise.resolve(objectIn(server.secret(path)?.current.value)),
    };
  },
};

export const targets: readonly Target[] = [
  vaultStandIn(2),
  vaultStandIn(1),
  awsStandIn('all rights'),
  awsStandIn('the five rights of the guide'),
  google,
  keyVault,
  localVault,
  vaultServer(2),
  vaultServer(1),
  awsServer,
];
