/** Ways to sign in: what other tools left on this computer, and a username with a password. */
import type { Locator, Page } from '@playwright/test';
import { startIdentityCenter } from '@test/servers/aws/identity-center';
import { freePort } from '@test/support/free-port';
import { expectAccessible } from '../axe';
import { expect, test } from './support';

test.describe('with the settings of the Vault CLI', () => {
  test.use({
    appEnv: async ({ vault }, use) => {
      await use({ VAULT_ADDR: vault.url, VAULT_TOKEN: vault.rootToken });
    },
  });

  test('a form is filled by the keyboard, tested and saved, and the token stays out of the page @whole', async ({
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

test('a username and a password, and what a wrong one leads to @whole', async ({ ui, vault }) => {
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

test('OIDC: the browser opens the page, comes back, and the token is saved', async ({
  ui,
  vault,
}) => {
  const port = await freePort();
  const redirect = `http://localhost:${String(port)}/oidc/callback`;
  const users = vault.oidcRole({ name: 'people', policies: ['root'], redirects: [redirect] });
  const { connection: tab } = await ui.openSettings('Vault');
  await tab.chooseProvider('HashiCorp Vault');
  await tab.field('Vault URL').fill(vault.url);
  await tab.authenticateBy('OIDC');
  await tab.openMore();
  await tab.field('Callback port').fill(String(port));
  const signIn = tab.saved('Sign-in');
  await expect(signIn).toContainText('Not signed in');

  users.refuses = true;
  await tab.signInButton.focus();
  await ui.page.keyboard.press('Enter');
  await openSignInPage(ui.page, tab.signInLink, 'Not signed in');
  await expect(tab.signInError).toContainText(
    'The sign-in was refused, or given up in the browser.',
  );
  users.refuses = false;

  await tab.signInButton.click();
  await expectAccessible(ui.page, 'settings with a sign-in under way');
  await openSignInPage(ui.page, tab.signInLink, 'Signed in to Strongroom');
  await expect(signIn).toContainText('Signed in, not saved yet');
  await tab.testButton.click();
  await expect(tab.testStep('Authentication')).toContainText('OIDC, good for');
  await tab.saveForThisSession();
  await expect(signIn).toContainText('Signed in');
});

/** Opens the page in another tab, and closes the tab when it says so. */
async function openSignInPage(page: Page, link: Locator, title: string): Promise<void> {
  const opened = page.context().waitForEvent('page');
  await link.click();
  const tab = await opened;
  await expect(tab.getByRole('heading', { name: title })).toBeVisible();
  await tab.close();
}

test.describe('IAM Identity Center', () => {
  test.use({
    appEnv: async ({ aws }, use) => {
      const center = await startIdentityCenter({
        keys: () => aws.accessKey({ sessionToken: true }),
      });
      // Shorter than the time from which on a person is warned.
      center.lasts = 600;
      center.renews = false;
      center.otherRoles = ['ReadOnly'];
      await use({ ...center.env });
      await center.close();
    },
  });

  test('a code in the browser, a region from the list, and a warning before the sign-in ends', async ({
    ui,
    aws,
  }) => {
    test.slow();
    aws.put('production', '{"A":"1"}');
    const { connection: tab } = await ui.openSettings('Vault');
    await tab.chooseProvider('AWS Secrets Manager');
    await tab.field('Endpoint Override').fill(aws.endpoint);
    await tab.field('Region').fill('us-east');
    await ui.page.keyboard.press('ArrowDown');
    await ui.page.getByRole('option', { name: 'us-east-1' }).click();
    await tab.authenticateBy('Identity Center');
    await tab.field('Start URL').fill('https://my-company.awsapps.com/start');
    await tab.field('Sign-in region').fill('us-east-1');
    await tab.signInButton.click();
    await expect(tab.saved('Sign-in').locator('..')).toContainText('ABCD-EFGH');
    await openSignInPage(ui.page, tab.signInLink, 'Request decided');
    await expect(tab.saved('Sign-in')).toContainText('Signed in, not saved yet');
    // There is one account, and a role to choose from two.
    await expect(tab.field('Account')).toHaveValue('123456789012');
    await tab.field('Role').focus();
    await ui.page.keyboard.press('ArrowDown');
    await expect(ui.page.getByRole('option')).toHaveText(['Developer', 'ReadOnly']);
    await ui.page.getByRole('option', { name: 'Developer' }).click();
    await expectAccessible(ui.page, 'settings with a role that was chosen');
    await tab.saveForThisSession();
    await tab.pullAllButton.click();
    await expect(tab.pullOutcome).toContainText('1 secret pulled');
    await expect(
      ui.page.getByRole('region', { name: /^The sign-in ends in \d+ min$/ }),
    ).toBeVisible();
    await expect(ui.page.getByRole('region', { name: 'Provider status' })).toContainText(
      /sign-in ends in \d+ min/,
    );
    await expectAccessible(ui.page, 'settings with a sign-in that ends soon');
  });
});
