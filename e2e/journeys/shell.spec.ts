/** The frame around every page: what it remembers, what it is called, and what stays selected. */
import type { Browser, Page } from '@playwright/test';
import { expectAccessible } from '../axe';
import { spawnCore } from '../core';
import { watchLayout } from '../layout-shifts';
import { AppPage } from '../pages/app';
import { MessagePage } from '../pages/message';
import { configure, vaultPeer, wholeUnlessFirst } from './peers';
import type { AppUnderTest } from '../fixtures';
import { expect, restart, test } from './support';

const sidebarWidth = async (page: Page): Promise<number> =>
  (await page.getByRole('complementary', { name: 'Sidebar' }).boundingBox())?.width ?? 0;

/** The theme that the host draws: around the page in Electron, in the page as it is served in a browser. */
async function themeOutside(app: AppUnderTest): Promise<string | undefined> {
  if (app.main !== undefined)
    return app.main.evaluate(({ nativeTheme }) => nativeTheme.themeSource);
  const html = await (await fetch(app.page.url())).text();
  return /data-theme="(\w+)"/.exec(html)?.[1];
}

/** The fonts of the app that are in use. The browser reports the names in quotes or without. */
const loadedFonts = async (page: Page): Promise<readonly string[]> =>
  page.evaluate(() =>
    [...document.fonts]
      .filter(({ status }) => status === 'loaded')
      .map(({ family }) => family.replaceAll('"', '')),
  );

test('theme, width of the sidebar and the environment that was open outlive a restart @desktop', async ({
  app,
  ui,
}) => {
  await ui.newEnvironment.create('production');
  await expect(ui.environment.heading).toHaveText('production');
  await ui.newEnvironment.create('staging');
  await expect(ui.environment.heading).toHaveText('staging');
  await ui.openEnvironment('production');
  await ui.openEnvironment('staging');

  const before = await sidebarWidth(ui.page);
  await ui.sidebarEdge.focus();
  await ui.page.keyboard.press('ArrowRight');
  await ui.page.keyboard.press('ArrowRight');
  await expect(ui.sidebarEdge).toHaveAttribute('aria-valuenow', String(before + 33));
  const settings = await ui.openSettings('Vault');
  const pane = Number(await settings.connection.paneEdge.getAttribute('aria-valuenow'));
  await settings.connection.paneEdge.focus();
  await ui.page.keyboard.press('ArrowLeft');
  await expect(settings.connection.paneEdge).toHaveAttribute('aria-valuenow', String(pane + 16));
  const { theme } = await ui.openSettings('General');
  await theme.getByRole('radio', { name: 'Dark' }).check();
  await expect(ui.page.locator('html')).toHaveAttribute('data-theme', 'dark');
  // Once it is seen outside the page, the core has it.
  await expect.poll(() => themeOutside(app)).toBe('dark');

  const again = await restart(app);
  await expect(again.page.locator('html')).toHaveAttribute('data-theme', 'dark');
  expect(await sidebarWidth(again.page)).toBe(before + 32);
  await expect(again.environment.heading).toHaveText('staging');
  const { connection } = await again.openSettings('Vault');
  await expect(connection.paneEdge).toHaveAttribute('aria-valuenow', String(pane + 16));
});

test('the provider’s last answer: when, how fast, and why it failed @whole', async ({
  ui,
  vault,
}) => {
  const peer = vaultPeer(vault);
  peer.put('production', { PORT: 5432 });
  const tab = await configure(ui, peer);
  await expect(ui.providerStatus).toContainText(/HashiCorp Vault.*not checked yet/);
  await tab.pullAllButton.click();
  await expect(ui.providerStatus).toContainText(/answered just now, in (\d+|under 1) ms/);
  await ui.openEnvironment('production');
  vault.faults.add({
    match: { method: 'GET', path: 'secret/data/production' },
    effect: { kind: 'answer', status: 503, body: { errors: ['Vault is sealed'] } },
  });
  await ui.environment.pullButton.click();
  await expect(ui.providerStatus).toContainText(/failed just now: .*sealed/);
  await ui.providerStatus.getByRole('button').click();
  await expect(tab.testButton).toBeVisible();
});

test('the window is called by what it shows @whole', async ({ ui }) => {
  await expect(ui.page).toHaveTitle('Strongroom');
  await ui.newEnvironment.create('production');
  await expect(ui.page).toHaveTitle('production – Strongroom');
  await ui.openSettings('General');
  await expect(ui.page).toHaveTitle('Settings – Strongroom');
  await ui.workspaces.create('Payments');
  await expect(ui.page).toHaveTitle('Settings – Payments – Strongroom');
});

test('an environment stays selected on the page that migrates it, and leads back @whole', async ({
  ui,
  vault,
}) => {
  const peer = vaultPeer(vault);
  peer.put('production', { PORT: 5432 });
  const tab = await configure(ui, peer);
  await tab.pullAllButton.click();
  await ui.openEnvironment('production');
  await expect(ui.row('production')).toHaveAttribute('aria-selected', 'true');
  await ui.migrate.openButton.click();
  await expect(ui.migrate.heading('production')).toBeVisible();
  await expect(ui.row('production')).toHaveAttribute('aria-selected', 'true');
  await ui.row('production').click();
  await expect(ui.environment.heading).toHaveText('production');
});

/** The background of the page as the host sends it, before any script has run. */
async function firstBackground(browser: Browser, url: string, system: 'light' | 'dark') {
  const context = await browser.newContext({ colorScheme: system });
  const page = await context.newPage();
  await page.route('**/*.js', (route) => route.abort());
  await page.goto(url);
  const colour = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  await context.close();
  return colour;
}

test.describe('the browser host', () => {
  test.skip(({ host }) => host === 'desktop', 'The page of a desktop window opens in no other.');

  test('the first picture has the theme that is preferred, not the one of the system', async ({
    app,
    browser,
    ui,
  }) => {
    const url = new URL('/', app.page.url()).href;
    const light = await firstBackground(browser, url, 'light');
    const dark = await firstBackground(browser, url, 'dark');
    expect(light).not.toBe(dark);

    const { theme } = await ui.openSettings('General');
    await theme.getByRole('radio', { name: 'Dark' }).check();
    await expect
      .poll(async () => firstBackground(browser, url, 'light'), { message: 'the first picture' })
      .toBe(dark);
  });

  test('a fresh link pasted into an open tab opens the app there', async ({
    context,
    dataDirectory,
  }) => {
    const core = spawnCore(dataDirectory);
    const link = (await core.line()) ?? '';
    const page = await context.newPage();
    const ui = new AppPage(page);
    await ui.open(link);
    await core.kill();
    await expect(new MessagePage(page).heading).toHaveText('Strongroom has stopped');

    const next = spawnCore(dataDirectory, { port: Number(new URL(link).port) });
    const fresh = (await next.line()) ?? '';
    expect(new URL(fresh).origin).toBe(new URL(link).origin);
    // As the address bar does it: the same page with another fragment.
    await page.evaluate((url) => window.location.assign(url), fresh);
    await ui.ready();
    await expect(ui.environments).toBeVisible();
    expect(page.url()).not.toContain('launch');
    await next.kill();
  });
});

const widths = [720, 1180];
for (const width of widths) {
  const title = `nothing jumps at ${String(width)} px while it opens, goes to another page or pulls`;
  test(title, wholeUnlessFirst(width, widths), async ({ ui, vault }) => {
    await ui.page.setViewportSize({ width, height: 780 });
    const peer = vaultPeer(vault);
    for (const name of ['production', 'qa', 'staging']) {
      peer.put(name, { API_KEY: 'sk', DB_HOST: 'db.internal', LIMITS: { daily: 5 }, PORT: 5432 });
    }
    const tab = await configure(ui, peer);
    await tab.pullAllButton.click();
    await expect(tab.pullOutcome).toContainText('3 secrets pulled');
    await ui.openEnvironment('production');

    const layout = await watchLayout(ui.page);
    await ui.ready();
    await expect(ui.environment.row('PORT')).toBeVisible();
    expect(await layout.moved(), 'opening the window').toEqual([]);
    expect(await loadedFonts(ui.page)).toEqual(['Inter', 'JetBrains Mono']);

    await ui.row('staging').click();
    await expect(ui.environment.heading).toHaveText('staging');
    await expect(ui.environment.row('PORT')).toBeVisible();
    expect(await layout.moved(), 'opening an environment').toEqual([]);

    const held = peer.holdRead('staging', 0);
    await ui.environment.pullButton.click();
    await held.reached;
    expect(await layout.moved(), 'while it is pulled').toEqual([]);
    held.open();
    await expect(ui.row('staging')).toHaveAccessibleName(/v1/);
    await expect(ui.environment.pullButton).toBeEnabled();
    expect(await layout.moved(), 'pulled').toEqual([]);

    for (const name of ['General', 'Vault', 'Security', 'Activity', 'About'] as const) {
      await ui.openSettings(name);
      expect(await layout.moved(), `Settings, ${name}`).toEqual([]);
    }
    await ui.row('qa').click();
    await expect(ui.environment.row('PORT')).toBeVisible();
    expect(await layout.moved(), 'back from Settings').toEqual([]);

    // What it would see, if there were something.
    await ui.page.evaluate(() =>
      document.querySelector('main')?.style.setProperty('padding-top', '40px'),
    );
    expect(await layout.moved()).not.toEqual([]);
  });
}

test('About names the version, what it runs on, where the data is, and the licences @whole', async ({
  dataDirectory,
  ui,
}) => {
  await ui.palette.run('about');
  const main = ui.page.getByRole('main');
  await expect(main).toContainText(/Node\.js\d+\.\d+\.\d+/);
  await expect(main).toContainText(dataDirectory);
  await main.getByRole('button', { name: 'Show licences' }).click();
  const list = main.getByRole('grid', { name: 'Licences' });
  const first = list.getByRole('row').first();
  await expect(first).toContainText('@aws-sdk/client-secrets-manager');
  await expectAccessible(ui.page, 'About');
  await first.click();
  const dialog = ui.page.getByRole('dialog');
  await expect(dialog).toContainText('Apache License');
  await expectAccessible(ui.page, 'A licence');
  await dialog.getByRole('button', { name: 'Close' }).click();
  await expect(dialog).toHaveCount(0);
});
