/** The command palette, and every command by its keys. */
import { expect, test } from './support';

test('finds commands and environments by a few letters', async ({ ui, vault }) => {
  for (const name of ['production', 'payments/production', 'staging']) {
    vault.kv('secret').put(name, { KEY: 'value' });
  }
  const { connection: tab } = await ui.openSettings('Vault');
  await tab.fillToken({ url: vault.url, token: vault.rootToken, enginePath: 'secret' });
  await tab.saveForThisSession();
  const { palette, page } = ui;
  await palette.run('pull all');
  await expect(tab.pullOutcome).toContainText('3 secrets pulled');

  await palette.open();
  await palette.input.fill('stg');
  await expect(palette.results.getByRole('option').first()).toContainText('staging');
  await page.keyboard.press('Enter');
  await expect(ui.environment.heading).toHaveText('staging');

  // What was used last comes first; Escape changes nothing.
  await palette.open();
  await expect(palette.results.getByRole('option').first()).toContainText('staging');
  await palette.input.fill('no such xyzzy');
  await expect(palette.results.getByRole('option')).toHaveText([/^Search secret values for/]);
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await expect(palette.dialog).toHaveCount(0);
  await expect(ui.environment.heading).toHaveText('staging');

  await page.keyboard.press('ControlOrMeta+p');
  await palette.input.fill('production');
  await expect(palette.results.getByRole('option')).toHaveCount(2);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(ui.environment.heading).toHaveText('payments/production');

  await palette.run('dark');
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await palette.run('theme light');
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'light');
});

test('offers only what can be done', async ({ ui }) => {
  const { palette } = ui;
  await palette.open();
  await expect(palette.result('New workspace…')).toBeVisible();
  await palette.input.fill('delete workspace');
  // The guide says how, where it can be done.
  await expect(palette.results.getByRole('option')).toHaveText([/^Search the guide for/]);
  await palette.input.fill('xyzzy');
  await expect(palette.results).toContainText('Nothing matches');
  await palette.input.fill('undelete');
  // The guide says what it is for; it cannot be done.
  await expect(palette.results.getByRole('option').first()).toHaveText(/^Help: /);
});

test('keys lead through the results, and a screen reader hears the letter first', async ({
  ui,
}) => {
  const { palette, page } = ui;
  await palette.open();
  const options = palette.results.getByRole('option');
  await expect(palette.input).toHaveAttribute('aria-activedescendant', /./);
  await page.keyboard.press('t');
  await expect(palette.input).not.toHaveAttribute('aria-activedescendant', /./);
  await expect(palette.input).toHaveAttribute(
    'aria-activedescendant',
    (await options.first().getAttribute('id')) ?? '',
  );
  for (const [key, option] of [
    ['ArrowDown', options.nth(1)],
    ['End', options.last()],
    ['Home', options.first()],
  ] as const) {
    await page.keyboard.press(key);
    await expect(option).toHaveAttribute('aria-selected', 'true');
    await expect(option).toBeInViewport();
    await expect(palette.input).toHaveAttribute(
      'aria-activedescendant',
      (await option.getAttribute('id')) ?? '',
    );
  }
  await page.keyboard.press('ArrowLeft');
  await expect(palette.input).not.toHaveAttribute('aria-activedescendant', /./);
  await expect(palette.input).toBeFocused();
});

test('commands by their keys, and none while one types', async ({ ui }) => {
  const { page, palette } = ui;
  await page.keyboard.press('ControlOrMeta+,');
  await expect(page.getByRole('heading', { level: 1, name: 'Settings' })).toBeVisible();
  await page.keyboard.press('/');
  await expect(ui.search).toBeFocused();
  await page.keyboard.type('a/b?');
  await expect(ui.search).toHaveValue('a/b?');
  await expect(palette.shortcuts).toHaveCount(0);
  await ui.search.clear();

  for (const name of ['one', 'two']) {
    await ui.newEnvironment.create(name);
    await expect(ui.environment.heading).toHaveText(name);
  }
  await page.keyboard.press('Alt+ArrowUp');
  await expect(ui.environment.heading).toHaveText('one');
  await page.keyboard.press('Alt+ArrowDown');
  await expect(ui.environment.heading).toHaveText('two');
  await page.keyboard.press('ControlOrMeta+d');
  await expect(ui.compare.heading).toBeVisible();

  // At the end: a dialog gives the focus back a moment after it is gone, to where it was before.
  await page.keyboard.press('?');
  await expect(palette.shortcuts).toContainText('Command palette');
  await page.keyboard.press('Escape');
  await expect(palette.shortcuts).toHaveCount(0);
});
