/** Journeys that are the same with every provider: what they need of a stand-in, and nothing more. */
import type { AppPage } from '../pages/app';
import { startSecretsManagerServer } from '../servers/secrets-manager/server';
import { startVaultServer } from '../servers/vault/server';
import { test as base } from './support';

export const providers = ['HashiCorp Vault', 'AWS Secrets Manager'] as const;
export type Provider = (typeof providers)[number];

type Data = Readonly<Record<string, unknown>>;

export interface Peer {
  readonly label: Provider;
  /** Sets the app up for it, credentials kept for this session only. */
  configure(ui: AppPage): Promise<void>;
  put(path: string, data: Data): void;
  /** What is there and could be read; nothing where it was deleted. */
  read(path: string): Data | undefined;
  /** As somebody else would: at once and for good, or so that it can be brought back. */
  remove(path: string, how: 'for good' | 'recoverably'): void;
  /** Whether it was deleted so that it can be brought back. */
  canRestore(path: string): boolean;
  /** Writes are refused from now on, for want of permission. */
  refuseWrites(): void;
  permitWrites(): void;
  /** What was asked for since, by its path or the name of the call. */
  asked(): readonly string[];
  /** How many writes were asked for. */
  writes(): number;
  stop(): Promise<void>;
}

async function startVaultPeer(): Promise<Peer> {
  const server = await startVaultServer();
  server.policy('writer', { 'secret/*': ['create', 'read', 'update', 'delete', 'list', 'patch'] });
  const token = server.token({ policies: ['writer'] });
  const kv = server.kv('secret');
  return {
    label: 'HashiCorp Vault',
    configure: async (ui) => {
      const { vault: tab } = await ui.openSettings('Vault');
      await tab.fillToken({ url: server.url, token, enginePath: 'secret' });
      await tab.saveForThisSession();
    },
    put: (path, data) => kv.put(path, data),
    read: (path) => kv.read(path),
    remove: (path, how) => (how === 'for good' ? kv.remove(path) : kv.delete(path)),
    canRestore: (path) => kv.read(path) === undefined && kv.versions(path).length > 0,
    refuseWrites: () => server.policy('writer', { 'secret/*': ['read', 'list'] }),
    permitWrites: () =>
      server.policy('writer', {
        'secret/*': ['create', 'read', 'update', 'delete', 'list', 'patch'],
      }),
    writes: () =>
      server.requests.filter(
        ({ method, path }) => /^(POST|PUT)$/.test(method) && path.startsWith('secret/data/'),
      ).length,
    asked: () => server.requests.map(({ path }) => path),
    stop: () => server.close(),
  };
}

async function startAwsPeer(): Promise<Peer> {
  const server = await startSecretsManagerServer();
  const { accessKeyId, secretAccessKey } = server.accessKey();
  const writing = ['CreateSecret', 'PutSecretValue', 'UpdateSecretVersionStage', 'DeleteSecret'];
  return {
    label: 'AWS Secrets Manager',
    configure: async (ui) => {
      const { vault: tab } = await ui.openSettings('Vault');
      await tab.fillAccessKeys({
        endpoint: server.endpoint,
        region: 'us-east-1',
        accessKeyId,
        secretAccessKey,
      });
      await tab.saveForThisSession();
    },
    put: (path, data) => void server.put(path, JSON.stringify(data)),
    read: (path) => {
      const secret = server.secret(path);
      if (secret?.current === undefined || secret.deletionDate !== undefined) return undefined;
      return JSON.parse(String(secret.current.value)) as Data;
    },
    remove: (path, how) =>
      how === 'for good' ? server.remove(path) : server.scheduleDeletion(path),
    canRestore: (path) => server.secret(path)?.deletionDate !== undefined,
    refuseWrites: () => server.changePolicy(accessKeyId, { deny: writing }),
    permitWrites: () => server.changePolicy(accessKeyId, {}),
    writes: () => server.count('CreateSecret') + server.count('PutSecretValue'),
    asked: () => server.requests.map(({ operation }) => operation),
    stop: () => server.stop(),
  };
}

export const test = base.extend<{ provider: Provider; peer: Peer }>({
  provider: ['HashiCorp Vault', { option: true }],
  peer: async ({ provider }, use) => {
    const peer = await (provider === 'HashiCorp Vault' ? startVaultPeer() : startAwsPeer());
    await use(peer);
    await peer.stop();
  },
});

/** An environment of the provider, pulled and on show. */
export async function openPulled(ui: AppPage, peer: Peer, path: string, data: Data): Promise<void> {
  peer.put(path, data);
  await peer.configure(ui);
  await ui.settings.vault.pullAllButton.click();
  await ui.settings.vault.pullOutcome.filter({ hasText: /pulled/ }).waitFor();
  await ui.openEnvironment(path);
  await ui.environment.variables.waitFor();
}
