/** The main job with Google Secret Manager, its commonest mistakes, and the way there from Vault and back. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type {
  GoogleSecretManager,
  ServiceAccount,
  User,
} from '@test/servers/google-secret-manager/server';
import { copiedCommand, expectFault, expectGreen, expectWarning } from './common-mistakes';
import {
  editBesideAColleague,
  google as storeOf,
  linkAsFolder,
  migrateFromVaultAndBack,
  pullAndOpen,
  rollBack,
} from './stores';
import { expect, test } from './support';

/** The key says where its tokens are issued: here, by the stand-in. */
const formOf = (
  { url, project }: GoogleSecretManager,
  account: ServiceAccount,
): { endpoint: string; project: string; key: string } => ({
  endpoint: url,
  project,
  key: JSON.stringify(account.newKey()),
});

const adminStore = (server: GoogleSecretManager) =>
  storeOf(server, formOf(server, server.serviceAccount()));

test('the main job with the key of a service account', async ({ google, ui }) => {
  google.secrets().put('production', '{"API_KEY": "sk-live-4f9a1c", "ORDER_ID": 9007199254740993}');
  google.secrets().put('keystore', Buffer.alloc(2048, 0xfe));
  const { connection: tab } = await ui.openSettings('Vault');
  const store = adminStore(google);
  await store.fill(tab);
  await expectGreen(tab);
  await expect(tab.testStep('List secrets')).toContainText('2 found, in 2 environments');
  const asked = google.requests.map(({ operation }) => operation);
  expect(asked).not.toContain('AccessSecretVersion');

  await tab.saveForThisSession();
  await expect(tab.saved('Service Account Key')).toContainText('Saved for this session');
  await tab.pullAllButton.click();
  await expect(tab.pullOutcome).toContainText('1 secret pulled');
  await expect(tab.skipped(/binary \(2 KB\)/)).toContainText('keystore');
  await ui.openEnvironment('production');
  const { environment } = ui;
  await expect(environment.value('ORDER_ID')).toContainText('9007199254740993');
  await expect(environment.value('API_KEY')).not.toContainText('sk-live-4f9a1c');
  await environment.revealButton('API_KEY').click();
  await expect(environment.value('API_KEY')).toContainText('sk-live-4f9a1c');
  await environment.editor.setValue('API_KEY', 'sk-live-5a0b2d');
  await environment.editor.save();
  const [, second] = google.secrets().versions('production');
  expect(second?.value).toContain('"sk-live-5a0b2d"');
  expect(second?.value).toContain('9007199254740993');
});

test.describe('a common mistake', () => {
  test.beforeEach(({ google }) => {
    google.secrets().put('production', '{"API_KEY": "sk-live-4f9a1c"}');
  });

  test('is that the API is not enabled @whole', async ({ app, google, ui }) => {
    google.setProject(google.project, { apiEnabled: false });
    const { connection: tab } = await ui.openSettings('Vault');
    await adminStore(google).fill(tab);
    const command = `gcloud services enable secretmanager.googleapis.com --project ${google.project}`;
    await expectFault(tab, {
      step: 'List secrets',
      says: `The Secret Manager API is not enabled in the project ${google.project}.`,
      remedy: command,
      field: 'Project ID',
    });
    expect(await copiedCommand(app, tab)).toBe(command);
    google.setProject(google.project, { apiEnabled: true });
    await expectGreen(tab);
  });

  test('is a wrong project, and the key names the right one', async ({ google, ui }) => {
    const { connection: tab } = await ui.openSettings('Vault');
    const form = formOf(google, google.serviceAccount());
    await tab.fillGoogle({ ...form, project: 'another-project' });
    await expectWarning(tab, {
      step: 'List secrets',
      says: 'may not list the secrets of the project another-project',
      remedy: 'enter it as Project ID',
      field: 'Project ID',
    });
    await tab.useSuggestion(google.project);
    await expect(tab.field('Project ID')).toHaveValue(google.project);
    await expectGreen(tab);
  });

  test('is a role that reads and does not list @whole', async ({ google, ui }) => {
    const account = google.serviceAccount({ roles: ['roles/secretmanager.secretAccessor'] });
    const { connection: tab } = await ui.openSettings('Vault');
    await tab.fillGoogle(formOf(google, account));
    await expectWarning(tab, {
      step: 'List secrets',
      says: `may not list the secrets of the project ${google.project}`,
      remedy: 'Secret Manager Viewer',
    });
    const on = `projects/${google.project}`;
    google.grant(account.member, 'roles/secretmanager.viewer', on);
    await tab.test();
    await expect(tab.testStep('List secrets')).toContainText('1 found, in 1 environment');
    // These roles are for reading.
    await expect(tab.testStep('Permissions')).toContainText('Secret Manager Admin');
    google.grant(account.member, 'roles/secretmanager.admin', on);
    await expectGreen(tab);
  });
});

test.describe('a common mistake with default credentials', () => {
  const signedOut = test.extend<{ gcloud: string }>({
    gcloud: async ({}, use) => {
      const folder = await mkdtemp(join(tmpdir(), 'strongroom-gcloud-'));
      await use(folder);
      await rm(folder, { recursive: true });
    },
    appEnv: async ({ gcloud }, use) => {
      // Nothing listens there: this is no machine of Google’s.
      await use({ CLOUDSDK_CONFIG: gcloud, GCE_METADATA_HOST: '127.0.0.1:1' });
    },
  });

  signedOut.beforeEach(({ google }) => {
    google.secrets().put('production', '{"API_KEY": "sk-live-4f9a1c"}');
  });

  /** `gcloud auth application-default login`. The stand-in gives the tokens too. */
  const signIn = (gcloud: string, { url }: GoogleSecretManager, user: User): Promise<void> =>
    writeFile(
      join(gcloud, 'application_default_credentials.json'),
      JSON.stringify({ ...user.credentials(), token_uri: `${url}/token` }),
    );

  signedOut('is `gcloud auth login` @whole', async ({ app, gcloud, google, ui }) => {
    await writeFile(join(gcloud, 'credentials.db'), '');
    const { connection: tab } = await ui.openSettings('Vault');
    await tab.fillGoogleDefaults({ endpoint: google.url, project: google.project });
    await expectFault(tab, {
      step: 'Credentials',
      says: 'There are no default credentials of Google Cloud on this computer.',
      cause:
        '“gcloud auth login” was used, which signs in the gcloud command and no other program.',
      remedy: 'gcloud auth application-default login',
      field: 'Authentication',
    });
    expect(await copiedCommand(app, tab)).toBe('gcloud auth application-default login');
    await signIn(gcloud, google, google.user());
    await expectGreen(tab);
  });

  signedOut('is that no quota project is set @whole', async ({ gcloud, google, ui }) => {
    google.quotaProjectRequired = true;
    const user = google.user();
    await signIn(gcloud, google, user);
    const { connection: tab } = await ui.openSettings('Vault');
    await tab.fillGoogleDefaults({ endpoint: google.url, project: google.project });
    await expectFault(tab, {
      step: 'List secrets',
      says: 'Google wants to know which project these calls count against.',
      remedy: `enter ${google.project} as Quota project`,
      field: 'Quota project',
    });
    const consumer = 'roles/serviceusage.serviceUsageConsumer';
    google.grant(user.member, consumer, `projects/${google.project}`);
    await tab.useSuggestion(google.project);
    await expect(tab.field('Quota project')).toHaveValue(google.project);
    await expectGreen(tab);
  });
});

const paths = ['production', 'production/'];

for (const path of paths) {
  const name = 'production';
  test.describe(`an environment at ${path}`, { tag: '@whole' }, () => {
    test('is edited beside a colleague', async ({ google, ui }) => {
      await editBesideAColleague(ui, adminStore(google), { name, path });
    });

    test('has a history, and is rolled back', async ({ google, ui }) => {
      await rollBack(ui, adminStore(google), { name, path });
    });

    test('moves from Vault and back', async ({ google, vault, ui }) => {
      await migrateFromVaultAndBack(ui, vault, adminStore(google), path);
    });
  });
}

test('a folder is linked by the choice beside its path @whole', async ({ google, ui }) => {
  await linkAsFolder(ui, adminStore(google), 'secret');
});

test('a version that was disabled is brought back @whole', async ({ google, ui }) => {
  const store = adminStore(google);
  store.put('production', { API_KEY: 'sk-live-first' });
  await pullAndOpen(ui, store, 'production');
  const secrets = google.secrets();
  secrets.disable('production', 1);
  const { environment } = ui;
  await environment.pullButton.click();
  await expect(environment.failure).toContainText('disabled');
  await environment.failure.getByRole('button', { name: 'Undelete' }).click();
  // The failure and the row say nothing of the end: one is hidden meanwhile, the other was there before.
  await expect
    .poll(() => secrets.versions('production'))
    .toMatchObject([{ number: 1, state: 'ENABLED' }]);
  await expect(environment.failure).toHaveCount(0);
  await expect(environment.row('API_KEY')).toBeVisible();
});
