/** Environments that a declared set-up owns: the mark, and the question before the first change. */
import type { AppPage } from '../pages/app';
import type { VaultServer } from '@test/servers/vault/server';
import { expectAccessible } from '../axe';
import { expect, test } from './support';

const MARK = 'strongroom-config';

/** Two secrets; “strongroom apply” of the configuration my-app wrote production. */
async function open(ui: AppPage, vault: VaultServer): Promise<void> {
  const kv = vault.kv('secret');
  kv.put('production', { API_KEY: 'one', OTHER: 'two' }, { customMetadata: { [MARK]: 'my-app' } });
  kv.put('staging', { API_KEY: 'three' });
  const { connection } = await ui.openSettings('Vault');
  await connection.fillToken({ url: vault.url, token: vault.rootToken, enginePath: 'secret' });
  await connection.saveForThisSession();
  await connection.pullAllButton.click();
  await expect(connection.pullOutcome).toContainText('2 secrets pulled');
  await ui.openEnvironment('production');
  await expect(ui.row('production')).toHaveAccessibleName(/owned by the configuration my-app/);
}

test('an owned environment has a mark, and is released once before the first edit', async ({
  ui,
  vault,
  page,
}) => {
  await open(ui, vault);
  const { environment, question } = ui;
  const { editor } = environment;
  const mark = page.getByRole('button', { name: 'owned by my-app' });
  await mark.focus();
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Tab');
  await expect(page.getByRole('tooltip')).toContainText('The configuration “my-app” owns this');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('tooltip')).toHaveCount(0);
  await expectAccessible(page, 'An owned environment');

  await environment.value('API_KEY').click();
  await page.keyboard.press('x');
  await expect(question.box).toContainText('the next “strongroom apply” would overwrite');
  await expectAccessible(page, 'The question before the first edit');
  await page.keyboard.press('Escape');
  await expect(question.box).toHaveCount(0);
  await expect(editor.valueField('API_KEY')).toHaveCount(0);
  await expect(editor.saveButton).toHaveCount(0);
  expect(vault.kv('secret').customMetadata('production')).toEqual({ [MARK]: 'my-app' });

  await page.keyboard.press('Delete');
  await question.answer('Cancel');
  await expect(editor.saveButton).toHaveCount(0);
  await editor.addButton.click();
  await question.answer('Cancel');
  await page.getByRole('button', { name: 'Edit as text' }).click();
  await question.answer('Cancel');
  await page.getByRole('button', { name: 'Import…' }).click();
  await question.answer('Cancel');
  await expect(environment.variables).toBeVisible();

  await environment.value('API_KEY').click();
  await page.keyboard.press('F2');
  await expect(question.box).toBeVisible();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await expect(page.getByRole('button', { name: 'Release and change' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(editor.valueField('API_KEY')).toHaveValue('one');
  await editor.valueField('API_KEY').fill('changed');
  await page.keyboard.press('Enter');
  await expect(mark).toHaveCount(0);
  await expect(ui.row('production')).not.toHaveAccessibleName(/owned/);
  expect(vault.kv('secret').customMetadata('production') ?? {}).not.toHaveProperty(MARK);
  await environment.value('OTHER').click();
  await page.keyboard.press('Delete');
  await expect(question.box).toHaveCount(0);
  await editor.save();
  expect(vault.kv('secret').read('production')).toEqual({ API_KEY: 'changed' });
});

test('renaming, deleting, migrating, copying and rolling back ask too @whole', async ({
  ui,
  vault,
  page,
}) => {
  await open(ui, vault);
  const { environment, question, compare, migrate, history } = ui;
  const kv = vault.kv('secret');
  const before = kv.read('production');

  await environment.actions.choose('Rename…');
  await environment.actions.name('live', 'Rename');
  await question.answer('Cancel');
  await page.keyboard.press('Escape');
  await expect(environment.heading).toHaveText('production');

  await environment.actions.choose('Delete…');
  const deletion = page.getByRole('alertdialog', { name: 'Remove or delete production?' });
  await environment.deletion.server.check();
  await environment.deletion.name.fill('production');
  await environment.deletion.deleteButton.click();
  const asked = page.getByRole('alertdialog', { name: 'Change production?' });
  await asked.getByRole('button', { name: 'Cancel' }).click();
  await expect(deletion).toContainText('Nothing was deleted.');
  await deletion.getByRole('button', { name: 'Cancel' }).click();

  await migrate.openButton.click();
  await migrate.newPath.fill('moved');
  await migrate.planButton.click();
  await migrate.migrateButton.click();
  await question.answer('Cancel');
  await expect(migrate.run).toHaveCount(0);

  await ui.openEnvironment('staging');
  await compare.openButton.click();
  await compare.choose('production', 'staging');
  await compare.copy('API_KEY', 'staging', 'production');
  await question.answer('Cancel');
  await expect(ui.row('production')).not.toHaveAccessibleName(/unsaved/);

  kv.put('production', { API_KEY: 'newer' });
  await ui.openEnvironment('production');
  await environment.actions.choose('History');
  await history.version(1).click();
  await history.rollBackButton.click();
  await history.rollingBack.confirmButton.click();
  await asked.getByRole('button', { name: 'Cancel' }).click();
  expect(kv.read('production')).toEqual({ API_KEY: 'newer' });
  expect(before).toEqual({ API_KEY: 'one', OTHER: 'two' });
  expect(kv.customMetadata('production')).toHaveProperty(MARK, 'my-app');
  await history.rollingBack.confirmButton.click();
  await question.answer('Release and change');
  await expect(ui.announcements).toContainText('production');
  await expect.poll(() => kv.read('production')).toEqual(before);
});
