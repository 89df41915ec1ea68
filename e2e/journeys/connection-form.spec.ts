/** The form of the connection and what is beside it: nothing there outlives what it is about. */
import type { ConnectionTab } from '../pages/settings';
import type { VaultServer } from '@test/servers/vault/server';
import {
  awsPeer,
  configure,
  providers,
  test as peerTest,
  vaultPeer,
  wholeUnlessFirst,
} from './peers';
import { expect, restart, test } from './support';

const fillIn = (tab: ConnectionTab, vault: VaultServer, token = vault.rootToken): Promise<void> =>
  tab.fillToken({ url: vault.url, token, enginePath: 'secret' });

test('Pull All with unsaved changes saves them first, and names the provider', async ({
  ui,
  vault,
}) => {
  vault.kv('secret').put('production', { API_KEY: 'sk-live' });
  const { connection: tab } = await ui.openSettings('Vault');
  await expect(tab.pullAllButton).toBeVisible();
  await fillIn(tab, vault);
  await expect(tab.pullAllButton).toHaveCount(0);
  await expect(tab.pushAllButton).toHaveCount(0);
  await tab.saveAndPullButton.click();
  // What was asked for goes on after the question.
  await tab.keyChoice.onlyForThisSession();
  await expect(tab.pullOutcome).toContainText('1 secret pulled from HashiCorp Vault');
  await expect(tab.savedMark).toBeVisible();

  await tab.field('Engine Path').fill('');
  await tab.saveAndPullButton.click();
  await expect(tab.field('Engine Path')).toBeFocused();
  await expect(tab.unsavedMark).toBeVisible();
});

test('Pull All from the palette asks which settings are meant @whole', async ({
  ui,
  vault,
  aws,
}) => {
  vault.kv('secret').put('production', { API_KEY: 'sk-live' });
  const tab = await configure(ui, vaultPeer(vault));
  await tab.chooseProvider('AWS Secrets Manager');
  await ui.palette.run('pull all');
  await expect(ui.question.box).toContainText('The saved settings are for HashiCorp Vault.');
  await ui.question.answer('Pull from HashiCorp Vault');
  await tab.chooseProvider('HashiCorp Vault');
  await expect(tab.pullOutcome).toContainText('1 secret pulled from HashiCorp Vault');
  expect(aws.requests).toEqual([]);
});

test('a result of another provider is not shown @whole', async ({ ui, vault, aws }) => {
  vault.kv('secret').put('production', { API_KEY: 'sk-live' });
  vault.policy('blind', { 'secret/metadata/*': ['list', 'read'] });
  const tab = await configure(ui, vaultPeer(vault, vault.token({ policies: ['blind'] })));
  await tab.pullAllButton.click();
  await expect(tab.pulled('Skipped')).toContainText('1');
  await tab.chooseProvider('AWS Secrets Manager');
  await expect(tab.pullPanel).toHaveCount(0);
  await tab.chooseProvider('HashiCorp Vault');
  await expect(tab.pulled('Skipped')).toContainText('1');

  await awsPeer(aws).setUp(tab);
  await tab.chooseProvider('HashiCorp Vault');
  await expect(tab.pullPanel).toHaveCount(0);
  await ui.openSettings('General');
  await expect(ui.page.getByText('1 secret skipped')).toHaveCount(0);
});

const withWrong = [
  // Its help takes more lines than the error.
  ['AWS Parameter Store', 'Path Prefix', 'app'],
  // Its error takes more lines than the help.
  ['Google Secret Manager', 'Project ID', 'My Project'],
] as const;
for (const one of withWrong) {
  const [provider, label, wrong] = one;
  const title = `a click counts although ${label} turns out to be wrong with it`;
  test(title, wholeUnlessFirst(one, withWrong), async ({ ui }) => {
    const { connection: tab } = await ui.openSettings('Vault');
    await tab.chooseProvider(provider);
    await tab.field(label).fill(wrong);
    const option = tab.choice('Authentication').getByRole('radio').last();
    await option.locator('xpath=..').hover();
    const { mouse } = ui.page;
    await mouse.down();
    await ui.page.evaluate(
      () => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))),
    );
    await mouse.up();
    await expect(option).toBeChecked();
    await expect(tab.field(label)).toHaveAttribute('aria-invalid', 'true');
  });
}

test('a token that was just refused is saved only after a question', async ({ ui, vault }) => {
  const { connection: tab } = await ui.openSettings('Vault');
  await fillIn(tab, vault, 'hvs.refused');
  await tab.test();
  await expect(tab.testOutcome).toContainText('failed at');
  await tab.saveButton.click();
  await expect(ui.question.box).toContainText('Save credentials that were refused?');
  await ui.question.answer('Cancel');
  await expect(tab.unsavedMark).toBeVisible();
  await expect(tab.keyChoice.group).toHaveCount(0);

  await tab.saveButton.click();
  await ui.question.answer('Save anyway');
  // One answer is enough, also if the save needs another one.
  await tab.keyChoice.onlyForThisSession();
  await expect(tab.savedMark).toBeVisible();
  await expect(ui.question.box).toHaveCount(0);
});

test('no older failure stays beside a newer success @whole', async ({ ui, vault }) => {
  vault.kv('secret').put('production', { API_KEY: 'sk-live' });
  const { connection: tab } = await ui.openSettings('Vault');
  await fillIn(tab, vault, 'hvs.refused');
  await tab.test();
  await expect(tab.testOutcome).toContainText('failed at');
  await tab.field('Token').fill(vault.rootToken);
  await tab.saveAndPullButton.click();
  await tab.keyChoice.onlyForThisSession();
  await expect(tab.pullOutcome).toContainText('1 secret pulled');
  await expect(tab.testOutcome).toHaveText('');

  vault.state = 'sealed';
  await tab.pullAllButton.click();
  await expect(tab.pullFailure).toContainText('sealed');
  await expect(tab.pullPanel).toContainText('Nothing was pulled from HashiCorp Vault.');
  await tab.test();
  await expect(tab.testOutcome).toContainText('failed at');
  vault.state = 'active';
  await tab.test();
  await expect(tab.testOutcome).toContainText('passed');
  await expect(tab.pullPanel).toHaveCount(0);
});

test('a second workspace is asked before the first one changes too @whole', async ({
  ui,
  vault,
  aws,
}) => {
  const tab = await configure(ui, vaultPeer(vault));
  await ui.workspaces.create('Payments');
  await ui.openSettings('Vault');
  await awsPeer(aws).fill(tab);
  await tab.saveButton.click();
  await expect(ui.question.box).toContainText(
    'Change the provider of other workspaces to AWS Secrets Manager too?',
  );
  await expect(ui.question.box).toContainText('and so does Personal.');
  await ui.question.answer('Only for Payments');
  await expect(tab.savedMark).toBeVisible();
  await expect(tab.banner('This workspace has its own configuration.')).toBeVisible();

  await ui.workspaces.switchTo('Personal');
  await ui.openSettings('Vault');
  await expect(tab.field('Vault URL')).toHaveValue(vault.url);
  await expect(tab.saved('Token')).toBeVisible();
});

test('a change for all workspaces is asked about once @whole', async ({ ui, vault }) => {
  const tab = await configure(ui, vaultPeer(vault));
  await ui.workspaces.create('Payments');
  await ui.openSettings('Vault');
  await tab.field('Engine Path').fill('team');
  await tab.saveButton.click();
  await ui.question.answer('Save for all 2');
  await expect(tab.savedMark).toBeVisible();
  await tab.field('Engine Path').fill('secret');
  await tab.saveButton.click();
  await expect(tab.savedMark).toBeVisible();
  await ui.workspaces.switchTo('Personal');
  await ui.openSettings('Vault');
  await expect(tab.field('Engine Path')).toHaveValue('secret');
});

test('where nothing can be stored, nothing is chosen for a person @whole', async ({
  app,
  ui,
  vault,
}) => {
  const { connection: tab } = await ui.openSettings('Vault');
  await fillIn(tab, vault);
  await tab.saveButton.click();
  await expect(tab.keyChoice.group.getByRole('radio', { checked: true })).toHaveCount(0);
  await tab.keyChoice.continueButton.press('Enter');
  await expect(tab.keyChoice.group).toContainText('Choose one.');
  await expect(tab.unsavedMark).toBeVisible();
  await tab.keyChoice.onlyForThisSession();
  await expect(tab.savedMark).toBeVisible();

  // It does what it says.
  const again = await restart(app);
  const { connection: after } = await again.openSettings('Vault');
  await expect(after.field('Vault URL')).toHaveValue(vault.url);
  await expect(after.saved('Token')).toHaveCount(0);
});

peerTest.describe('after migrating an environment', () => {
  for (const provider of providers) {
    peerTest.describe(provider, wholeUnlessFirst(provider, providers), () => {
      peerTest.use({ provider });

      peerTest('nobody is said to have changed or deleted it @whole', async ({ ui, peer }) => {
        peer.put('production', { API_KEY: 'sk-live' });
        const tab = await configure(ui, peer);
        await tab.pullAllButton.click();
        await expect(tab.pullOutcome).toContainText('1 secret pulled');
        await ui.openEnvironment('production');
        // The window came back: a glance at the old path.
        const glance = async (): Promise<void> => {
          const asked = peer.asked().length;
          await ui.page.evaluate(() => {
            window.dispatchEvent(new Event('focus'));
          });
          await expect.poll(() => peer.asked().length).toBeGreaterThan(asked);
        };
        await glance();
        const { migrate } = ui;
        await migrate.openButton.click();
        await migrate.makePlan('teams/payments');
        await migrate.migrateButton.click();
        await expect(migrate.phase).toHaveText('done');

        await ui.openEnvironment('production');
        await expect(ui.environment.row('API_KEY')).toBeVisible();
        await expect(ui.environment.serverNote).toHaveCount(0);
        await glance();
        await expect(ui.environment.serverNote).toHaveCount(0);
        await expect(ui.row('production')).not.toHaveAccessibleName(/on server/);
        await ui.openSettings('Vault');
        await tab.pullAllButton.click();
        await expect(tab.pulled('Already there')).toContainText('1');
        await expect(tab.pulled('Skipped')).toHaveCount(0);
        await expect(tab.pullPanel).not.toContainText('Somebody');
        await ui.openEnvironment('production');
        await expect(ui.page.getByText('skipped')).toHaveCount(0);
      });
    });
  }
});
