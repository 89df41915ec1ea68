/** Expected variables: rules of the workspace, what is missing or malformed, in the grid and in Compare. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expectAccessible } from '../axe';
import { spawnCore } from '../core';
import { AppPage } from '../pages/app';
import { openPulled, test, vaultPeer } from './peers';
import { expect } from './support';

const EXAMPLE = `# Where orders are kept.
DATABASE_URL=postgres://localhost/app
PORT=3000
LOG_LEVEL=

# Ask in #shop.
API_KEY=
not a key
`;

const hidden = 'hidden-no-url';

test('rules come from an example, and the grid says what is missing or malformed', async ({
  ui,
  peer,
}) => {
  peer.put('staging', { PORT: '1' });
  await openPulled(ui, peer, 'production', {
    DATABASE_URL: hidden,
    PORT: '80a',
    LOG_LEVEL: 'info',
  });
  const { environment, page } = ui;
  const { editor } = environment;
  await ui.palette.run('Expected variables…');
  const dialog = page.getByRole('alertdialog', { name: /^Expected variables of / });
  await dialog.getByRole('textbox', { name: /^From a \.env\.example/ }).fill(EXAMPLE);
  await expect(dialog.getByRole('status')).toHaveText('4 variables. Not read in full: line 8.');
  // What is pasted and not added is not lost.
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog.getByRole('alert')).toHaveText(
    'Add the 4 pasted variables first, or empty the list.',
  );
  // Nor is it when the sidebar becomes icons.
  await page.setViewportSize({ width: 600, height: 700 });
  await expect(dialog.getByRole('status')).toContainText('4 variables.');
  await page.setViewportSize({ width: 1180, height: 780 });
  await dialog.getByRole('button', { name: 'Add 4 variables' }).press('Enter');
  const rules = dialog.getByRole('list', { name: 'Rules' });
  await expect(rules.getByRole('listitem')).toHaveText([
    /DATABASE_URL.*a URL.*new.*Where orders are kept\./,
    /PORT.*a whole number/,
    /LOG_LEVEL.*any text/,
    /API_KEY.*any text.*Ask in #shop\./,
  ]);

  // By keys: a type, and a mistake in it.
  await rules.getByRole('button', { name: /^LOG_LEVEL/ }).press('Enter');
  await rules.getByRole('radio', { name: 'Any text' }).focus();
  await page.keyboard.press('ArrowLeft');
  await expect(rules.getByRole('radio', { name: 'Pattern' })).toBeChecked();
  await page.keyboard.press('Tab');
  await page.keyboard.type('(debug|warn');
  await expectAccessible(page, 'The rules for expected variables');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(rules).toContainText('A “(” is not closed.');
  await expect(rules.getByRole('textbox', { name: 'Pattern' })).toBeFocused();
  await page.keyboard.press('End');
  await page.keyboard.type(')');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog).toHaveCount(0);

  await expect(environment.value('DATABASE_URL')).toContainText('The value should be a URL.');
  await expect(environment.value('DATABASE_URL')).not.toContainText(hidden);
  await expect(environment.value('LOG_LEVEL')).toContainText('should be like (debug|warn).');
  const banner = page.getByRole('region', { name: '1 expected variable is missing' });
  await expectAccessible(page, 'A grid with what is not as expected');

  // A typed value is checked at once; a missing variable is added in one step.
  await environment.value('PORT').click();
  await page.keyboard.type('8080');
  await page.keyboard.press('Enter');
  await expect(environment.value('PORT')).not.toContainText('The value should be');
  await banner.getByRole('button', { name: 'Add API_KEY' }).press('Enter');
  await page.keyboard.type('key-of-api');
  await page.keyboard.press('Enter');
  await expect(banner).toHaveCount(0);
  await expect(editor.unsaved).toContainText('+1 added');
  await editor.save();
  expect(peer.read('production')).toMatchObject({ PORT: '8080', API_KEY: 'key-of-api' });

  await ui.compare.openButton.click();
  const { compare } = ui;
  const [here, there] = [await compare.place('production'), await compare.place('staging')];
  await expect(compare.cell('DATABASE_URL', here)).toContainText('The value should be a URL.');
  await expect(compare.cell('API_KEY', there)).toContainText('missing, expected');
  await expectAccessible(page, 'A comparison with what is not as expected');
});

test('a variable has a note, by keys too, which is found and goes with a rename', async ({
  ui,
  peer,
}) => {
  await openPulled(ui, peer, 'production', { API_KEY: 'hidden-key', OTHER: 'hidden' });
  const { environment, page } = ui;
  const { editor } = environment;
  const note = 'From the shop’s account.';
  await environment.key('API_KEY').click();
  await page.keyboard.press('Shift+F10');
  await page.getByRole('menuitem', { name: 'Note…' }).press('Enter');
  const dialog = page.getByRole('alertdialog', { name: 'Note of API_KEY' });
  await expectAccessible(page, 'The note of a variable');
  await page.keyboard.type(note);
  await dialog.getByRole('button', { name: 'Keep' }).press('Enter');
  await expect(dialog).toHaveCount(0);
  await expect(editor.unsaved).toContainText('1 changed');
  const mark = (key: string) =>
    environment.kind(key).getByRole('button', { name: `Note of ${key}: ${note}` });
  await expect(mark('API_KEY')).toBeVisible();
  await editor.save();
  // No value was written: a note is beside them.
  expect(peer.read('production')).toEqual({ API_KEY: 'hidden-key', OTHER: 'hidden' });

  await environment.key('API_KEY').click();
  await page.keyboard.type('RENAMED');
  await page.keyboard.press('Enter');
  await editor.save();
  await environment.filter.fill('account');
  await expect(environment.row('OTHER')).toHaveCount(0);
  await expect(mark('RENAMED')).toBeVisible();
  await expectAccessible(page, 'A variable with a note');

  // The mark is reached by keys, and the note is shown on focus.
  await environment.kind('RENAMED').click({ position: { x: 2, y: 2 } });
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await expect(page.getByRole('tooltip')).toHaveText(note);
  await page.keyboard.press('Enter');
  const again = page.getByRole('alertdialog', { name: 'Note of RENAMED' });
  await again.getByRole('textbox').fill('');
  await again.getByRole('button', { name: 'Keep' }).press('Enter');
  await environment.filter.fill('');
  await expect(mark('RENAMED')).toHaveCount(0);
});

test.describe('in a browser', () => {
  test.skip(
    ({ host }) => host === 'desktop',
    'A second person has a second app, and a page of its own.',
  );

  test('a note is with the secret: a colleague reads it, and it says where it is kept @whole', async ({
    ui,
    peer,
    vault,
    context,
  }) => {
    await openPulled(ui, peer, 'production', { API_KEY: 'hidden-key' });
    const note = 'From the shop’s account.\nAsk in #shop.';
    await ui.environment.key('API_KEY').click();
    await ui.page.keyboard.press('Shift+F10');
    await ui.page.getByRole('menuitem', { name: 'Note…' }).press('Enter');
    const own = ui.page.getByRole('alertdialog', { name: 'Note of API_KEY' });
    await expect(own).toContainText('Kept with the secret in HashiCorp Vault');
    await own.getByRole('textbox').fill(note);
    await own.getByRole('button', { name: 'Keep' }).press('Enter');
    await ui.environment.editor.save();
    expect(vault.kv('secret').customMetadata('production')).toEqual({
      'strongroom-note:API_KEY': String.raw`From the shop’s account.\nAsk in #shop.`,
    });

    // A colleague may read the secret and not change its metadata.
    vault.policy('reader', {
      'secret/data/*': ['read', 'update'],
      'secret/metadata/*': ['list', 'read'],
    });
    const directory = await mkdtemp(join(tmpdir(), 'strongroom-e2e-'));
    const core = spawnCore(directory);
    try {
      const other = new AppPage(await context.newPage());
      await other.open((await core.line()) ?? '');
      const reader = vaultPeer(vault, vault.token({ policies: ['reader'] }));
      await openPulled(other, reader, 'production', { API_KEY: 'hidden-key' });
      const mark = other.environment.kind('API_KEY').getByRole('button', { name: /^Note of / });
      await expect(mark).toHaveAccessibleName(`Note of API_KEY: ${note}`);
      await mark.click();
      const dialog = other.page.getByRole('alertdialog', { name: 'Note of API_KEY' });
      await expect(dialog).toContainText('Kept with the secret in HashiCorp Vault');
      await expect(dialog.getByRole('textbox')).toHaveValue(note);
      await dialog.getByRole('textbox').fill('Mine alone.');
      await other.page.keyboard.press('Tab');
      await other.page.keyboard.press('Tab');
      await expect(dialog.getByRole('button', { name: 'Keep' })).toBeFocused();
      await other.page.keyboard.press('Enter');
      await other.environment.editor.save();
      await other.environment
        .kind('API_KEY')
        .getByRole('button', { name: /Mine alone/ })
        .click();
      await expect(dialog).toContainText('With the secret: From the shop’s account.');
      await expect(dialog).toContainText(
        'Kept on this computer. The credentials may not change the metadata of the secret.',
      );
    } finally {
      await core.kill();
      await rm(directory, { recursive: true, force: true });
    }
  });
});
