/** The window for people who do not see it, do not see it well, or use no mouse. */
import type { Locator } from '@playwright/test';
import { expectAccessible } from '../axe';
import { expect, restart, test } from './support';

// axe looks at everything on a screen, twice: that takes its time on a busy machine.
test.describe.configure({ timeout: 150_000 });

test('axe finds nothing on a fresh install', async ({ ui }) => {
  const { page } = ui;
  await expectAccessible(page, 'Welcome');
  await ui.newEnvironment.create('');
  await expectAccessible(page, 'New environment, refused');
  await ui.newEnvironment.name.fill('notes');
  await ui.newEnvironment.createButton.click();
  await expect(ui.environment.heading).toHaveText('notes');
  await expectAccessible(page, 'Environment on this computer');
  for (const tab of ['General', 'Security', 'Activity', 'About', 'Vault'] as const) {
    await ui.openSettings(tab);
    await expectAccessible(page, `Settings, ${tab}`);
  }
  const { connection: tab } = ui.settings;
  await tab.chooseProvider('HashiCorp Vault');
  await tab.test();
  await expect(tab.field('Vault URL')).toBeFocused();
  await expectAccessible(page, 'HashiCorp Vault, fields missing');
  await tab.chooseProvider('AWS Secrets Manager');
  await tab.authenticateBy('Access Keys');
  await tab.test();
  await tab.guide('Create an IAM user for Strongroom').click();
  await expectAccessible(page, 'AWS Secrets Manager, fields missing');
});

test('axe finds nothing from the first test to a locked start', async ({ app, ui, vault }) => {
  // Many pages in one start: a busy machine needs more than a minute.
  test.slow();
  const { page } = ui;
  vault.kv('secret').put('production', {
    API_KEY: 'sk-live-4f9a1c',
    PORT: 5432,
    LIMITS: { daily: 5 },
    EMPTY: '',
    KEY: 'one\ntwo\nthree',
  });
  vault.kv('secret').put('gone', { A: '1' });
  vault.kv('secret').delete('gone');
  const { connection: tab } = await ui.openSettings('Vault');
  await tab.fillToken({ url: vault.url, token: 'hvs.mistyped', enginePath: 'secret' });
  await tab.test();
  await expect(tab.testOutcome).toContainText('failed at Authentication');
  await expectAccessible(page, 'Test Connection, failed');

  await tab.field('Token').fill(vault.rootToken);
  await tab.test();
  await expect(tab.testOutcome).toContainText('passed');
  await expectAccessible(page, 'Test Connection, passed');
  await tab.saveButton.click();
  await expect(tab.keyChoice.group).toBeVisible();
  await expectAccessible(page, 'How credentials are kept');
  await tab.keyChoice.passphrase('seven lamps and a heron');
  await expect(tab.savedMark).toBeVisible();

  const listing = vault.faults.gate({ method: 'LIST' });
  await tab.pullAllButton.click();
  await listing.reached;
  await expect(tab.pullProgress).toBeVisible();
  await expectAccessible(page, 'Pull All, running');
  listing.open();
  await expect(tab.pullOutcome).toContainText('1 secret pulled');
  await tab.pulled('Created').click();
  await expectAccessible(page, 'Pull All, summary');

  await ui.openEnvironment('production');
  await ui.environment.revealButton('KEY').click();
  await expect(ui.environment.value('KEY')).toContainText('three');
  await expectAccessible(page, 'Environment');
  vault.seal();
  await ui.environment.pullButton.click();
  await expect(ui.environment.failure).toContainText('Vault is sealed.');
  await expectAccessible(page, 'Environment, pull failed');
  const { activity } = await ui.openSettings('Activity');
  await expect(activity).toBeVisible();
  await expectAccessible(page, 'Activity');

  const again = await restart(app);
  await expect(again.unlock.passphrase).toBeFocused();
  await expectAccessible(again.page, 'Locked');
  await again.unlock.continueWithout.click();
  await expect(again.environment.heading).toHaveText('production');
  await expectAccessible(again.page, 'Environment, not loaded');
});

/** Presses a key until the focus is there, as somebody without a mouse does. */
async function press(key: 'Tab' | 'ArrowRight', target: Locator): Promise<void> {
  await expect(target).toBeAttached();
  for (let presses = 0; presses < 60; presses += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await target.page().keyboard.press(key);
  }
  throw new Error(`Sixty presses of ${key} did not lead to ${target.toString()}.`);
}

test('the main job without a mouse @whole', async ({ ui, vault }) => {
  vault.kv('secret').put('production', { API_KEY: 'sk-live-4f9a1c', PORT: 5432 });
  vault.kv('secret').put('staging', { API_KEY: 'sk-staging' });
  const { page, environment } = ui;
  const { keyboard } = page;
  const { connection: tab } = ui.settings;

  await keyboard.press('Control+,');
  await press('Tab', tab.provider);
  await keyboard.press('Enter');
  await keyboard.type('hashi');
  await keyboard.press('Enter');
  await expect(tab.provider).toContainText('HashiCorp Vault');
  await press('Tab', tab.field('Vault URL'));
  await keyboard.type(vault.url);
  await press('Tab', tab.field('Token'));
  await keyboard.type(vault.rootToken);
  await press('Tab', tab.testButton);
  await keyboard.press('Enter');
  await expect(tab.testOutcome).toContainText('passed');
  await press('Tab', tab.saveButton);
  await keyboard.press('Enter');
  // Nothing is chosen for a person: Enter would keep nothing.
  await press('Tab', tab.keyChoice.group.getByRole('radio').first());
  await keyboard.press('ArrowDown');
  await press('Tab', tab.keyChoice.continueButton);
  await keyboard.press('Enter');
  await expect(tab.savedMark).toBeVisible();
  await press('Tab', tab.pullAllButton);
  await keyboard.press('Enter');
  await expect(tab.pullOutcome).toContainText('2 secrets pulled');

  await press('Tab', ui.row('production'));
  await keyboard.press('ArrowDown');
  await keyboard.press('Enter');
  await expect(environment.heading).toHaveText('staging');
  await keyboard.press('ArrowUp');
  await keyboard.press('Enter');
  await expect(environment.heading).toHaveText('production');
  await press('Tab', environment.row('API_KEY'));
  await press('ArrowRight', environment.value('API_KEY'));
  await press('Tab', environment.revealButton('API_KEY'));
  await keyboard.press('Enter');
  await expect(environment.value('API_KEY')).toContainText('sk-live-4f9a1c');
  await expect(environment.hideButton('API_KEY')).toBeFocused();
  await keyboard.press('Enter');
  await expect(environment.value('API_KEY')).not.toContainText('sk-live-4f9a1c');
});
