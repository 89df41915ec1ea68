/** A fresh install: the vault on this computer works before any server is set up. */
import { expect, restart, test } from './support';

test('a fresh install has chosen it, and says what it is', async ({ ui }) => {
  await expect(ui.environments).toContainText('None yet.');
  const { connection: tab } = await ui.openSettings('Vault');
  await expect(tab.provider).toContainText('Local vault');
  await expect(tab.provider).toHaveAccessibleDescription(
    'An encrypted file on this computer, without a server. If somebody else saved first, your save is refused, and merged by key.',
  );
  await tab.guide('What the local vault is').click();
  await expect(tab.guideText('What the local vault is')).toContainText('nothing backs it up');
});

test('without a keychain the test asks for a choice, and passes once it is made @whole', async ({
  ui,
}) => {
  const { connection: tab } = await ui.openSettings('Vault');
  await tab.test();
  await expect(tab.testOutcome).toContainText('failed at Key');
  await expect(tab.testStep('Key')).toContainText('Choose a passphrase that protects credentials');

  await tab.testStep('Key').getByRole('link', { name: 'Open Settings → Security' }).click();
  const { security } = ui.settings;
  await security.changeButton.click();
  await security.keyChoice.onlyForThisSession();
  await expect(security.credentials).toContainText('Not stored');
  await ui.openSettings('Vault');
  await tab.test();
  await expect(tab.testOutcome).toContainText('passed with a warning');
  await expect(tab.testStep('File')).toContainText('gone when Strongroom quits');
});

test.describe('with a keychain', () => {
  test.use({ keychain: 'unlocked' });

  test('the test passes, and an empty vault says that it is empty', async ({ ui }) => {
    const { connection: tab } = await ui.openSettings('Vault');
    await tab.test();
    await expect(tab.testOutcome).toContainText('passed,');
    await expect(tab.testStep('File')).toContainText('is made with the first secret');
    await expect(tab.testStep('Key')).toContainText('0 secrets');
    await expect(tab.testStep('Writable')).toContainText('passed');
    await tab.pullAllButton.click();
    await expect(tab.pullOutcome).toHaveText('No secrets yet in Local vault.');
    await expect(ui.environments).toContainText('None yet.');
  });
});

test('new environments are created, selected and kept; names are unique @whole', async ({
  app,
  ui,
}) => {
  const { dialog } = ui.newEnvironment;
  await ui.newEnvironment.create('');
  await expect(ui.newEnvironment.name).toHaveAccessibleDescription('Enter a name.');
  await ui.newEnvironment.name.fill('Staging (EU) – 東京');
  await ui.newEnvironment.createButton.click();
  await expect(dialog).toHaveCount(0);
  await expect(ui.environment.heading).toHaveText('Staging (EU) – 東京');
  await expect(ui.row('Staging (EU) – 東京')).toHaveAttribute('aria-selected', 'true');

  await ui.newEnvironment.create('production');
  await expect(ui.environment.heading).toHaveText('production');
  await expect(ui.row('production')).toHaveAttribute('aria-selected', 'true');

  await ui.newEnvironment.create(' production ');
  await expect(ui.newEnvironment.name).toHaveAccessibleDescription(
    'There is already an environment “production”. Choose another.',
  );
  await ui.newEnvironment.cancelButton.click();
  await expect(dialog).toHaveCount(0);

  const again = await restart(app);
  await expect(again.row('production')).toHaveCount(1);
  await again.openEnvironment('Staging (EU) – 東京');
});
