/** Ways to sign in: what other tools left on this computer, and a username with a password. */
import { expectAccessible } from '../axe';
import { expect, test } from './support';

test.describe('with the settings of the Vault CLI', () => {
  test.use({
    appEnv: async ({ vault }, use) => {
      await use({ VAULT_ADDR: vault.url, VAULT_TOKEN: vault.rootToken });
    },
  });

  test('a form is filled by the keyboard, tested and saved, and the token stays out of the page', async ({
    ui,
    vault,
  }) => {
    const { connection: tab } = await ui.openSettings('Vault');
    await tab.chooseProvider('HashiCorp Vault');
    await expect(tab.useFoundButton).toBeVisible();
    await tab.useFoundButton.focus();
    await ui.page.keyboard.press('Enter');
    await expect(tab.field('Vault URL')).toHaveValue(vault.url);
    await expect(tab.saved('Token')).toContainText('From VAULT_TOKEN');
    await expect(tab.useFoundButton).toHaveCount(0);
    await expectAccessible(ui.page, 'settings with what was found');
    await tab.testButton.click();
    await expect(tab.testStep('Authentication')).toContainText('passed');
    await tab.saveForThisSession();
    await expect(tab.saved('Token')).toContainText('Saved');
    expect(await ui.page.content()).not.toContain(vault.rootToken);
  });
});

test('a username and a password, and what a wrong one leads to', async ({ ui, vault }) => {
  vault.user({ name: 'alice', password: 'correct horse', policies: ['root'] });
  const { connection: tab } = await ui.openSettings('Vault');
  await tab.chooseProvider('HashiCorp Vault');
  await tab.field('Vault URL').fill(vault.url);
  await tab.authenticateBy('Userpass');
  await tab.field('Username').fill('alice');
  await tab.field('Password').fill('wrong');
  await tab.testButton.click();
  await expect(tab.testStep('Authentication')).toContainText(
    'Vault refused this username and password.',
  );
  await expect(tab.goToFieldButton).toHaveText('Go to Password');
  await tab.goToFieldButton.click();
  await expect(tab.field('Password')).toBeFocused();
  await tab.field('Password').fill('correct horse');
  await tab.testButton.click();
  await expect(tab.testStep('Authentication')).toContainText('Userpass, good for');
});
