/** Values that are generated in the core: one for a variable, and one for several environments, after a plan. */
import { expectAccessible } from '../axe';
import { openPulled, test } from './peers';
import { expect } from './support';

test('a value is generated for several environments, by keys, and never shown', async ({
  ui,
  peer,
}) => {
  peer.put('staging', { OTHER: 'other-value' });
  peer.put('draft', { OTHER: 'other-value' });
  await openPulled(ui, peer, 'draft', { OTHER: 'other-value' });
  const { environment, page } = ui;
  await environment.editor.setValue('OTHER', 'an-unsaved-value');
  peer.put('production', { API_KEY: 'old-value', OTHER: 'other-value' });
  await ui.openSettings('Vault');
  await page.getByRole('button', { name: 'Pull All' }).click();
  await ui.openEnvironment('production');
  await environment.row('API_KEY').click();
  await ui.palette.run('Generate a value…');
  const dialog = page.getByRole('dialog', { name: 'Generate a value for API_KEY' });
  await dialog.getByRole('textbox', { name: 'Length' }).fill('4');
  const show = dialog.getByRole('button', { name: 'Show the plan' });
  await show.press('Enter');
  await expect(dialog.getByRole('alert')).toHaveText('Enter a length from 8 to 256.');
  await dialog.getByRole('textbox', { name: 'Length' }).fill('40');
  await expect(dialog.getByRole('checkbox', { name: /^draft/ })).toBeDisabled();
  await dialog.getByRole('checkbox', { name: 'staging' }).press('Space');
  await expectAccessible(page, 'Generating a value');
  await show.press('Enter');
  const plan = dialog.getByRole('list', { name: 'Plan' });
  await expect(plan).toContainText('API_KEY is replaced');
  await expect(plan).toContainText('API_KEY is added');
  expect(peer.read('production')).toMatchObject({ API_KEY: 'old-value' });
  await page.keyboard.press('Enter');
  await expect(dialog.getByRole('list', { name: 'What was saved' })).toContainText('saved');
  await page.keyboard.press('Enter');
  await expect(dialog).toHaveCount(0);

  const values = ['production', 'staging'].map((path) => String(peer.read(path)?.['API_KEY']));
  for (const value of values) expect(value).toMatch(/^\S{40}$/);
  expect(values[0]).not.toBe(values[1]);
  await expect(environment.value('API_KEY')).toContainText('hidden');
  await environment.revealButton('API_KEY').click();
  await expect(environment.value('API_KEY')).toContainText(values[0] ?? '');
});
