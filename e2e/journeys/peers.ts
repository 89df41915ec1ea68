/** What a journey does with either provider: set up, put there, look at what arrived, and fail on command. */
import type { AppPage } from '../pages/app';
import type { ConnectionTab } from '../pages/settings';
import type { SecretsManagerServer } from '@test/servers/secrets-manager/server';
import type { VaultServer } from '@test/servers/vault/server';
import { test as base } from './support';

type Values = Readonly<Record<string, unknown>>;

export interface Held {
  /** Settles when the request has come. */
  readonly reached: Promise<void>;
  /** Lets it go on. */
  open(): void;
}

export const providers = ['HashiCorp Vault', 'AWS Secrets Manager'] as const;
export type Provider = (typeof providers)[number];

/**
 * Tags the journeys that repeat those with the first of several: `npm test` leaves them out, and
 * `npm test -- browser` runs them.
 */
export const wholeUnlessFirst = <T>(one: T, [first]: readonly T[]): { tag?: string } =>
  one === first ? {} : { tag: '@whole' };

export interface Peer {
  readonly label: Provider;
  /** Fills in the form. */
  fill(tab: ConnectionTab): Promise<void>;
  /** Fills in the form and saves it, for this session. */
  setUp(tab: ConnectionTab): Promise<void>;
  put(path: string, values: Values): void;
  /** The values at the path now; `undefined` if the secret is deleted, or scheduled for deletion. */
  read(path: string): Values | undefined;
  /** Deletes as somebody else would: for good, or so that it can be undeleted. */
  remove(path: string, how: 'for good' | 'recoverably'): void;
  /** Whether the secret is deleted and can be undeleted. */
  canUndelete(path: string): boolean;
  /** Until `permitWrites`, the server refuses writes to this path, or to any, for lack of permission. */
  refuseWrites(path?: string): void;
  permitWrites(): void;
  /** Holds the next request that writes to this path. */
  holdWrite(path: string): Held;
  /** Holds a request that reads this path, after `skip` requests that pass. */
  holdRead(path: string, skip: number): Held;
  /** Holds the next request that removes the secret at this path. */
  holdRemoval(path: string): Held;
  /** All requests so far, each by its path or the name of the call. */
  asked(): readonly string[];
  /** The number of requested writes. */
  writes(): number;
}

export function vaultPeer(vault: VaultServer, token: string = vault.rootToken): Peer {
  const kv = vault.kv('secret');
  const fill = (tab: ConnectionTab): Promise<void> =>
    tab.fillToken({ url: vault.url, token, enginePath: 'secret' });
  return {
    label: 'HashiCorp Vault',
    fill,
    setUp: async (tab) => {
      await fill(tab);
      await tab.saveCredentials();
    },
    put: (path, values) => kv.put(path, values),
    read: (path) => kv.read(path),
    remove: (path, how) => (how === 'for good' ? kv.remove(path) : kv.delete(path)),
    canUndelete: (path) => kv.read(path) === undefined && kv.versions(path).length > 0,
    refuseWrites: (path) => {
      vault.faults.add({
        match: {
          method: ['POST', 'PUT', 'DELETE'],
          path: path === undefined ? /^secret\/(data|delete)\// : `secret/data/${path}`,
        },
        effect: { kind: 'answer', status: 403, body: { errors: ['permission denied'] } },
      });
    },
    permitWrites: () => vault.faults.clear(),
    holdWrite: (path) =>
      vault.faults.gate({ method: ['POST', 'PUT'], path: `secret/data/${path}` }),
    holdRead: (path, skip) => {
      let open = (): void => {};
      const until = new Promise<void>((resolve) => {
        open = resolve;
      });
      const match = { method: 'GET', path: `secret/data/${path}` };
      const { reached } = vault.faults.add({ match, skip, until });
      return { reached, open };
    },
    holdRemoval: (path) => vault.faults.gate({ method: 'POST', path: `secret/delete/${path}` }),
    asked: () => vault.requests.map(({ path }) => path),
    writes: () =>
      vault.requests.filter(
        ({ method, path }) => /^(POST|PUT)$/.test(method) && path.startsWith('secret/data/'),
      ).length,
  };
}

export function awsPeer(aws: SecretsManagerServer): Peer {
  const { accessKeyId, secretAccessKey } = aws.accessKey();
  const fill = (tab: ConnectionTab): Promise<void> =>
    tab.fillAccessKeys({
      endpoint: aws.endpoint,
      region: 'us-east-1',
      accessKeyId,
      secretAccessKey,
    });
  return {
    label: 'AWS Secrets Manager',
    fill,
    setUp: async (tab) => {
      await fill(tab);
      await tab.saveCredentials();
    },
    put: (path, values) => {
      aws.put(path, JSON.stringify(values));
    },
    read: (path) => {
      const secret = aws.secret(path);
      const value = secret?.deletionDate === undefined ? secret?.current?.value : undefined;
      return value === undefined ? undefined : (JSON.parse(value.toString()) as Values);
    },
    remove: (path, how) => (how === 'for good' ? aws.remove(path) : aws.scheduleDeletion(path)),
    canUndelete: (path) => aws.secret(path)?.deletionDate !== undefined,
    refuseWrites: (path) => {
      aws.faults.add({
        operation: ['CreateSecret', 'PutSecretValue', 'UpdateSecretVersionStage', 'DeleteSecret'],
        ...(path !== undefined && { secret: path }),
        times: Infinity,
        answer: { kind: 'error', code: 'AccessDeniedException' },
      });
    },
    permitWrites: () => aws.faults.clear(),
    holdWrite: (path) =>
      held(aws.faults.hold({ operation: ['CreateSecret', 'PutSecretValue'], secret: path })),
    holdRead: (path, skip) =>
      held(aws.faults.hold({ operation: 'GetSecretValue', secret: path, skip })),
    holdRemoval: (path) => held(aws.faults.hold({ operation: 'DeleteSecret', secret: path })),
    asked: () => aws.requests.map(({ operation }) => operation),
    writes: () => aws.count('CreateSecret') + aws.count('PutSecretValue'),
  };
}

const held = ({ reached, release }: { reached: Promise<void>; release: () => void }): Held => ({
  reached,
  open: release,
});

export const test = base.extend<{ provider: Provider; peer: Peer }>({
  provider: ['HashiCorp Vault', { option: true }],
  peer: async ({ provider, vault, aws }, use) => {
    await use(provider === 'HashiCorp Vault' ? vaultPeer(vault) : awsPeer(aws));
  },
});

/** Sets the app up for a provider, with its credentials for this session only. Returns the tab it is on. */
export async function configure(ui: AppPage, peer: Peer): Promise<ConnectionTab> {
  const { connection: tab } = await ui.openSettings('Vault');
  await peer.setUp(tab);
  return tab;
}

/** An environment of the provider, pulled and on show. */
export async function openPulled(
  ui: AppPage,
  peer: Peer,
  path: string,
  values: Values,
): Promise<void> {
  peer.put(path, values);
  const tab = await configure(ui, peer);
  await tab.pullAllButton.click();
  await tab.pullOutcome.filter({ hasText: /pulled/ }).waitFor();
  await ui.openEnvironment(path);
  await ui.environment.variables.waitFor();
}
