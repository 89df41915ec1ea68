/** The address of a page, links from other programs, and a second window. */
import { expectAccessible } from '../axe';
import { spawnCore } from '../core';
import { AppPage } from '../pages/app';
import { KeyChoice } from '../pages/settings';
import { MessagePage } from '../pages/message';
import { vaultPeer, wholeUnlessFirst } from './peers';
import { expect, restart, test } from './support';

const passphrase = 'seven lamps and a heron';

/** Opens a link as a person who got it in a message. */
async function openLink(ui: AppPage, link: string): Promise<void> {
  await ui.palette.open();
  await ui.palette.input.fill(link);
  await expect(ui.palette.result('Open this link')).toBeVisible();
  await ui.page.keyboard.press('Enter');
  await expect(ui.palette.dialog).toHaveCount(0);
}

test('back, forward and reload lead to pages, by keys too, and the address has no name', async ({
  app,
  ui,
}) => {
  await ui.newEnvironment.create('production');
  await expect(ui.environment.heading).toHaveText('production');
  await ui.newEnvironment.create('staging');
  await expect(ui.environment.heading).toHaveText('staging');
  await ui.openSettings('Audit');
  await expect(ui.page).toHaveURL(/#\/settings\/audit\?workspace=[0-9a-f-]{36}$/);

  await ui.page.goBack();
  await expect(ui.page.getByRole('tab', { name: 'Vault', selected: true })).toBeVisible();
  await ui.page.keyboard.press('Alt+ArrowLeft');
  await expect(ui.environment.heading).toHaveText('staging');
  await expect(ui.page).toHaveURL(/#\/environment\/[0-9a-f-]{36}\?workspace=[0-9a-f-]{36}$/);
  await ui.page.keyboard.press('Alt+ArrowLeft');
  await expect(ui.environment.heading).toHaveText('production');
  await ui.page.keyboard.press('Alt+ArrowRight');
  await expect(ui.environment.heading).toHaveText('staging');
  await ui.page.goBack();
  await expect(ui.environment.heading).toHaveText('production');
  expect(ui.page.url()).not.toContain('production');

  // A person who types keeps the keys of the text field.
  await ui.search.fill('sta');
  await ui.page.keyboard.press('Alt+ArrowLeft');
  await expect(ui.environment.heading).toHaveText('production');
  await ui.search.clear();

  await ui.palette.run('settings: security');
  await expect(ui.page).toHaveTitle(/^Settings/);
  await app.page.reload();
  await ui.ready();
  await expect(ui.page.getByRole('tab', { name: 'Security', selected: true })).toBeVisible();
  await ui.page.goBack();
  await expect(ui.environment.heading).toHaveText('production');
});

test('an address leads to another workspace, and says what is gone @whole', async ({ ui }) => {
  await ui.newEnvironment.create('production');
  await expect(ui.environment.heading).toHaveText('production');
  await ui.workspaces.create('Shop');
  await ui.newEnvironment.create('checkout');
  await expect(ui.environment.heading).toHaveText('checkout');
  await ui.page.goBack();
  await ui.page.goBack();
  await expect(ui.environment.heading).toHaveText('production');
  await expect(ui.workspaces.button).not.toContainText('Shop');
  await ui.page.goForward();
  await expect(ui.workspaces.button).toContainText('Shop');

  // The address outlives the session of the core, in this window.
  await ui.openEnvironment('checkout');
  await ui.page.reload();
  await ui.ready();
  await expect(ui.environment.heading).toHaveText('checkout');

  const here = ui.page.url();
  await ui.page.evaluate(() => window.location.assign('#/environment/gone'));
  await expect(ui.announcements).toHaveText(
    'The environment of this address is not here any more.',
  );
  await expect(ui.page).toHaveURL(here);
  await ui.page.evaluate(() => window.location.assign('#/vault/of/gold'));
  await expect(ui.announcements).toHaveText('Strongroom has no page with this address.');
  await expect(ui.environment.heading).toHaveText('checkout');
  await expect(ui.page).toHaveURL(here);
});

test.describe('in a browser', () => {
  test.skip(({ host }) => host === 'desktop', 'The app has windows of its own: window.spec.ts.');

  test('a bookmark in a new tab says what it needs, and opens with a fresh link', async ({
    context,
    dataDirectory,
  }) => {
    const core = spawnCore(dataDirectory);
    const link = (await core.line()) ?? '';
    const ui = new AppPage(await context.newPage());
    await ui.open(link);
    await ui.newEnvironment.create('production');
    await expect(ui.environment.heading).toHaveText('production');
    await ui.newEnvironment.create('staging');
    await ui.openEnvironment('production');
    const bookmark = ui.page.url();
    await ui.openEnvironment('staging');
    await core.kill();

    const next = spawnCore(dataDirectory, { port: Number(new URL(link).port) });
    const fresh = (await next.line()) ?? '';
    const other = new AppPage(await context.newPage());
    await other.page.goto(bookmark);
    const message = new MessagePage(other.page);
    await expect(message.heading).toHaveText('This page is not connected');
    await expect(message.text).toContainText(
      'Paste the link into this tab to open the page of this address.',
    );
    await other.page.evaluate((url) => window.location.assign(url), fresh);
    await other.ready();
    await expect(other.environment.heading).toHaveText('production');
    await expect(other.page).toHaveURL(bookmark);
    await next.kill();
  });

  test('a second window shows the same page, and what the other one edits', async ({ ui }) => {
    await ui.newEnvironment.create('production');
    await ui.environment.editor.add('PORT', '5432');
    await ui.environment.editor.pressSave();
    await new KeyChoice(ui.page.getByRole('main')).onlyForThisSession();
    await ui.environment.editor.saveButton.waitFor({ state: 'detached' });
    const opening = ui.page.context().waitForEvent('page');
    await ui.page.keyboard.press('Alt+Shift+N');
    const second = new AppPage(await opening);
    await second.ready();
    await expect(second.environment.heading).toHaveText('production');
    await expect(second.environment.row('PORT')).toBeVisible();
    await expectAccessible(second.page, 'A second window');

    await second.environment.editor.add('HOST', 'db.internal');
    await second.environment.editor.save();
    await expect(ui.environment.row('HOST')).toBeVisible();
    await ui.newEnvironment.create('staging');
    await expect(second.row('staging')).toBeVisible();

    // Unsaved edits stay, on top of what the other window saved.
    await ui.openEnvironment('production');
    await ui.environment.editor.add('MINE', '1');
    await expect(ui.environment.editor.unsaved).toBeVisible();
    await second.environment.editor.add('THEIRS', '2');
    await second.environment.editor.save();
    await expect(ui.environment.row('THEIRS')).toBeVisible();
    await expect(ui.environment.row('MINE')).toBeVisible();
    await expect(ui.environment.editor.unsaved).toBeVisible();
  });
});

test.describe('links', () => {
  test('lead to a variable, and ask no server and reveal no value', async ({ app, ui, vault }) => {
    const peer = vaultPeer(vault);
    peer.put('checkout', { PORT: 5432 });
    peer.put('payments', { API_KEY: 'sk-of-payments' });
    const { connection: tab } = await ui.openSettings('Vault');
    await peer.fill(tab);
    await tab.saveButton.click();
    await tab.keyChoice.passphrase(passphrase);
    await tab.pullAllButton.click();
    await expect(tab.pullOutcome).toContainText('2 secrets pulled');
    await ui.openEnvironment('payments');
    await ui.environment.row('API_KEY').click({ button: 'right' });
    await ui.page.getByRole('menuitem', { name: 'Copy link' }).click();
    await expect(ui.announcements).toContainText('Link copied. It has names and no value.');
    const link = await app.readClipboard();
    expect(link).toBe('strongroom://open/environment/payments?workspace=Personal&variable=API_KEY');
    await ui.openEnvironment('checkout');

    const reads = (): string[] => vault.requests.map(({ path }) => path);
    const readsBefore = reads().length;
    const again = await restart(app);
    await again.unlock.with(passphrase);
    await expect(again.environment.row('PORT')).toBeVisible();
    await openLink(again, link);
    await expect(again.environment.heading).toHaveText('payments');
    await expect(again.row('payments')).toHaveAccessibleName(/not loaded/);
    await expect(again.environment.pullButton).toBeVisible();
    expect(reads().slice(readsBefore)).not.toContain('secret/data/payments');
    await again.environment.pullButton.click();
    await expect(again.environment.row('API_KEY')).toBeVisible();
    await expect(again.environment.key('API_KEY')).toBeFocused();
    await expect(again.page.getByText('sk-of-payments')).toHaveCount(0);

    await openLink(again, 'strongroom://open/environment/payments?variable=GONE');
    await expect(again.announcements).toHaveText('There is no variable GONE here.');
  });

  const nowhere = [
    [
      'strongroom://open/environment/nowhere?variable=API_KEY',
      'The workspace Personal has no environment “nowhere”. It may have another name here, or be deleted.',
    ],
    [
      'strongroom://open/compare?workspace=Elsewhere',
      'There is no workspace “Elsewhere”. It may have another name here, or be deleted.',
    ],
    [
      'strongroom://open/environment/production?reveal=API_KEY',
      'Strongroom cannot open the link “strongroom://open/environment/production?reveal=API_KEY”. It is damaged, or for another version.',
    ],
  ] as const;
  for (const one of nowhere) {
    const [link, words] = one;
    test(`say why they lead nowhere: ${link}`, wholeUnlessFirst(one, nowhere), async ({ ui }) => {
      await ui.newEnvironment.create('production');
      await expect(ui.environment.heading).toHaveText('production');
      await openLink(ui, link);
      await expect(ui.announcements).toHaveText(words);
      await expect(ui.environment.heading).toHaveText('production');
    });
  }
});
