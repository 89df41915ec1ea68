/** What journeys share beyond the app itself: stand-ins, the window's page object, and looks at the disk. */
import { test as base, type AppUnderTest } from '../fixtures';
import { AppPage } from '../pages/app';
import {
  findRealSecretsManager,
  type RunningSecretsManager,
} from '../servers/real-secrets-manager';
import { findRealVault, type RunningVault } from '../servers/real-vault';
import {
  startSecretsManagerServer,
  type SecretsManagerServer,
} from '../servers/secrets-manager/server';
import { startVaultServer, type VaultServer } from '../servers/vault/server';

export { expect } from '../fixtures';
export { filesHolding } from '../../src/main/testing/files-holding';

export interface SupportFixtures {
  /** The stand-in for Vault; its log is empty until the app asks. */
  vault: VaultServer;
  /** The stand-in for AWS Secrets Manager, in `us-east-1`. */
  aws: SecretsManagerServer;
  /** Started for this test, or the one of `VAULT_ADDR`; where there is none the test is skipped. */
  realVault: RunningVault;
  /** Started for this test, or the one of `AWS_ENDPOINT_URL_SECRETS_MANAGER`; skipped as above. */
  realAws: RunningSecretsManager;
  /** The window of the app as it was started first. */
  ui: AppPage;
}

export const test = base.extend<SupportFixtures>({
  vault: async ({}, use) => {
    const vault = await startVaultServer({ rootToken: 'hvs.root-token-of-the-journeys' });
    await use(vault);
    await vault.close();
  },
  aws: async ({}, use) => {
    const aws = await startSecretsManagerServer();
    await use(aws);
    await aws.stop();
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

/** Quits, starts again with the same data directory, and gives the new window. */
export const restart = async (app: AppUnderTest): Promise<AppPage> =>
  new AppPage(await app.restart());
