/**
 * `npm run screenshots`: takes pictures of every screen of the running app in both themes, with the sample
 * data of `npm run servers`, for docs/screenshots. The pictures change as little as a running app allows.
 */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, expect, type Page } from '@playwright/test';
import { ensureBrowser } from '../scripts/ensure-browser.mjs';
import { ensureBuilt } from '../scripts/lib/build.mjs';
import { root } from '../scripts/lib/paths.mjs';
import { isReady } from './app';
import { spawnCore } from './core';
import { AppPage } from './pages/app';
import { seedSampleSecrets } from '@test/servers/secrets-manager/sample';
import { startSecretsManagerServer } from '@test/servers/secrets-manager/server';
import { seedSampleVault } from '@test/servers/vault/sample';
import { startVaultServer, type VaultServer } from '@test/servers/vault/server';
import { smallPng } from './small-png';

const VIEWPORT = { width: 1100, height: 720 };
const THEMES = ['light', 'dark'] as const;
/** The ports are visible in the pictures. `npm run servers` uses others, because it may be running. */
const VAULT_PORT = 28_200;
const AWS_PORT = 24_566;

type Take = (name: string) => Promise<void>;

/** Takes one picture of the window in each theme. */
const camera =
  (page: Page): Take =>
  async (name) => {
    // Announcements disappear by themselves, and are not part of the screen.
    await expect(page.getByLabel('Announcements').getByText(/./)).toHaveCount(0, {
      timeout: 10_000,
    });
    // An element under the pointer would be highlighted.
    await page.mouse.move(0, 0);
    for (const theme of THEMES) {
      await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
      await expect(page.locator('html')).toHaveAttribute('data-theme', theme);
      const png = await page.screenshot({ animations: 'disabled', caret: 'hide' });
      await writeFile(join(root, 'docs', 'screenshots', theme, `${name}.png`), smallPng(png));
    }
    process.stdout.write(`${name}\n`);
  };

interface Aws {
  readonly endpoint: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** At the end HashiCorp Vault is saved and pulled. */
async function takeSettings(ui: AppPage, take: Take, vaultUrl: string, token: string, aws: Aws) {
  const { connection } = await ui.openSettings('Vault');
  await connection.chooseProvider('Local vault');
  await take('settings-local');

  await connection.fillAccessKeys(aws);
  await take('settings-aws');

  await connection.fillToken({ url: vaultUrl, token: 'hvs.expired', enginePath: 'secret' });
  await connection.test();
  await take('test-failed');

  await connection.field('Token').fill(token);
  await take('settings-vault');
  await connection.test();
  await take('test-passed');

  await connection.saveButton.click();
  await connection.keyChoice.passphrase('a passphrase for pictures');
  await connection.savedMark.waitFor();
  await connection.pullAllButton.click();
  await expect(connection.pullOutcome).toContainText('pulled');
  await take('pull-all');
}

async function takeEnvironment(ui: AppPage, take: Take, server: VaultServer) {
  const { environment, page } = ui;
  const { editor } = environment;
  await ui.openEnvironment('production');
  await environment.variables.waitFor();
  await environment.heading.click();
  await take('environment');

  await editor.text.openButton.click();
  await editor.text.area.waitFor();
  await take('edit-as-text');
  await editor.text.cancelButton.click();

  await editor.import.openButton.click();
  await editor.import.paste('LOG_LEVEL=debug\nDB_USER=booking\nQUEUE_URL=amqps://mq.internal\n');
  await editor.import.summary.waitFor();
  await take('import');
  await page.keyboard.press('Escape');
  await editor.import.pane.getByRole('button', { name: 'Cancel' }).click();

  await editor.export.openButton.click();
  await editor.export.dialog.waitFor();
  await take('export');
  await page.keyboard.press('Escape');
  await editor.export.dialog.waitFor({ state: 'detached' });

  await editor.setValue('LOG_LEVEL', 'warn');
  await editor.setValue('API_KEY', 'ak_sample_new');
  await editor.choose('MAIL_FROM', 'Remove');
  await editor.add('QUEUE_URL', 'amqps://mq.internal');
  await environment.heading.click();
  await take('editing');
  await editor.saveButton.click();
  await editor.review.region.waitFor();
  await take('review');

  const kv = server.kv('secret');
  kv.put('production', { ...kv.read('production'), API_KEY: 'ak_sample_theirs', REPLICAS: 14 });
  await editor.review.save();
  await environment.merge.region.waitFor();
  await take('conflict');
  await environment.merge.choice('Keep mine', 'API_KEY').check();
  await environment.merge.saveButton.click();
  await environment.merge.region.waitFor({ state: 'detached' });
}

async function takeRest(ui: AppPage, take: Take) {
  const { page } = ui;
  await ui.openEnvironment('staging');
  await ui.migrate.openButton.click();
  await ui.migrate.makePlan('booking/staging');
  await ui.migrate.migrateButton.waitFor();
  await take('migrate');

  await ui.openEnvironment('staging');
  await ui.environment.actions.choose('History');
  await expect(ui.history.version(0)).toContainText('current');
  await ui.history.differences.getByRole('row').nth(1).waitFor();
  await take('history');

  await ui.openEnvironment('production');
  await ui.palette.run('compare');
  await ui.compare.choose('production', 'staging');
  await ui.compare.pickerButton.click();
  await ui.compare.picker.getByRole('option', { name: 'billing/eu', exact: true }).click();
  await page.keyboard.press('Escape');
  await ui.compare.picker.waitFor({ state: 'detached' });
  await ui.compare.group('Same').click();
  await ui.compare.grid.waitFor();
  await take('compare');

  await ui.newEnvironment.create('checkout');
  await ui.environment.editor.add('STRIPE_KEY', 'sk_sample_checkout');
  await ui.environment.editor.save();
  await ui.palette.run('push all');
  await expect(ui.push.row('checkout')).toContainText('create');
  await take('push-all');

  await ui.openEnvironment('production');
  await page.keyboard.press('F1');
  await ui.help.title.waitFor();
  await take('help');
  await page.keyboard.press('Escape');

  await ui.requests.open();
  await ui.requests.startNew('GitHub');
  await ui.requests.secret('Token').fill('ghp_sample');
  await take('requests-new');
  await ui.requests.submit('Create grant');
  await ui.requests.created.waitFor();
  await ui.requests.startNew('Stripe');
  await ui.requests.secret('Token').fill('sk_sample_stripe');
  await ui.requests.submit('Create grant');
  await ui.requests.created.waitFor();
  await ui.requests.choose('Clone…');
  await ui.requests.field('Name').fill('stripe-report');
  await ui.requests.button('GET').click();
  await ui.requests.submit('Create clone');
  await ui.requests.select('stripe');
  await take('requests');

  await ui.openSettings('Security');
  await take('security');
  await ui.openSettings('Activity');
  await ui.settings.activity.waitFor();
  await take('activity');
  await ui.openSettings('About');
  await take('about');

  await ui.openEnvironment('production');
  await ui.palette.open();
  await ui.palette.input.fill('pu');
  await take('palette');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await ui.palette.dialog.waitFor({ state: 'detached' });
  await ui.palette.run('keyboard shortcuts');
  await ui.palette.shortcuts.waitFor();
  await take('shortcuts');
  await page.keyboard.press('Escape');

  await ui.workspaces.create('Payments');
  await ui.workspaces.switchTo('Personal');
  await ui.workspaces.button.click();
  await ui.workspaces.menu.waitFor();
  await take('workspaces');
}

export async function main(): Promise<void> {
  if (!(await ensureBuilt())) throw new Error('The build failed.');
  // The page About shows this path.
  const data = join(tmpdir(), 'strongroom');
  await rm(data, { recursive: true, force: true });
  for (const theme of THEMES) {
    const directory = join(root, 'docs', 'screenshots', theme);
    await rm(directory, { recursive: true, force: true });
    await mkdir(directory, { recursive: true });
  }

  const vault = await startVaultServer({ port: VAULT_PORT });
  const { token } = seedSampleVault(vault);
  const secretsManager = await startSecretsManagerServer({ port: AWS_PORT });
  const { region, accessKeyId, secretAccessKey } = seedSampleSecrets(secretsManager);
  const core = spawnCore(data);
  const browser = await chromium.launch({
    executablePath: await ensureBrowser(),
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  });
  try {
    const context = await browser.newContext({
      viewport: VIEWPORT,
      locale: 'en-GB',
      timezoneId: 'UTC',
    });
    const page = await context.newPage();
    await page.goto((await core.line()) ?? '');
    await isReady(page);
    const ui = new AppPage(page);
    const take = camera(page);
    await take('welcome');
    const { endpoint } = secretsManager;
    const aws = { endpoint, region, accessKeyId, secretAccessKey };
    await takeSettings(ui, take, vault.url, token, aws);
    await takeEnvironment(ui, take, vault);
    await takeRest(ui, take);
  } finally {
    await browser.close();
    await core.kill();
    await Promise.all([vault.close(), secretsManager.stop()]);
    await rm(data, { recursive: true, force: true });
  }
}
