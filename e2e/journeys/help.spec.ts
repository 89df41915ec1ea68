/** The guide is a key away on every page, says what that page is about, and is gone with Escape. */
import { expectAccessible } from '../axe';
import { configure, vaultPeer } from './peers';
import { expect, test } from './support';

test('F1 and “?” open the chapter on each page, and Escape leads back @whole', async ({
  ui,
  vault,
}) => {
  // Many pages in one start: a busy machine needs more than a minute.
  test.slow();
  const { page, help } = ui;
  const peer = vaultPeer(vault);
  peer.put('production', { API_KEY: 'sk-live-of-production', PORT: 5432 });
  peer.put('staging', { API_KEY: 'sk-live-of-staging', PORT: 5432 });

  /** By the button and back to it, then by the key and back to where one was. */
  const opens = async (title: string): Promise<void> => {
    await help.button.focus();
    await page.keyboard.press('Enter');
    await expect(help.title).toHaveText(title);
    await expect(help.pane.locator(':focus')).toHaveRole('heading');
    await page.keyboard.press('Escape');
    await expect(help.pane).toHaveCount(0);
    await expect(help.button).toBeFocused();
    await page.keyboard.press('F1');
    await expect(help.title).toHaveText(title);
    await expectAccessible(page, `Help: ${title}`);
    await help.closeButton.press('Enter');
    await expect(help.pane).toHaveCount(0);
    await expect(help.button).toBeFocused();
  };

  await opens('Choosing a provider');

  const { connection: tab } = await ui.openSettings('Vault');
  await tab.chooseProvider('AWS Secrets Manager');
  await opens('AWS Secrets Manager');
  await tab.chooseProvider('Local vault');
  await opens('Local vault');
  await peer.setUp(tab);
  await opens('HashiCorp Vault');
  await tab.pullAllButton.click();
  await expect(tab.pullOutcome).toContainText('2 secrets pulled');

  await ui.openSettings('General');
  await opens('Synced environments');
  await ui.openSettings('Security');
  await opens('How secrets are stored');
  await ui.openSettings('Activity');
  await opens('How secrets are stored');
  await ui.openSettings('About');
  await opens('Troubleshooting');

  await ui.openEnvironment('production');
  await opens('Environments and variables');
  await ui.environment.actions.choose('History');
  await opens('Synced environments');
  await ui.openEnvironment('production');
  await ui.migrate.openButton.click();
  await opens('Migrate');
  await ui.palette.run('push all');
  await expect(ui.push.heading).toBeVisible();
  await opens('Pull and push');
  await ui.palette.run('compare');
  await expect(ui.compare.grid).toBeVisible();
  await opens('Compare');
});

test('a conflict has a section of its own, and the page goes on working beside the guide @whole', async ({
  ui,
  vault,
}) => {
  const { page, help, environment } = ui;
  const peer = vaultPeer(vault);
  peer.put('production', { API_KEY: 'sk-live-of-production' });
  const tab = await configure(ui, peer);
  await tab.pullAllButton.click();
  await expect(tab.pullOutcome).toContainText('1 secret pulled');
  await ui.openEnvironment('production');
  await environment.editor.setValue('API_KEY', 'sk-live-of-mine');
  peer.put('production', { API_KEY: 'sk-live-of-theirs' });
  await environment.editor.pressSave();
  await expect(environment.merge.region).toBeVisible();

  // The page has one; while it asks about a conflict, it leads to that part.
  await help.button.click();
  await expect(help.section('When both sides changed')).toBeFocused();
  await environment.merge.choice('Keep mine', 'API_KEY').check();
  await environment.merge.saveButton.click();
  await expect.poll(() => peer.read('production')).toEqual({ API_KEY: 'sk-live-of-mine' });
  await expect(help.section('When both sides changed')).toBeVisible();
  await help.closeButton.press('Enter');
  await expect(help.pane).toHaveCount(0);
  // The button that opened it is gone; the focus is not.
  await expect(page.locator('body')).not.toBeFocused();
});

test('chapters are found by the palette, by links and in the list of all @whole', async ({
  ui,
}) => {
  const { page, help } = ui;
  await ui.palette.open();
  await ui.palette.input.fill('help namespaces');
  await expect(ui.palette.results.getByRole('option').first()).toContainText('Help: Namespaces');
  await page.keyboard.press('Enter');
  await expect(help.title).toHaveText('HashiCorp Vault');
  await expect(help.section('Namespaces')).toBeFocused();
  await expect(help.section('Namespaces')).toBeInViewport();

  await help.allChapters.click();
  await expect(help.title).toHaveText('User guide');
  await expect(help.title).toBeFocused();
  await expectAccessible(page, 'Help: all chapters');
  await help.link('Messages and what to do').click();
  await expect(help.title).toHaveText('Messages and what to do');
  await expect(help.pane).toContainText('The token is not valid, or has expired.');

  await help.allChapters.click();
  await help.link('Troubleshooting').click();
  await help.link('Testing the connection').click();
  await expect(help.title).toHaveText('Testing the connection');
  await expect(help.pane.getByRole('table').first()).toBeVisible();
});

test('every word of the guide is found, from the palette and in the guide, by keys', async ({
  ui,
}) => {
  const { page, help, palette } = ui;
  await palette.run('find in the guide');
  await expect(help.search).toBeFocused();
  await page.keyboard.type('namespaces');
  const options = help.found.getByRole('option');
  await expect(options.first()).toContainText('Namespaces');
  await expect(options.first()).toContainText('HashiCorp Vault');
  await expect.poll(() => help.marked()).toContain('namespaces');
  await expectAccessible(page, 'Help: what was found');
  await page.keyboard.press('Enter');
  await expect(help.section('Namespaces')).toBeFocused();
  await expect.poll(() => help.marked()).toContain('namespaces');
  await expectAccessible(page, 'Help: a chapter with marks');

  // Back to what was found, and on to another place.
  await help.link('Back to what was found').press('Enter');
  await expect(help.search).toBeFocused();
  await expect(options.first()).toBeVisible();
  await help.search.fill('docker compose');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(help.pane.locator(':focus')).toHaveRole('heading');
  await expect.poll(() => help.marked()).toContain('docker');

  await help.search.fill('no such xyzzy');
  await expect(help.pane).toContainText('Not in the guide.');
  // Escape empties the field first, and then closes the guide.
  await page.keyboard.press('Escape');
  await expect(help.search).toHaveValue('');
  await page.keyboard.press('Escape');
  await expect(help.pane).toHaveCount(0);

  await palette.open();
  await palette.input.fill('docker compose');
  await palette.result('Search the guide for “docker compose”').click();
  await expect(help.search).toHaveValue('docker compose');
  await expect(options.first()).toBeVisible();
  await expect(help.search).toBeFocused();
});

test('at 720 px the guide lies over the page, and can be closed', async ({ ui }) => {
  const { page, help } = ui;
  await page.setViewportSize({ width: 720, height: 600 });
  await page.keyboard.press('F1');
  await expect(help.closeButton).toBeInViewport();
  await expectAccessible(page, 'Help, narrow');
  await page.keyboard.press('Escape');
  await expect(help.pane).toHaveCount(0);
});
