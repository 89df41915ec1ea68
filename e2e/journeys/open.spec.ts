/** Values load when their environment is opened; locked credentials are one button away. */
import { expectAccessible } from '../axe';
import { vaultPeer } from './peers';
import { expect, restart, test } from './support';

const passphrase = 'seven lamps and a heron';

test('values load when an environment is opened, unless that is switched off', async ({
  app,
  ui,
  vault,
}) => {
  const kv = vault.kv('secret');
  kv.put('checkout', { API_KEY: 'sk-of-checkout' });
  kv.put('payments', { API_KEY: 'sk-of-payments' });
  const { connection: tab } = await ui.openSettings('Vault');
  await tab.fillToken({ url: vault.url, token: vault.rootToken, enginePath: 'secret' });
  await tab.saveButton.click();
  await tab.keyChoice.passphrase(passphrase);
  await tab.pullAllButton.click();
  await expect(tab.pullOutcome).toContainText('2 secrets pulled');
  await ui.openEnvironment('checkout');

  const again = await restart(app);
  await again.unlock.continueWithout.click();
  await expect(again.environment.heading).toHaveText('checkout');
  await expectAccessible(again.page, 'Environment, locked');
  await again.unlock.unlockButton.focus();
  await again.page.keyboard.press('Enter');
  await expect(again.unlock.passphrase).toBeFocused();
  const held = vaultPeer(vault).holdRead('checkout', 0);
  await again.page.keyboard.type(passphrase);
  await again.page.keyboard.press('Enter');
  await expect(again.environment.loading).toHaveText('Loading from HashiCorp Vault');
  await expectAccessible(again.page, 'Environment, loading');
  held.open();
  await expect(again.environment.row('API_KEY')).toBeVisible();
  await expect(again.row('checkout')).toHaveAccessibleName(/v1/);
  await expect(again.row('payments')).toHaveAccessibleName(/not loaded/);

  await again.palette.run('payments');
  await expect(again.environment.heading).toHaveText('payments');
  await expect(again.environment.row('API_KEY')).toBeVisible();

  const { loadOnOpen } = await again.openSettings('General');
  await loadOnOpen.uncheck();
  const third = await restart(app);
  await third.unlock.with(passphrase);
  await expect(third.environment.heading).toHaveText('payments');
  await expect(third.environment.pullButton).toBeVisible();
  await expect(third.row('payments')).toHaveAccessibleName(/not loaded/);
  await third.environment.pullButton.click();
  await expect(third.environment.row('API_KEY')).toBeVisible();
});
