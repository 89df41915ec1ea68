/** The screens that are more than an environment and its settings, for axe in both themes. */
import { expectAccessible } from '../axe';
import { configure, vaultPeer } from './peers';
import { expect, test } from './support';

test('axe finds nothing on Push All, Migrate, Compare, the palette and workspaces', async ({
  ui,
  vault,
}) => {
  // Many pages in one start: a busy machine needs more than a minute.
  test.slow();
  const { page } = ui;
  const peer = vaultPeer(vault);
  peer.put('production', { API_KEY: 'sk-live', PORT: 5432, ONLY: '1' });
  peer.put('staging', { API_KEY: 'sk-staging', PORT: 5432 });
  const tab = await configure(ui, peer);
  await tab.pullAllButton.click();
  await expect(tab.pullOutcome).toContainText('2 secrets pulled');

  await ui.palette.open();
  await expectAccessible(page, 'Command palette');
  await ui.palette.input.fill('nothing like this');
  await expectAccessible(page, 'Command palette, nothing found');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await expect(ui.palette.dialog).toHaveCount(0);
  await ui.palette.run('keyboard shortcuts');
  await expectAccessible(page, 'Keyboard shortcuts');
  await page.keyboard.press('Escape');

  await ui.palette.run('compare');
  await expect(ui.compare.cell('API_KEY', 0)).toContainText('different');
  await ui.compare.row('API_KEY').hover();
  await ui.compare.revealButton('API_KEY').click();
  await expect(ui.compare.cell('API_KEY', 0)).toContainText('sk-');
  await expectAccessible(page, 'Compare');
  await ui.compare.pickerButton.click();
  await expectAccessible(page, 'Environments to compare');
  await page.keyboard.press('Escape');

  await ui.newEnvironment.create('checkout');
  await ui.environment.editor.add('KEY', 'value');
  await ui.environment.editor.save();
  await ui.palette.run('push all');
  await expect(ui.push.row('checkout')).toContainText('create');
  await ui.push.showKeys('checkout');
  await expectAccessible(page, 'Push All, plan');
  peer.refuseWrites('checkout');
  await ui.push.pushButton.click();
  await expect(ui.push.outcome).toContainText('1 failed');
  await expectAccessible(page, 'Push All, failed');
  peer.permitWrites();

  await ui.openEnvironment('production');
  await ui.migrate.openButton.click();
  await ui.migrate.makePlan('teams/production');
  await expect(ui.migrate.migrateButton).toBeVisible();
  await expectAccessible(page, 'Migrate, plan');
  const removal = peer.holdRemoval('production');
  await ui.migrate.migrateButton.click();
  await removal.reached;
  await expectAccessible(page, 'Migrate, under way');
  await ui.migrate.cancelButton.click();
  await expect(ui.migrate.resumeButton('production')).toBeVisible();
  await expectAccessible(page, 'Migrate, unfinished');
  removal.open();

  await ui.openSettings('Activity');
  await page.getByRole('button', { name: /^Filter by action/ }).click();
  await expectAccessible(page, 'Activity, actions');
  await page.keyboard.press('Escape');

  await ui.workspaces.create('Payments');
  await ui.openSettings('Vault');
  await tab.override();
  await expect(tab.useGlobalButton).toBeVisible();
  await expectAccessible(page, 'Own configuration');
  await ui.workspaces.button.click();
  await expectAccessible(page, 'Workspace menu');
  await page.keyboard.press('Escape');
  await ui.workspaces.startDelete();
  await expectAccessible(page, 'Delete workspace');
});
