/** What journeys share beyond the app itself: stand-ins, the window's page object, and looks at the disk. */
import { readFile } from 'node:fs/promises';
import { filesHolding } from '@test/support/files-holding';
import { processTree } from '@test/support/process-memory';
import { expect, test as base, type AppUnderTest } from '../fixtures';
import { AppPage } from '../pages/app';
import {
  findRealSecretsManager,
  type RunningSecretsManager,
} from '@test/servers/real-secrets-manager';
import { findRealVault, type RunningVault } from '@test/servers/real-vault';
import {
  startSecretsManagerServer,
  type SecretsManagerServer,
} from '@test/servers/secrets-manager/server';
import { startKeyVaultServer, type KeyVaultServer } from '@test/servers/azure-key-vault/server';
import {
  startGoogleSecretManager,
  type GoogleSecretManager,
} from '@test/servers/google-secret-manager/server';
import {
  startParameterStoreServer,
  type ParameterStoreServer,
} from '@test/servers/parameter-store/server';
import { startVaultServer, type VaultServer } from '@test/servers/vault/server';

export { expect, filesHolding };

export interface SupportFixtures {
  /** The stand-in for Vault; its log is empty until the app asks. */
  vault: VaultServer;
  /** The stand-in for AWS Secrets Manager, in `us-east-1`. */
  aws: SecretsManagerServer;
  /** The stand-in for AWS Parameter Store, in `us-east-1`. */
  parameterStore: ParameterStoreServer;
  /** The stand-in for Google Secret Manager, and for what issues its tokens. */
  google: GoogleSecretManager;
  /** The stand-in for an Azure key vault, and for the place to sign in. */
  keyVault: KeyVaultServer;
  /** Started for this test, or the one of `VAULT_ADDR`; where there is none the test is skipped. */
  realVault: RunningVault;
  /** Started for this test, or the one of `AWS_ENDPOINT_URL_SECRETS_MANAGER`; skipped as above. */
  realAws: RunningSecretsManager;
  /** The window of the app as it was started first. */
  ui: AppPage;
}

export const test = base.extend<SupportFixtures>({
  vault: async ({ dataDirectory }, use) => {
    const vault = await startVaultServer({ rootToken: 'hvs.root-token-of-the-journeys' });
    await use(vault);
    // A login's Role ID is a setting and no value; what the test asks about are paths.
    const written = vault.requests.filter(({ path }) => !/^(auth|sys)\//.test(path));
    await vault.close();
    await expectNowhere([...vault.everything(), ...written.map(({ body }) => body)], dataDirectory);
  },
  aws: async ({ dataDirectory }, use) => {
    const aws = await startSecretsManagerServer();
    await use(aws);
    await aws.stop();
    await expectNowhere(everythingOf(aws), dataDirectory);
  },
  parameterStore: async ({ dataDirectory }, use) => {
    const server = await startParameterStoreServer();
    await use(server);
    await server.stop();
    const versions = server.names().flatMap((name) => server.parameter(name)?.versions ?? []);
    await expectNowhere(
      versions.map(({ value }) => valueIn(value)),
      dataDirectory,
    );
  },
  google: async ({ dataDirectory }, use) => {
    const server = await startGoogleSecretManager();
    await use(server);
    await server.close();
    const secrets = server.secrets();
    const versions = secrets.ids().flatMap((id) => secrets.versions(id));
    await expectNowhere(
      versions.map(({ value = '' }) => valueIn(value)),
      dataDirectory,
    );
  },
  keyVault: async ({ dataDirectory }, use) => {
    // The resource of a real vault belongs to its host.
    const server = await startKeyVaultServer({ resource: 'https://127.0.0.1' });
    await use(server);
    await server.close();
    const versions = server.names().flatMap((name) => server.secret(name)?.versions ?? []);
    await expectNowhere(
      versions.map(({ value }) => valueIn(value)),
      dataDirectory,
    );
  },
  realVault: async ({}, use, info) => {
    const real = await findRealVault();
    if (real === undefined) return info.skip(true, 'No bao or vault on the PATH, no VAULT_ADDR.');
    const server = await real.start();
    await use(server);
    await server.stop();
  },
  realAws: async ({}, use, info) => {
    const real = await findRealSecretsManager();
    if (real === undefined) {
      return info.skip(true, 'No moto_server on the PATH, no AWS_ENDPOINT_URL_SECRETS_MANAGER.');
    }
    const server = await real.start();
    await use(server);
    await server.stop();
  },
  ui: async ({ page }, use) => {
    await use(new AppPage(page));
  },
});

const everythingOf = (aws: SecretsManagerServer): unknown[] =>
  aws
    .names()
    .flatMap((name) => aws.secret(name)?.versions ?? [])
    .map(({ value }) => valueIn(value.toString()));

/** Of an environment in one secret its values: its keys are no secrets. */
const valueIn = (text: string): unknown =>
  text.startsWith('{') ? (JSON.parse(text) as unknown) : text;

/** Shorter texts may be in a file by chance, or because a name is spelled the same. */
const TELLING_LENGTH = 8;
/** Of many values those at the ends: each is looked for in every file. */
const LOOKED_FOR_AT_EACH_END = 50;

/** The promise of the guide: what a provider holds is in no file of the data directory, after any journey. */
async function expectNowhere(held: readonly unknown[], dataDirectory: string): Promise<void> {
  const texts = [...new Set(held.flatMap(textsIn))].filter((text) => text.length >= TELLING_LENGTH);
  const some = new Set([
    ...texts.slice(0, LOOKED_FOR_AT_EACH_END),
    ...texts.slice(-LOOKED_FOR_AT_EACH_END),
  ]);
  const files = await filesHolding(dataDirectory, ...[...some].map((text) => Buffer.from(text)));
  expect(files, 'Files that hold a value of a provider').toEqual([]);
}

/** The lines of every text in a value: a text of several lines is escaped in some files, its lines are not. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return value.split(/\r?\n/);
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(textsIn);
}

/** Locks, and gives the window that follows. In the desktop app the process of the page ends, which is no fault. */
export async function lockWith(
  app: AppUnderTest,
  faults: string[],
  lock: () => Promise<unknown>,
): Promise<AppPage> {
  if (app.host === 'browser') {
    await lock();
  } else {
    const ended = app.page.waitForEvent('crash');
    // The process can end before the step that locks has.
    await Promise.all([ended, lock().catch(() => undefined)]);
    expect(faults.splice(0)).toEqual(['the page crashed']);
  }
  return new AppPage(await app.pageAfterLock());
}

/** Quits, starts again with the same data directory, and gives the new window. */
export const restart = async (app: AppUnderTest): Promise<AppPage> =>
  new AppPage(await app.restart());

/** The process of the core, below that of the app. Linux only. */
export async function coreOf(app: AppUnderTest): Promise<number> {
  for (const pid of await processTree(app.pid)) {
    const line = await readFile(`/proc/${String(pid)}/cmdline`, 'utf8');
    if (line.includes('-core.js')) return pid;
  }
  throw new Error('There is no core process.');
}
