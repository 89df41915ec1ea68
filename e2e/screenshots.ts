/**
 * `npm run screenshots`: takes pictures of every screen of the running app in both themes, at two pixels a point,
 * for docs/screenshots. `npm run screenshots -- NAME …` goes the same way, and writes only the pictures of these
 * names. The pictures change as little as a running app allows.
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
import { startVaultServer, type VaultServer } from '@test/servers/vault/server';
import { plainRules, seedPictures, theirs } from './picture-data';
import { movingPng, smallPng, type Frame } from './small-png';

const VIEWPORT = { width: 1100, height: 720 };
const THEMES = ['light', 'dark'] as const;
/** The picture that moves: a conflict, and how it is merged. */
const MOVING = 'merging';
/** The ports are visible in the pictures. `npm run servers` uses others, because it may be running. */
const VAULT_PORT = 28_200;
const AWS_PORT = 24_566;

type Theme = (typeof THEMES)[number];

/** Takes pictures of the window, each in both themes. */
class Camera {
  readonly #moving: Record<Theme, Frame[]> = { light: [], dark: [] };

  /** `only`: the names of the pictures that are written; all, if it is empty. */
  constructor(
    private readonly page: Page,
    private readonly only: readonly string[],
  ) {}

  async take(name: string): Promise<void> {
    if (!this.#isWanted(name)) return;
    // Announcements disappear by themselves, and are not part of the screen.
    await expect(this.page.getByLabel('Announcements').getByText(/./)).toHaveCount(0, {
      timeout: 10_000,
    });
    // An element under the pointer would be highlighted.
    await this.page.mouse.move(0, 0);
    for (const theme of THEMES) await this.#write(theme, name, smallPng(await this.#shot(theme)));
    process.stdout.write(`${name}\n`);
  }

  /** Adds to the moving picture what the window shows now. */
  async film(milliseconds: number): Promise<void> {
    if (!this.#isWanted(MOVING)) return;
    for (const theme of THEMES) {
      this.#moving[theme].push({ png: await this.#shot(theme), milliseconds });
    }
  }

  async endFilm(): Promise<void> {
    if (!this.#isWanted(MOVING)) return;
    for (const theme of THEMES) await this.#write(theme, MOVING, movingPng(this.#moving[theme]));
    process.stdout.write(`${MOVING}\n`);
  }

  #isWanted(name: string): boolean {
    return this.only.length === 0 || this.only.includes(name);
  }

  async #shot(theme: Theme): Promise<Buffer> {
    const { page } = this;
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    await expect(page.locator('html')).toHaveAttribute('data-theme', theme);
    return page.screenshot({ animations: 'disabled', caret: 'hide' });
  }

  async #write(theme: Theme, name: string, picture: Buffer): Promise<void> {
    await writeFile(join(root, 'docs', 'screenshots', theme, `${name}.png`), picture);
  }
}

interface Aws {
  readonly endpoint: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** At the end HashiCorp Vault is saved and pulled. */
async function takeSettings(
  ui: AppPage,
  camera: Camera,
  vaultUrl: string,
  token: string,
  aws: Aws,
) {
  const { connection } = await ui.openSettings('Vault');
  await connection.chooseProvider('Local vault');
  await camera.take('settings-local');

  await connection.fillAccessKeys(aws);
  await camera.take('settings-aws');

  await connection.fillToken({ url: vaultUrl, token: 'hvs.expired', enginePath: 'secret' });
  await connection.test();
  await camera.take('test-failed');

  await connection.field('Token').fill(token);
  await camera.take('settings-vault');
  await connection.test();
  await camera.take('test-passed');

  await connection.saveButton.click();
  await connection.keyChoice.passphrase('a passphrase for pictures');
  await connection.savedMark.waitFor();
  await connection.pullAllButton.click();
  await expect(connection.pullOutcome).toContainText('pulled');
  await camera.take('pull-all');
}

async function takeEnvironment(ui: AppPage, camera: Camera, server: VaultServer) {
  const { environment, page } = ui;
  const { editor } = environment;
  await ui.openEnvironment('production');
  await environment.variables.waitFor();
  await ui.palette.run('Rules for plain variables…');
  const rules = page.getByRole('dialog', { name: /^Plain variables of / });
  await rules.getByRole('textbox').fill(plainRules.join('\n'));
  await rules.getByRole('button', { name: 'Save' }).click();
  await rules.waitFor({ state: 'detached' });
  await environment.row('APP_URL').getByText('https://shop.example').waitFor();
  await environment.row('SESSION_SECRET').hover();
  await environment.revealButton('SESSION_SECRET').click();
  await environment.heading.click();
  await camera.take('environment');

  await editor.text.openButton.click();
  await editor.text.area.waitFor();
  await camera.take('edit-as-text');
  await editor.text.cancelButton.click();

  await editor.import.openButton.click();
  await editor.import.paste('LOG_LEVEL=info\nDB_USER=shop\nQUEUE_URL=amqps://mq.shop.example\n');
  await editor.import.summary.waitFor();
  await camera.take('import');
  await page.keyboard.press('Escape');
  await editor.import.pane.getByRole('button', { name: 'Cancel' }).click();

  await editor.export.openButton.click();
  await editor.export.dialog.waitFor();
  await camera.take('export');
  await page.keyboard.press('Escape');
  await editor.export.dialog.waitFor({ state: 'detached' });

  await camera.film(1500);
  await editor.setValue('LOG_LEVEL', 'info');
  await editor.setValue('STRIPE_API_KEY', 'sk_sample_mine');
  await environment.heading.click();
  await camera.film(1800);
  await editor.choose('MAIL_FROM', 'Remove');
  await editor.add('QUEUE_URL', 'amqps://mq.shop.example');
  await environment.heading.click();
  await camera.take('editing');
  await editor.saveButton.click();
  await editor.review.region.waitFor();
  await camera.take('review');
  await camera.film(1800);

  server.kv('secret').put('production', theirs);
  await editor.review.save();
  const { merge } = environment;
  await merge.region.waitFor();
  await camera.take('conflict');
  await camera.film(2600);
  await merge.revealAllButton.click();
  await merge.hideAllButton.waitFor();
  await camera.film(2600);
  await merge.choice('Keep mine', 'STRIPE_API_KEY').check();
  await camera.film(2000);
  await merge.saveButton.click();
  await merge.region.waitFor({ state: 'detached' });
  await environment.variables.waitFor();
  await environment.heading.click();
  await camera.film(3000);
  await camera.endFilm();
}

async function takeRest(ui: AppPage, camera: Camera) {
  const { page } = ui;
  await ui.openEnvironment('staging');
  await ui.migrate.openButton.click();
  await ui.migrate.makePlan('shop/staging');
  await ui.migrate.migrateButton.waitFor();
  await camera.take('migrate');

  await ui.openEnvironment('staging');
  await ui.environment.actions.choose('History');
  await expect(ui.history.version(0)).toContainText('current');
  await ui.history.differences.getByRole('row').nth(1).waitFor();
  await camera.take('history');

  await ui.openEnvironment('production');
  await ui.palette.run('compare');
  await ui.compare.chooseOnly('development', 'staging', 'production');
  await ui.compare.group('Same').click();
  await ui.compare.grid.waitFor();
  await camera.take('compare');

  await ui.newEnvironment.create('checkout');
  await ui.environment.editor.add('STRIPE_KEY', 'sk_sample_checkout');
  await ui.environment.editor.save();
  await ui.palette.run('push all');
  await expect(ui.push.row('checkout')).toContainText('create');
  await camera.take('push-all');

  await ui.openEnvironment('production');
  await page.keyboard.press('F1');
  await ui.help.title.waitFor();
  await camera.take('help');
  await page.keyboard.press('Escape');

  await ui.requests.open();
  await ui.requests.startNew('GitHub');
  await ui.requests.secret('Token').fill('ghp_sample');
  await camera.take('requests-new');
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
  await camera.take('requests');

  await ui.openSettings('Security');
  await camera.take('security');
  await ui.openSettings('Activity');
  await ui.settings.activity.waitFor();
  await camera.take('activity');
  await ui.openSettings('About');
  await camera.take('about');

  await ui.openEnvironment('production');
  await ui.palette.open();
  await ui.palette.input.fill('pu');
  await camera.take('palette');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await ui.palette.dialog.waitFor({ state: 'detached' });
  await ui.palette.run('keyboard shortcuts');
  await ui.palette.shortcuts.waitFor();
  await camera.take('shortcuts');
  await page.keyboard.press('Escape');

  await ui.workspaces.create('Payments');
  await ui.workspaces.switchTo('Personal');
  await ui.workspaces.button.click();
  await ui.workspaces.menu.waitFor();
  await camera.take('workspaces');
}

export async function main(only: readonly string[]): Promise<void> {
  if (!(await ensureBuilt())) throw new Error('The build failed.');
  // The page About shows this path.
  const data = join(tmpdir(), 'strongroom');
  await rm(data, { recursive: true, force: true });
  for (const theme of THEMES) {
    const directory = join(root, 'docs', 'screenshots', theme);
    if (only.length === 0) await rm(directory, { recursive: true, force: true });
    await mkdir(directory, { recursive: true });
  }

  const vault = await startVaultServer({ port: VAULT_PORT });
  const token = seedPictures(vault);
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
      // Sharp on displays of high density.
      deviceScaleFactor: 2,
      locale: 'en-GB',
      timezoneId: 'UTC',
    });
    const page = await context.newPage();
    await page.goto((await core.line()) ?? '');
    await isReady(page);
    const ui = new AppPage(page);
    const camera = new Camera(page, only);
    await camera.take('welcome');
    const { endpoint } = secretsManager;
    const aws = { endpoint, region, accessKeyId, secretAccessKey };
    await takeSettings(ui, camera, vault.url, token, aws);
    await takeEnvironment(ui, camera, vault);
    await takeRest(ui, camera);
  } finally {
    await browser.close();
    await core.kill();
    await Promise.all([vault.close(), secretsManager.stop()]);
    await rm(data, { recursive: true, force: true });
  }
}
