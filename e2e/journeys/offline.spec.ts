/** A server that goes away and comes back: said once, nothing lost, and healed without a click. */
import { expectAccessible } from '../axe';
import { startDoor, type Door } from '@test/servers/door';
import type { VaultServer } from '@test/servers/vault/server';
import { expect, restart, test as base } from './support';

const test = base.extend<{ door: Door }>({
  /** What the app takes for Vault: a port that can be closed and opened again. */
  door: async ({ vault }, use) => {
    const door = await startDoor(vault.url);
    await use(door);
    await door.close();
  },
});

const tokenForm = (vault: VaultServer, { url }: Door) => ({
  url,
  token: vault.rootToken,
  enginePath: 'secret',
});

test('a server that goes away is said once, and edits wait for it', async ({ ui, vault, door }) => {
  for (const name of ['production', 'staging']) {
    vault.kv('secret').put(name, { API_KEY: `sk-of-${name}`, MODE: 'a' });
  }
  const { connection: tab } = await ui.openSettings('Vault');
  await tab.fillToken(tokenForm(vault, door));
  await tab.saveForThisSession();
  await tab.pullAllButton.click();
  await expect(tab.pullOutcome).toContainText('2 secrets pulled');

  await door.close();
  await ui.openEnvironment('production');
  await ui.environment.editor.setValue('MODE', 'b-of-mine');
  await ui.environment.editor.pressSave();
  await expect(ui.environment.failure).toContainText('Your 1 edit is still here.');
  await expect(ui.environment.failure).toContainText('Not saved: HashiCorp Vault is offline.');
  await expect(ui.offline.banner).toContainText(
    'Nothing is listening at this address. Values in memory can still be read and edited.',
  );
  await expect(ui.providerStatus).toContainText(/offline, trying (in \d+ s|now)/);

  await expectAccessible(ui.page, 'Offline');

  // What was pulled is there, and a pull says it in passing: there is no error on the page.
  await ui.openEnvironment('staging');
  await ui.environment.revealButton('API_KEY').click();
  await expect(ui.environment.value('API_KEY')).toContainText('sk-of-staging');
  await ui.environment.pullButton.click();
  await expect(ui.announcements).toContainText('HashiCorp Vault is offline.');
  await expect(ui.environment.failure).toHaveCount(0);
  await expect(ui.offline.banner).toHaveCount(1);
  await expect(ui.row('staging')).not.toHaveAccessibleName(/failed/);
  await ui.offline.tryNowButton.click();
  await expect(ui.announcements).toContainText('HashiCorp Vault is still offline.');
  await expect(ui.offline.banner).toBeVisible();

  await ui.openEnvironment('production');
  await expect(ui.environment.editor.unsaved).toContainText('1 unsaved');
  const asked = vault.requests.length;
  await door.open();
  // Nobody clicks: the app looks again by itself.
  await expect(ui.offline.banner).toHaveCount(0, { timeout: 30_000 });
  await expect(ui.announcements).toContainText(
    'HashiCorp Vault can be reached again. Unsaved edits can be saved now.',
  );
  await expect(ui.environment.failure).toHaveCount(0);
  await expect(ui.providerStatus).toContainText(/reachable|answered/);
  // Nothing was written by that.
  expect(vault.requests.slice(asked).filter(({ method }) => method !== 'GET')).toEqual([]);
  expect(vault.kv('secret').read('production')).toMatchObject({ MODE: 'a' });
  await ui.environment.editor.save();
  expect(vault.kv('secret').read('production')).toMatchObject({ MODE: 'b-of-mine' });

  const { activity } = await ui.openSettings('Activity');
  await expect(activity.getByRole('row').filter({ hasText: 'Went offline' })).toHaveCount(1);
  await expect(activity.getByRole('row').filter({ hasText: 'failed' })).toHaveCount(1);
});

test('an Auto Sync that found no server runs as soon as there is one @whole', async ({
  app,
  ui,
  vault,
  door,
}) => {
  vault.kv('secret').put('production', { API_KEY: 'sk-live-1' });
  const { connection: tab } = await ui.openSettings('Vault');
  await tab.fillToken(tokenForm(vault, door));
  await tab.switch('Auto Sync').check();
  await tab.saveButton.click();
  await tab.keyChoice.passphrase('a passphrase of the journeys');
  await tab.savedMark.waitFor();
  await door.close();
  const again = await restart(app);
  await again.unlock.with('a passphrase of the journeys');
  await expect(again.providerStatus).toContainText('offline');
  await expect(again.environments).toContainText('None yet.');
  await door.open();
  // As a computer that gets its network back says it.
  await again.page.evaluate(() => window.dispatchEvent(new Event('online')));
  await expect(again.row('production')).toBeVisible();
});
