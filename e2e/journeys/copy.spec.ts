/** Values on their way out: to the clipboard and to the eye, and not for longer than they are needed. */
import type { AppPage } from '../pages/app';
import type { VaultServer } from '@test/servers/vault/server';
import { expectAccessible } from '../axe';
import { expect, test } from './support';

const apiKey = 'sk-live-4f9a1c';

async function pullTwo(ui: AppPage, vault: VaultServer): Promise<void> {
  vault.kv('secret').put('production', { API_KEY: apiKey, PORT: 5432 });
  vault.kv('secret').put('staging', { API_KEY: 'sk-staging' });
  const { connection: tab } = await ui.openSettings('Vault');
  await tab.fillToken({ url: vault.url, token: vault.rootToken, enginePath: 'secret' });
  await tab.saveForThisSession();
  await tab.pullAllButton.click();
  await expect(tab.pullOutcome).toContainText('2 secrets pulled');
}

test('Copy puts a value on the clipboard, and the log says so without it @desktop', async ({
  app,
  ui,
  vault,
}) => {
  await pullTwo(ui, vault);
  await ui.openEnvironment('production');
  await ui.environment.copyButton('API_KEY').click();
  await expect(ui.announcements).toContainText('API_KEY copied.');
  expect(await app.readClipboard()).toBe(apiKey);
  await expect(ui.page.getByText(apiKey)).toHaveCount(0);
  const { activity } = await ui.openSettings('Activity');
  await expect(activity.getByRole('row', { name: 'Copied' })).toContainText('API_KEY');
  await expect(ui.page.getByText(apiKey)).toHaveCount(0);
});

test('a value leaves the clipboard after a while, unless something else was copied', async ({
  host,
  ui,
  vault,
}) => {
  test.skip(host === 'desktop', 'The time there is that of the main process: see its unit test.');
  const { page } = ui;
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.clock.install();
  await page.reload();
  await ui.ready();
  const clipboard = (): Promise<string> => page.evaluate(() => navigator.clipboard.readText());
  const mayRead = await clipboard().then(
    () => true,
    () => false,
  );
  test.skip(!mayRead, 'This browser keeps its pages from the clipboard.');
  await pullTwo(ui, vault);

  await ui.openEnvironment('production');
  await ui.environment.copyButton('API_KEY').click();
  await expect(ui.announcements).toContainText('API_KEY copied.');
  expect(await clipboard()).toBe(apiKey);

  await page.clock.fastForward('00:20');
  await ui.environment.copyButton('PORT').click();
  await expect(ui.announcements).toContainText('PORT copied.');
  // The time of the first is up, and what is on the clipboard is not its own any more.
  await page.clock.fastForward('00:15');
  await expect(ui.announcements).not.toContainText('PORT copied.');
  expect(await clipboard()).toBe('5432');
  await page.clock.fastForward('00:20');
  await expect.poll(clipboard).toBe('');
});

test('without leave to read the clipboard, the window says that it does not empty it @whole', async ({
  host,
  ui,
  vault,
}) => {
  test.skip(host === 'desktop', 'There the host empties the clipboard.');
  await pullTwo(ui, vault);
  await ui.openEnvironment('production');
  await ui.environment.copyButton('API_KEY').click();
  await expect(ui.announcements).toContainText('does not let Strongroom empty the clipboard');
});

test('text that a person selects and copies is copied for a while too @whole', async ({
  ui,
  vault,
}) => {
  await pullTwo(ui, vault);
  await ui.openEnvironment('production');
  const { editor } = ui.environment;
  await editor.editButton('API_KEY').click();
  await editor.valueField('API_KEY').press('ControlOrMeta+a');
  await editor.valueField('API_KEY').press('ControlOrMeta+c');
  await expect(ui.announcements).toContainText('Copied.');
  await expect(ui.announcements).toContainText('clipboard');
  await editor.valueField('API_KEY').press('ControlOrMeta+x');
  await expect(editor.valueField('API_KEY')).toHaveValue('');
  await editor.valueField('API_KEY').press('ControlOrMeta+z');
  await expect(editor.valueField('API_KEY')).toHaveValue(apiKey);
  await editor.valueField('API_KEY').press('Escape');

  await editor.text.openButton.click();
  await expect(editor.text.area).toContainText(`API_KEY=${apiKey}`);
  await editor.text.area.press('ControlOrMeta+a');
  await editor.text.area.press('ControlOrMeta+x');
  await expect(ui.announcements).toContainText('Copied.');
  await expect(editor.text.area).not.toContainText(apiKey);
});

test('Edit as text is covered when the window loses the focus, until a click @desktop', async ({
  ui,
  vault,
}) => {
  await pullTwo(ui, vault);
  await ui.openEnvironment('production');
  const { text } = ui.environment.editor;
  await text.openButton.click();
  await expect(text.area).toContainText(`API_KEY=${apiKey}`);
  await ui.page.evaluate(() => window.dispatchEvent(new Event('blur')));
  await expect(text.area).toHaveCount(0);
  await expect(text.pane).toContainText('Hidden since you left the window.');
  await text.pane.getByRole('button', { name: 'Show the text' }).click();
  await expect(text.area).toContainText(`API_KEY=${apiKey}`);
  await expect(text.area).toBeFocused();
});

test('a revealed value is hidden on leaving, on looking elsewhere and after a minute', async ({
  ui,
  vault,
}) => {
  const { page, environment } = ui;
  await page.clock.install();
  await page.reload();
  await ui.ready();
  await pullTwo(ui, vault);
  const value = environment.value('API_KEY');
  const reveal = async (): Promise<void> => {
    await environment.revealButton('API_KEY').click();
    await expect(value).toContainText(apiKey);
  };

  await ui.openEnvironment('production');
  await reveal();
  await ui.openEnvironment('staging');
  await expect(value).toContainText('hidden');
  await ui.openEnvironment('production');
  await expect(value).toContainText('hidden');

  await reveal();
  await ui.openSettings('Activity');
  await expect(page.getByText(apiKey)).toHaveCount(0);
  await ui.openEnvironment('production');
  await expect(value).toContainText('hidden');

  await reveal();
  await page.evaluate(() => window.dispatchEvent(new Event('blur')));
  await expect(value).toContainText('hidden');

  await reveal();
  await page.clock.fastForward('00:59');
  await expect(value).toContainText(apiKey);
  await page.clock.fastForward('00:02');
  await expect(value).toContainText('hidden');
  expect(await page.content()).not.toContain(apiKey);

  await ui.openSettings('Security');
  const settings = page.getByRole('region', { name: 'Values' });
  await settings.getByText('10 seconds').first().click();
  await settings.getByRole('switch', { name: 'Hide on losing focus' }).press('Space');
  await expectAccessible(page, 'Settings, Security, Values');
  await ui.openEnvironment('production');
  await reveal();
  await page.evaluate(() => window.dispatchEvent(new Event('blur')));
  await page.clock.fastForward('00:09');
  await expect(value).toContainText(apiKey);
  await page.clock.fastForward('00:02');
  await expect(value).toContainText('hidden');
});
