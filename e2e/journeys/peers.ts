/** What a journey does with either provider: set up, put there, look at what arrived, and fail on command. */
import type { VaultTab } from '../pages/settings';
import type { SecretsManagerServer } from '../servers/secrets-manager/server';
import type { VaultServer } from '../servers/vault/server';

type Values = Readonly<Record<string, unknown>>;

export interface Held {
  /** Settles when the request has come. */
  readonly reached: Promise<void>;
  /** Lets it go on. */
  open(): void;
}

export interface Peer {
  readonly label: 'HashiCorp Vault' | 'AWS Secrets Manager';
  /** Fills in the form and saves it, for this session. */
  setUp(tab: VaultTab): Promise<void>;
  put(path: string, values: Values): void;
  /** What is there now; nothing where it is deleted, or scheduled to be. */
  read(path: string): unknown;
  /** Until `mend`, a write to this path is refused. */
  refuseWrites(path: string): void;
  mend(): void;
  /** Holds the next request that writes to this path. */
  holdWrite(path: string): Held;
  /** Holds a request that reads what is at this path, after so many that pass. */
  holdRead(path: string, skip: number): Held;
  /** Holds the next request that removes what is at this path. */
  holdRemoval(path: string): Held;
  /** How often anything was asked of it. */
  readonly asked: number;
}

export function vaultPeer(vault: VaultServer, token: string = vault.rootToken): Peer {
  const kv = vault.kv('secret');
  return {
    label: 'HashiCorp Vault',
    setUp: async (tab) => {
      await tab.fillToken({ url: vault.url, token, enginePath: 'secret' });
      await save(tab);
    },
    put: (path, values) => kv.put(path, values),
    read: (path) => kv.read(path),
    refuseWrites: (path) => {
      vault.faults.add({
        match: { method: ['POST', 'PUT'], path: `secret/data/${path}` },
        effect: { kind: 'answer', status: 403, body: { errors: ['permission denied'] } },
      });
    },
    mend: () => vault.faults.clear(),
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
    get asked() {
      return vault.requests.length;
    },
  };
}

export function awsPeer(aws: SecretsManagerServer): Peer {
  const { accessKeyId, secretAccessKey } = aws.accessKey();
  return {
    label: 'AWS Secrets Manager',
    setUp: async (tab) => {
      await tab.fillAccessKeys({
        endpoint: aws.endpoint,
        region: 'us-east-1',
        accessKeyId,
        secretAccessKey,
      });
      await save(tab);
    },
    put: (path, values) => {
      aws.put(path, JSON.stringify(values));
    },
    read: (path) => {
      const secret = aws.secret(path);
      const value = secret?.deletionDate === undefined ? secret?.current?.value : undefined;
      return value === undefined ? undefined : JSON.parse(value.toString());
    },
    refuseWrites: (path) => {
      aws.faults.add({
        operation: ['CreateSecret', 'PutSecretValue', 'UpdateSecretVersionStage'],
        secret: path,
        times: Infinity,
        answer: { kind: 'error', code: 'AccessDeniedException' },
      });
    },
    mend: () => aws.faults.clear(),
    holdWrite: (path) =>
      held(aws.faults.hold({ operation: ['CreateSecret', 'PutSecretValue'], secret: path })),
    holdRead: (path, skip) =>
      held(aws.faults.hold({ operation: 'GetSecretValue', secret: path, skip })),
    holdRemoval: (path) => held(aws.faults.hold({ operation: 'DeleteSecret', secret: path })),
    get asked() {
      return aws.requests.length;
    },
  };
}

const held = ({ reached, release }: { reached: Promise<void>; release: () => void }): Held => ({
  reached,
  open: release,
});

/** Where it has been chosen already how credentials are kept, nothing more is asked. */
async function save(tab: VaultTab): Promise<void> {
  await tab.saveButton.click();
  await tab.savedMark.or(tab.keyChoice.group).waitFor();
  if (await tab.keyChoice.group.isVisible()) await tab.keyChoice.onlyForThisSession();
  await tab.savedMark.waitFor();
}

export const peers = [
  { label: 'HashiCorp Vault', peerOf: ({ vault }: Servers): Peer => vaultPeer(vault) },
  { label: 'AWS Secrets Manager', peerOf: ({ aws }: Servers): Peer => awsPeer(aws) },
] as const;

interface Servers {
  readonly vault: VaultServer;
  readonly aws: SecretsManagerServer;
}
