/** How credentials are kept: with a keychain, with a passphrase, and not at all. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppPage } from '../pages/app';
import type { VaultServer } from '@test/servers/vault/server';
import { expectAccessible } from '../axe';
import { expect, filesHolding, lockWith, restart, test } from './support';

const apiKey = 'sk-live-4f9a1c-of-the-journeys';
const passphrase = 'seven lamps and a heron';

/** Fills in the form for a server that holds one secret. */
async function fillIn(ui: AppPage, vault: VaultServer): Promise<AppPage['settings']['connection']> {
  vault.kv('secret').put('production', { API_KEY: apiKey });
  const { connection: tab } = await ui.openSettings('Vault');
  await tab.fillToken({ url: vault.url, token: vault.rootToken, enginePath: 'secret' });
  return tab;
}

async function pullAndReveal(ui: AppPage): Promise<void> {
  const { connection: tab } = await ui.openSettings('Vault');
  await tab.pullAllButton.click();
  await expect(tab.pullOutcome).toContainText('1 secret pulled');
  await ui.openEnvironment('production');
  await ui.environment.revealButton('API_KEY').click();
  await expect(ui.environment.value('API_KEY')).toContainText(apiKey);
}

async function expectNothingInPlain(directory: string, vault: VaultServer): Promise<void> {
  for (const secret of [apiKey, vault.rootToken, passphrase]) {
    expect(await filesHolding(directory, Buffer.from(secret))).toEqual([]);
  }
  // The settings are no secret, and show that the files were looked at.
  expect(await filesHolding(directory, Buffer.from(vault.url))).not.toEqual([]);
}

test('not stored: settings stay, credentials do not @whole', async ({
  app,
  dataDirectory,
  ui,
  vault,
}) => {
  const tab = await fillIn(ui, vault);
  await tab.saveButton.click();
  await expect(tab.keyChoice.group).toBeVisible();
  expect(await filesHolding(dataDirectory, Buffer.from(vault.url))).toEqual([]);
  await tab.keyChoice.onlyForThisSession();
  await expect(tab.saved('Token')).toContainText('Saved for this session');
  await pullAndReveal(ui);
  const { security } = await ui.openSettings('Security');
  await expect(security.credentials).toContainText('Not stored');
  await expectNothingInPlain(dataDirectory, vault);

  const again = await restart(app);
  await expectNothingInPlain(dataDirectory, vault);
  await again.openEnvironment('production');
  await expect(again.environment.failure).toContainText('No Token is stored. Enter it.', {
    useInnerText: true,
  });
  await again.environment.failure.getByRole('link', { name: 'Open Settings → Vault' }).click();
  const { connection: settings } = again.settings;
  await expect(settings.field('Token')).toBeFocused();
  await expect(settings.field('Vault URL')).toHaveValue(vault.url);
  await expect(settings.field('Token')).toHaveValue('');
  await settings.field('Token').fill(vault.rootToken);
  await settings.save();
  await pullAndReveal(again);
});

test('a passphrase is asked for at the next start', async ({ app, dataDirectory, ui, vault }) => {
  const tab = await fillIn(ui, vault);
  await tab.saveButton.click();
  await tab.keyChoice.passphrase(passphrase);
  await expect(tab.saved('Token')).toContainText('Saved');
  await pullAndReveal(ui);

  let again = await restart(app);
  await expectNothingInPlain(dataDirectory, vault);
  await expect(again.unlock.passphrase).toBeFocused();
  await again.unlock.with('not the passphrase');
  await expect(again.unlock.passphrase).toHaveAccessibleDescription(
    /^This is not the passphrase\. Enter it again\./,
  );
  await again.unlock.with(passphrase);
  await expect(again.environment.heading).toHaveText('production');
  await pullAndReveal(again);

  again = await restart(app);
  await again.unlock.continueWithout.click();
  await expect(again.environment.heading).toHaveText('production');
  await expect(again.unlock.unlockButton).toBeVisible();
  await expect(again.environment.pullButton).toHaveCount(0);
  const { connection: settings } = await again.openSettings('Vault');
  await expect(settings.field('Vault URL')).toHaveValue(vault.url);
  await expect(settings.saved('Token')).toContainText('Saved');
  const { security } = await again.openSettings('Security');
  await expect(security.credentials).toContainText('Locked');
  await again.unlock.with(passphrase);
  await expect(security.credentials).toContainText('Encrypted with your passphrase, unlocked');
  await pullAndReveal(again);
});

test('programs share the unlock after the passphrase was entered, until that is ended @whole', async ({
  ui,
  vault,
}) => {
  const tab = await fillIn(ui, vault);
  await tab.saveButton.click();
  await ui.page.getByRole('radio', { name: 'A passphrase' }).click();
  await ui.page.getByLabel('New passphrase', { exact: true }).fill('password1');
  await expect(ui.page.getByText('Weak: with a copy of your data')).toBeVisible();
  await tab.keyChoice.passphrase(passphrase);
  await ui.openSettings('Security');
  const programs = ui.page.getByRole('region', { name: 'Programs' });
  await expect(programs).toContainText('need the passphrase, even while Strongroom is unlocked');
  await programs.getByRole('button', { name: 'Share the unlock with programs…' }).click();
  await ui.page.keyboard.type('another passphrase');
  await ui.page.keyboard.press('Enter');
  await expect(programs).toContainText('This is not the passphrase.');
  await programs.getByLabel('Passphrase', { exact: true }).fill(passphrase);
  await programs.getByRole('button', { name: 'Share the unlock' }).click();
  await expect(programs).toContainText('programs of your user account need no passphrase');
  await expectAccessible(ui.page, 'Settings, Security, shared');
  await programs.getByRole('button', { name: 'Ask programs for the passphrase' }).click();
  await expect(programs).toContainText('need the passphrase, even while Strongroom is unlocked');
});

test('a new key takes the place of the old one @whole', async ({
  app,
  dataDirectory,
  ui,
  vault,
}) => {
  const tab = await fillIn(ui, vault);
  await tab.saveButton.click();
  await tab.keyChoice.passphrase(passphrase);
  await expect(tab.saved('Token')).toContainText('Saved');
  const before = readFileSync(join(dataDirectory, 'key.json'));
  await ui.openSettings('Security');
  const key = ui.page.getByRole('region', { name: 'Key', exact: true });
  await key.getByRole('button', { name: 'Re-encrypt…' }).press('Enter');
  await expect(key).toContainText('Backups and databases that were set aside are deleted');
  await expectAccessible(ui.page, 'Settings, Security, Re-encrypt');
  await ui.page.keyboard.type('another passphrase');
  await ui.page.keyboard.press('Enter');
  await expect(key).toContainText('This is not the passphrase.');
  expect(readFileSync(join(dataDirectory, 'key.json'))).toEqual(before);
  await key.getByLabel('Current passphrase', { exact: true }).fill(passphrase);
  await ui.page.keyboard.press('Enter');
  await expect(key.getByRole('button', { name: 'Re-encrypt…' })).toBeVisible();
  await pullAndReveal(ui);

  const again = await restart(app);
  expect(readFileSync(join(dataDirectory, 'key.json'))).not.toEqual(before);
  await again.unlock.with(passphrase);
  await expect(again.environment.heading).toHaveText('production');
  await pullAndReveal(again);
  await expectNothingInPlain(dataDirectory, vault);
});

test('Lock now takes values and key out of memory @whole @desktop', async ({
  app,
  faults,
  ui: before,
  vault,
}) => {
  const tab = await fillIn(before, vault);
  await tab.saveButton.click();
  await tab.keyChoice.passphrase(passphrase);
  await expect(tab.saved('Token')).toContainText('Saved');
  await pullAndReveal(before);

  const { security } = await before.openSettings('Security');
  const ui = await lockWith(app, faults, () => security.lockButton.click());
  await expect(ui.lockedHeading).toBeVisible();
  await expect(ui.page.getByText(apiKey)).toHaveCount(0);
  await expect(ui.environments).toHaveCount(0);
  await expect(ui.unlock.passphrase).toBeFocused();

  vault.clearRequests();
  await ui.unlock.with(passphrase);
  await ui.openEnvironment('production');
  await ui.environment.revealButton('API_KEY').click();
  await expect(ui.environment.value('API_KEY')).toContainText(apiKey);
  // They were only at the server.
  expect(vault.requests.map(({ path }) => path)).toContain('secret/data/production');
});

test('another passphrase needs the current one @whole', async ({ app, ui, vault }) => {
  const tab = await fillIn(ui, vault);
  await tab.saveButton.click();
  await tab.keyChoice.passphrase(passphrase);
  await expect(tab.saved('Token')).toContainText('Saved');

  const { security } = await ui.openSettings('Security');
  const { keyChoice } = security;
  await security.changeButton.click();
  await keyChoice.passphrase('nine lamps and a heron');
  await expect(keyChoice.currentPassphrase).toHaveAccessibleDescription(
    'Enter the current passphrase.',
  );
  await keyChoice.currentPassphrase.fill('a guess of somebody');
  await keyChoice.continueButton.click();
  await expect(keyChoice.currentPassphrase).toHaveAccessibleDescription(
    /^This is not the passphrase\./,
  );
  await keyChoice.currentPassphrase.fill(passphrase);
  await keyChoice.continueButton.click();
  await expect(security.changeButton).toBeVisible();

  const again = await restart(app);
  await again.unlock.with('nine lamps and a heron');
  await expect(again.unlock.passphrase).toHaveCount(0);
  await pullAndReveal(again);
});

test('whoever forgot the passphrase starts over, after a warning', async ({ app, page, vault }) => {
  const first = new AppPage(page);
  const tab = await fillIn(first, vault);
  await tab.saveButton.click();
  await tab.keyChoice.passphrase(passphrase);
  await pullAndReveal(first);

  const ui = await restart(app);
  const { security } = await ui.openSettings('Security');
  await security.startOverButton.click();
  await expect(security.credentials).toContainText('The old key is given up.');
  await expect(security.keyChoice.currentPassphrase).toHaveCount(0);
  await security.keyChoice.passphrase('nine lamps and a heron');
  await expect(security.credentials).toContainText('Encrypted with your passphrase, unlocked');

  await ui.openEnvironment('production');
  await expect(ui.environment.failure).toContainText('The stored credentials cannot be decrypted.');
  const { connection } = await ui.openSettings('Vault');
  await connection.replaceButton('Token').click();
  await connection.field('Token').fill(vault.rootToken);
  await connection.save();
  await pullAndReveal(ui);
});

test('passphrases that are too short or not the same are refused @whole', async ({ ui, vault }) => {
  const tab = await fillIn(ui, vault);
  await tab.saveButton.click();
  await tab.keyChoice.passphrase('a heron');
  await expect(tab.keyChoice.newPassphrase).toHaveAccessibleDescription(
    'Use at least 8 characters.',
  );
  await tab.keyChoice.newPassphrase.fill(passphrase);
  await tab.keyChoice.continueButton.click();
  await expect(tab.keyChoice.repeatedPassphrase).toHaveAccessibleDescription(
    'The two are not the same.',
  );
  await tab.keyChoice.repeatedPassphrase.fill(passphrase);
  await tab.keyChoice.continueButton.click();
  await expect(tab.savedMark).toBeVisible();
});

test.describe('with a keychain', () => {
  test.use({ keychain: 'unlocked' });

  test('credentials are there after a restart, encrypted with its key @whole', async ({
    app,
    dataDirectory,
    ui,
    vault,
  }) => {
    const tab = await fillIn(ui, vault);
    await tab.save();
    await pullAndReveal(ui);
    const { security } = await ui.openSettings('Security');
    await expect(security.credentials).toContainText('Encrypted, with the key in Secret Service');

    const again = await restart(app);
    await expectNothingInPlain(dataDirectory, vault);
    const { connection: settings } = await again.openSettings('Vault');
    await expect(settings.saved('Token')).toContainText('Saved');
    await pullAndReveal(again);
  });
});

test.describe('with a keychain and a PIN', () => {
  test.use({ keychain: 'unlocked' });

  test('both are needed, at a start and after Lock, and guesses are slowed down @whole', async ({
    app,
    dataDirectory,
    faults,
    ui,
    vault,
  }) => {
    // Each of the eight guesses takes as long as one of a passphrase.
    test.slow();
    const tab = await fillIn(ui, vault);
    await tab.saveButton.click();
    await expect(tab.saved('Token')).toContainText('Saved');
    const { security } = await ui.openSettings('Security');
    await security.changeButton.click();
    await expectAccessible(ui.page, 'the choice of a PIN');
    await security.keyChoice.pin('4711');
    await expect(security.credentials).toContainText('and your PIN, unlocked');
    await pullAndReveal(ui);

    const locked = await lockWith(app, faults, () => ui.lock());
    await expect(locked.unlock.passphrase).toBeFocused();
    await expectAccessible(locked.page, 'locked, with a PIN');
    await locked.unlock.with('0000');
    await expect(locked.unlock.passphrase).toHaveAccessibleDescription(/^This is not the PIN\./);
    await locked.unlock.with('4711');
    await pullAndReveal(locked);

    const again = await restart(app);
    for (let wrong = 0; wrong < 5; wrong += 1) {
      await again.unlock.with('0000');
      await expect(again.unlock.passphrase).toHaveAccessibleDescription(/^This is not the PIN\./);
    }
    await again.unlock.with('4711');
    await expect(again.unlock.passphrase).toHaveAccessibleDescription(
      /Try again in (30|2\d) seconds/,
    );
    await expectNothingInPlain(dataDirectory, vault);
  });
});
