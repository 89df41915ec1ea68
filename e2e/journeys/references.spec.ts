/** References between variables: typed, checked, shown, followed, and found from their target. */
import type { AppPage } from '../pages/app';
import { expectAccessible } from '../axe';
import { openPulled, test } from './peers';
import { expect } from './support';

async function local(ui: AppPage, name: string, values: Readonly<Record<string, string>>) {
  await ui.newEnvironment.create(name);
  await expect(ui.environment.heading).toHaveText(name);
  for (const [key, value] of Object.entries(values)) await ui.environment.editor.add(key, value);
  if (Object.keys(values).length > 0) await ui.environment.editor.save();
}

test('a reference is typed, checked and followed by the keyboard', async ({ ui, peer, page }) => {
  await openPulled(ui, peer, 'shared', { OTHER: 'x' });
  await local(ui, 'production', { API_KEY: 'the key' });
  await local(ui, 'staging', { A: 'plain text', B: 'b' });
  const { environment } = ui;
  const { editor } = environment;

  await environment.value('A').click();
  await page.keyboard.type('@prodution/API_KEY');
  const note = page.getByRole('main').getByRole('status');
  await expect(note.filter({ hasText: 'There is no environment “prodution”' })).toContainText(
    'Did you mean “production”?',
  );
  await editor.valueField('A').fill('@production/API_KEYS');
  await expect(note.filter({ hasText: 'has no variable API_KEYS' })).toContainText(
    'Did you mean “API_KEY”?',
  );
  await expectAccessible(page, 'A reference with a misspelt key');
  await editor.valueField('A').fill('@production/API_KEY');
  await expect(note.filter({ hasText: 'Reference to' })).toContainText('production / API_KEY');
  await page.keyboard.press('Enter');
  await expect(environment.kind('A')).toContainText('reference');
  await editor.setValue('B', '@A');
  await expect(environment.value('B')).toContainText('staging / A');
  await editor.save();
  await expect(environment.value('A')).toContainText('production / API_KEY');
  await expectAccessible(page, 'References in the grid');

  await environment.revealButton('B').click();
  await expect(environment.value('B')).toContainText('the key');
  await expect(environment.value('B')).toContainText('What programs get.');
  await page.getByRole('button', { name: 'Show as stored' }).click();
  await expect(environment.value('B')).toContainText('@staging/A');
  await environment.hideButton('B').click();

  await environment.value('A').click();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('button', { name: 'production / API_KEY' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(environment.heading).toHaveText('production');
  await expect(environment.key('API_KEY')).toBeFocused();

  await page.keyboard.press('ArrowRight');
  await expect(environment.value('API_KEY')).toBeFocused();
  await page.keyboard.type('@staging/B');
  const circle = '@production/API_KEY → @staging/B → @staging/A → @production/API_KEY';
  await expect(note.filter({ hasText: circle })).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(editor.valueField('API_KEY')).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(editor.saveButton).toHaveCount(0);
});

test('a variable leads to what uses it, and what uses it follows its new key @whole', async ({
  ui,
  peer,
  page,
}) => {
  await openPulled(ui, peer, 'shared', { S: '@production/API_KEY' });
  await local(ui, 'production', { API_KEY: 'the key' });
  await local(ui, 'staging', { A: '@production/API_KEY' });
  const { environment } = ui;
  const { editor } = environment;
  await ui.openEnvironment('production');
  await environment.value('API_KEY').click();
  await page.keyboard.press('Shift+F10');
  await page.getByRole('menuitem', { name: 'Where is this used…' }).click();
  const uses = page.getByRole('dialog', { name: 'Where API_KEY is used' });
  await expect(uses.getByRole('listitem')).toHaveText([/^shared \/ S/, /^staging \/ A/]);
  await expectAccessible(page, 'Where a variable is used');
  await page.keyboard.press('Escape');
  await ui.palette.run('Where is this used');
  await uses.getByRole('link', { name: 'staging / A' }).click();
  await expect(environment.key('A')).toBeFocused();

  await ui.openEnvironment('production');
  await editor.rename('API_KEY', 'TOKEN');
  await editor.save();
  await expect(ui.announcements).toContainText('1 reference follows. Save shared too');
  expect(peer.read('shared')).toEqual({ S: '@production/API_KEY' });
  await ui.openEnvironment('staging');
  await expect(environment.value('A')).toContainText('production / TOKEN');
  await ui.openEnvironment('shared');
  await expect(environment.value('S')).toContainText('production / TOKEN');
  await editor.save();
  expect(peer.read('shared')).toEqual({ S: '@production/TOKEN' });

  await ui.openEnvironment('production');
  await environment.actions.choose('Rename…');
  await environment.actions.name('live', 'Rename');
  await expect(environment.heading).toHaveText('live');
  await ui.openEnvironment('staging');
  await expect(environment.value('A')).toContainText('live / TOKEN');
  await ui.openEnvironment('shared');
  await expect(environment.value('S')).toContainText('live / TOKEN');
  await expect(editor.unsaved).toContainText('1 changed');
});

test('references follow a key that Push All renames @whole', async ({ ui, peer }) => {
  await openPulled(ui, peer, 'shared', { API_KEY: 'the key' });
  await local(ui, 'staging', { A: '@shared/API_KEY' });
  await ui.openEnvironment('shared');
  await ui.environment.editor.rename('API_KEY', 'TOKEN');
  const { connection } = await ui.openSettings('Vault');
  await connection.pushAllButton.click();
  await ui.push.pushButton.click();
  await expect(ui.push.outcome).toContainText('pushed in');
  // Push All has also put staging at the provider, so a person saves the change there.
  await expect(ui.announcements).toContainText('Save staging too: 1 reference changed there.');
  await ui.openEnvironment('staging');
  await expect(ui.environment.value('A')).toContainText('shared / TOKEN');
});

test('{{NAME}} is replaced on reveal if the environment has that on @whole', async ({
  ui,
  peer,
  page,
}) => {
  await openPulled(ui, peer, 'shared', { HOST: 'db', URL: 'pg://{{HOST}}/app' });
  const { environment } = ui;
  await environment.revealButton('URL').click();
  await expect(environment.value('URL')).toContainText('pg://{{HOST}}/app');
  await environment.hideButton('URL').click();
  await environment.actions.choose('Settings…');
  const settings = page.getByRole('dialog', { name: 'Settings of shared' });
  const replace = settings.getByRole('switch', { name: 'Replace {{NAME}} in values' });
  await expect(replace).not.toBeChecked();
  await replace.focus();
  await page.keyboard.press('Space');
  await expect(replace).toBeChecked();
  await expectAccessible(page, 'The settings of an environment');
  await page.keyboard.press('Escape');
  await environment.revealButton('URL').click();
  await expect(environment.value('URL')).toContainText('pg://db/app');
  await expect(environment.value('URL')).toContainText('What programs get.');
  await page.getByRole('button', { name: 'Show as stored' }).click();
  await expect(environment.value('URL')).toContainText('pg://{{HOST}}/app');
  await environment.value('HOST').click();
  await page.keyboard.type('{{URL}}');
  await expect(page.getByRole('main').getByText('lead in a circle')).toBeVisible();
  await page.keyboard.press('Escape');
  expect(peer.read('shared')).toEqual({ HOST: 'db', URL: 'pg://{{HOST}}/app' });
});
