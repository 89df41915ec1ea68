/** Expected variables: rules of the workspace, what is missing or malformed, in the grid and in Compare. */
import { expectAccessible } from '../axe';
import { openPulled, test } from './peers';
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
