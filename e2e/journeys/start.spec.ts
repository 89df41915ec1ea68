/** The app starts, quits and starts again, whatever it finds; and its link opens one window, once. */
import { readdir, readFile, stat, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { spawnCore, type Core } from '../core';
import { AppPage } from '../pages/app';
import { MessagePage } from '../pages/message';
import { expect, restart, test } from './support';

test('starts with an empty data directory, and again with what it left there @desktop', async ({
  app,
  ui,
}) => {
  await expect(ui.environments).toBeVisible();
  const again = await restart(app);
  await expect(again.environments).toBeVisible();
});

test('keeps its files closed to other users @whole', async ({ app, dataDirectory }) => {
  test.skip(process.platform === 'win32', 'Windows has other means.');
  expect(app.output).not.toContain('launch=');
  // The links of Chromium, by which it finds its other processes, hold nothing and have no mode.
  const entries = await readdir(dataDirectory, { withFileTypes: true });
  const files = entries.filter((entry) => !entry.isSymbolicLink()).map(({ name }) => name);
  expect(files).not.toEqual([]);
  for (const file of files) {
    const { mode } = await stat(join(dataDirectory, file));
    expect(mode & 0o077, file).toBe(0);
  }
});

/** The one file that was set aside, and what is in it. */
async function setAside(directory: string, name: string): Promise<{ path: string; text: string }> {
  const [file, ...others] = (await readdir(directory)).filter((each) =>
    each.startsWith(`${name}.damaged-`),
  );
  expect(others).toEqual([]);
  const path = join(directory, file ?? `no ${name} was set aside`);
  return { path, text: await readFile(path, 'utf8') };
}

test('a damaged database is set aside, and the app starts and says so', async ({
  app,
  dataDirectory,
  ui,
}) => {
  await ui.newEnvironment.create('production');
  await expect(ui.environment.heading).toHaveText('production');
  await app.quit();
  await writeFile(join(dataDirectory, 'strongroom.db'), 'this was a database once\n'.repeat(100));

  const again = await restart(app);
  const title = 'The database was damaged';
  const aside = await setAside(dataDirectory, 'strongroom.db');
  expect(aside.text).toContain('this was a database once');
  await expect(again.notice(title)).toContainText(aside.path);
  await expect(again.notice(title)).toContainText('and can be pulled again');
  await expect(again.environments).toContainText('None yet.');
  await again.newEnvironment.create('staging');
  await expect(again.environment.heading).toHaveText('staging');
  await again.dismissNotice(title);
  await expect(again.notice(title)).toHaveCount(0);

  const third = await restart(app);
  await expect(third.row('staging')).toBeVisible();
  await expect(third.notice(title)).toHaveCount(0);
});

test('a backup is made, and restored at the next start', async ({ app, ui }) => {
  await ui.newEnvironment.create('production');
  await ui.openSettings('General');
  const backups = ui.page.getByRole('region', { name: 'Backups' });
  await backups.getByRole('button', { name: 'Back up now' }).click();
  const [restore, confirm] = [
    backups.getByRole('button', { name: /^Restore the backup of/ }),
    ui.page.getByRole('button', { name: 'Restore', exact: true }),
  ];
  await expect(restore).toHaveCount(1);
  await ui.newEnvironment.create('staging');
  await ui.openSettings('General');
  await restore.click();
  await confirm.click();
  await expect(backups).toContainText('restored when Strongroom starts again');
  await backups.getByRole('button', { name: 'Keep the present database' }).click();
  await restore.click();
  await confirm.click();
  await expect(backups).toContainText('restored when Strongroom starts again');
  await app.quit();

  const again = await restart(app);
  await expect(again.notice('The backup was restored')).toContainText('.db.replaced-');
  await expect(again.row('production')).toBeVisible();
  await expect(again.row('staging')).toHaveCount(0);
});

test('a damaged key file is restored, or leads to starting over @whole', async ({
  app,
  dataDirectory,
  ui,
  vault,
}) => {
  const { connection: tab } = await ui.openSettings('Vault');
  await tab.fillToken({ url: vault.url, token: vault.rootToken, enginePath: 'secret' });
  await tab.saveButton.click();
  await tab.keyChoice.passphrase('seven lamps and a heron');
  await expect(tab.savedMark).toBeVisible();
  await app.quit();
  await writeFile(join(dataDirectory, 'key.json'), '{"version": 1, "mode": "passph');

  let again = await restart(app);
  const restored = 'The key file was damaged, and restored';
  const first = await setAside(dataDirectory, 'key.json');
  expect(first.text).toContain('"passph');
  await expect(again.notice(restored)).toContainText(first.path);
  await expect(again.unlock.passphrase).toBeVisible();
  await app.quit();
  await rm(first.path);
  for (const file of ['key.json', 'key.json.copy']) {
    await writeFile(join(dataDirectory, file), '{"version": 1, "mode": "passph');
  }

  again = await restart(app);
  const title = 'The key file was damaged';
  await expect(again.notice(title)).toContainText('and its copy cannot be read either');
  await again.notice(title).getByRole('link', { name: 'Open Settings → Security' }).click();
  const { security } = again.settings;
  await security.changeButton.click();
  await security.keyChoice.passphrase('nine lamps and a heron');
  await expect(security.credentials).toContainText('The old key is given up.');
  await security.keyChoice.passphrase('nine lamps and a heron');
  await expect(security.credentials).toContainText('Encrypted with your passphrase, unlocked');

  const { connection: settings } = await again.openSettings('Vault');
  await expect(settings.field('Vault URL')).toHaveValue(vault.url);
  await settings.replaceButton('Token').click();
  await settings.field('Token').fill(vault.rootToken);
  await settings.save();
  await settings.test();
  await expect(settings.testOutcome).toContainText('passed');
});

const hostTest = test.extend<{ core: Core; link: string }>({
  core: async ({ dataDirectory }, use) => {
    const core = spawnCore(dataDirectory);
    await use(core);
    await core.kill();
  },
  link: async ({ core }, use) => {
    const link = (await core.line()) ?? '';
    expect(link).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#launch=/);
    await use(link);
  },
});

hostTest.describe('the browser host', () => {
  hostTest.skip(({ host }) => host === 'desktop', 'Only the browser host has links.');

  hostTest('a link opens one window, once', async ({ context, link }) => {
    const page = await context.newPage();
    const ui = new AppPage(page);
    await ui.open(link);
    await page.reload();
    await ui.ready();
    await ui.openSettings('About');

    const sameBrowser = await context.newPage();
    const second = new MessagePage(sameBrowser);
    await sameBrowser.goto(link);
    await expect(second.heading).toHaveText('This link has been used');
    await expect(second.text).toContainText('Start Strongroom again for a new one.');
    await sameBrowser.goto(new URL('/', link).href);
    await expect(second.heading).toHaveText('This page is not connected');
    await expect(second.text).toContainText('with the link that it printed when it started');
    // Loading the page again could not help.
    await expect(second.reloadButton).toHaveCount(0);

    // The first window is none the worse for it, and the link does it no harm.
    await ui.openSettings('Vault');
    await page.goto('about:blank');
    await ui.open(link);
    expect(page.url()).not.toContain('launch');
  });

  hostTest(
    'a page whose core has gone away says so',
    async ({ context, core, dataDirectory, link }) => {
      const page = await context.newPage();
      const ui = new AppPage(page);
      await ui.open(link);
      await ui.openSettings('Vault');
      await core.kill();
      const message = new MessagePage(page);
      await expect(message.heading).toHaveText('Strongroom has stopped');
      await expect(message.text).toContainText('everything saved is safe.');

      // Another core at the same address does not know the page, and refuses its socket.
      const next = spawnCore(dataDirectory, { port: Number(new URL(link).port) });
      await next.line();
      await message.reloadButton.click();
      await expect(message.heading).toHaveText('This page is not connected');
      await next.kill();
    },
  );

  hostTest(
    'a second one with the same data directory ends with a clear line',
    async ({ context, core, dataDirectory, link }) => {
      const second = spawnCore(dataDirectory);
      expect(await second.ended).toBe(1);
      expect(await second.line()).toBeUndefined();
      expect(second.errors.replace(/process \d+, since [-\d]+ [\d:]+ UTC/, 'PROCESS')).toBe(
        `Strongroom is already running with the data directory ${dataDirectory}: the browser host, PROCESS. Use the one that is running, or choose another directory with --data-dir.\n`,
      );
      await new AppPage(await context.newPage()).open(link);

      // Killed without warning, it leaves nothing behind that keeps the next one from starting.
      await core.kill();
      const third = spawnCore(dataDirectory);
      expect(await third.line()).toContain('#launch=');
      await third.kill();
    },
  );
});

/** The scripts that the page names itself, compressed. The parts of pages that are loaded later are not among them. */
test('the page starts with a small part of its code', async () => {
  const folder = join(import.meta.dirname, '../../out/renderer');
  const html = await readFile(join(folder, 'index.html'), 'utf8');
  const first = [...html.matchAll(/(?:src|href)="([^"]+\.js)"/g)].map(([, path = '']) => path);
  const texts = await Promise.all(first.map((path) => readFile(join(folder, path), 'utf8')));
  const bytes = texts.reduce((sum, text) => sum + gzipSync(text).length, 0);
  // 192 KB on 2 December 2026; bench/README.md has the target, and what is in it.
  expect(bytes).toBeLessThan(193_000);

  const files = await readdir(join(folder, 'assets'));
  for (const part of [
    'code-editor',
    'compare-screen',
    'dialog',
    'environment-menu',
    'environment-screen',
    'estimate',
    'guide',
    'help-pane',
    'hint-text',
    'history-screen',
    'licences',
    'locked-page',
    'menu',
    'migrate-screen',
    'new-environment-dialog',
    'palette-dialog',
    'push-screen',
    'question-dialog',
    'requests-screen',
    'settings-screen',
    'zod',
  ]) {
    // A part that has no separate file would be in the first one.
    const own = files.filter((file) => file.startsWith(`${part}-`) && file.endsWith('.js'));
    expect(own, part).not.toEqual([]);
    expect(first.some((path) => path.includes(`/${part}-`))).toBe(false);
  }
});

/** The files that a built program loads at once, itself included, by their paths below `out/main`. */
async function loadedAtOnce(program: string): Promise<readonly string[]> {
  const folder = join(import.meta.dirname, '../../out/main');
  const found = new Set([program]);
  for (const file of found) {
    const text = await readFile(join(folder, file), 'utf8');
    for (const [, next = ''] of text.matchAll(/^(?:import|export) .*"(\.[^"]+)";$/gm)) {
      found.add(join(dirname(file), next));
    }
  }
  return [...found];
}

/** Each file takes about a millisecond: docs/decisions/0068-fast-starts.md. */
test('each program starts from few files, and the core without its providers', async () => {
  for (const [program, most] of [
    ['cli.js', 4],
    ['browser.js', 4],
    ['browser-core.js', 20],
    ['desktop-core.js', 18],
    ['index.js', 15],
  ] as const) {
    const files = await loadedAtOnce(program);
    expect(files.length, `${program}: ${files.join(' ')}`).toBeLessThanOrEqual(most);
    for (const file of files) {
      const text = await readFile(join(import.meta.dirname, '../../out/main', file), 'utf8');
      // Node would load fetch and WebCrypto with its own modules. For `require`, the build adds an import of one.
      expect(text, file).not.toMatch(/^import .* from "(?:node:(?!module")|libsql|ws)/m);
      expect(text, file).not.toContain('instanceof FormData');
      expect(file).not.toContain('factory-');
    }
  }
});
