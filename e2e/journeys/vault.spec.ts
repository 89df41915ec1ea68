/** The main job with HashiCorp Vault: set up, test, Pull All, open, reveal; and again after a restart. */
import { VaultAdmin } from '@test/servers/vault-admin';
import { wholeUnlessFirst } from './peers';
import { expect, filesHolding, restart, test } from './support';

const production = {
  API_KEY: 'sk-live-4f9a1c',
  DB_POOL: 20,
  FEATURE_ON: true,
  NOTHING: null,
  LIMITS: { daily: 5, weekly: 20, monthly: 60 },
  HOSTS: ['a', 'b'],
  EMPTY: '',
  JWT_PRIVATE_KEY: '-----BEGIN PRIVATE KEY-----\nMIIEvQ\n-----END PRIVATE KEY-----',
};

test.describe('with a keychain', () => {
  test.use({ keychain: 'unlocked' });

  test('the main job, and again after a restart @desktop', async ({
    app,
    ui,
    vault,
    dataDirectory,
  }) => {
    vault.kv('secret').put('production', production);
    vault.kv('secret').put('billing/eu', { API_KEY: 'sk-eu' });
    const { connection: tab } = await ui.openSettings('Vault');
    await tab.fillToken({ url: vault.url, token: vault.rootToken, enginePath: 'secret' });

    await tab.testButton.click();
    await expect(tab.testOutcome).toContainText('passed');
    for (const step of ['Port', 'Health', 'Authentication', 'Engine', 'Permissions']) {
      await expect(tab.testStep(step)).toContainText('passed');
    }
    await expect(tab.testStep('Engine')).toContainText('KV v2');

    await tab.save();
    await expect(tab.saved('Token')).toContainText('Saved');
    await tab.pullAllButton.click();
    await expect(tab.pullOutcome).toContainText('2 secrets pulled');
    await expect(tab.pulled('Created')).toContainText('2');

    await ui.openEnvironment('production');
    const { environment } = ui;
    await expect(environment.variables).toHaveAttribute('aria-rowcount', '9');
    await expect(environment.value('DB_POOL')).toContainText('20');
    await expect(environment.kind('DB_POOL')).toContainText('number');
    await expect(environment.value('FEATURE_ON')).toContainText('true');
    await expect(environment.value('LIMITS')).toContainText('3 entries');
    await expect(environment.value('HOSTS')).toContainText('2 entries');
    await expect(environment.value('EMPTY')).toContainText('empty');
    await expect(environment.value('JWT_PRIVATE_KEY')).toContainText('3 lines');
    await expect(ui.page.getByText('sk-live-4f9a1c')).toHaveCount(0);
    await environment.revealButton('API_KEY').click();
    await expect(environment.value('API_KEY')).toContainText('sk-live-4f9a1c');
    await environment.hideButton('API_KEY').click();
    await expect(environment.value('API_KEY')).not.toContainText('sk-live-4f9a1c');
    await environment.revealButton('LIMITS').click();
    await expect(environment.value('LIMITS')).toContainText(/"weekly": *20/);

    ui = await restart(app);
    for (const secret of ['sk-live-4f9a1c', vault.rootToken]) {
      expect(await filesHolding(dataDirectory, Buffer.from(secret))).toEqual([]);
    }
    const again = (await ui.openSettings('Vault')).connection;
    await expect(again.field('Vault URL')).toHaveValue(vault.url);
    await expect(again.saved('Token')).toContainText('Saved');
    await ui.openEnvironment('production');
    await ui.environment.pullButton.first().click();
    await ui.environment.revealButton('API_KEY').click();
    await expect(ui.environment.value('API_KEY')).toContainText('sk-live-4f9a1c');
  });

  test('a stored token never comes back; it is replaced or removed', async ({ ui, vault }) => {
    const { connection: tab } = await ui.openSettings('Vault');
    await tab.fillToken({ url: vault.url, token: vault.rootToken, enginePath: 'secret' });
    await tab.save();
    expect(await ui.page.content()).not.toContain(vault.rootToken);
    await expect(tab.field('Token')).toHaveCount(0);
    await tab.testButton.click();
    await expect(tab.testOutcome).toContainText('passed');
    await tab.replaceButton('Token').click();
    await tab.field('Token').fill('hvs.mistyped');
    await tab.testButton.click();
    await expect(tab.testStep('Authentication')).toContainText('The token is not valid');
    await tab.discardButton.click();
    await expect(tab.saved('Token')).toContainText('Saved');
    await tab.removeButton('Token').click();
    await tab.save();
    await expect(tab.field('Token')).toBeVisible();
    await tab.testButton.click();
    await expect(ui.page.getByText('Enter the Token.')).toBeVisible();
  });

  test('another address asks for the stored token again, and says why', async ({ ui, vault }) => {
    const { connection: tab } = await ui.openSettings('Vault');
    await tab.fillToken({ url: vault.url, token: vault.rootToken, enginePath: 'secret' });
    await tab.save();
    await expect(tab.saved('Token')).toContainText('Saved');

    await tab.field('Vault URL').fill('https://vault.elsewhere.example');
    await expect(tab.field('Token')).toHaveValue('');
    const why = `Enter it again. The stored one is only for the settings in which Vault URL was “${vault.url}”.`;
    await expect(tab.field('Token')).toHaveAccessibleDescription(why);
    await tab.saveButton.click();
    await expect(tab.field('Token')).toBeFocused();
    await expect(tab.field('Token')).toHaveAccessibleDescription(why);

    await tab.field('Vault URL').fill(vault.url);
    await expect(tab.saved('Token')).toContainText('Saved');
    await tab.testButton.click();
    await expect(tab.testOutcome).toContainText('passed');
  });

  test('Auto Sync pulls at the next start', async ({ app, ui, vault }) => {
    vault.kv('secret').put('staging', { API_KEY: 'sk-staging' });
    const { connection: tab } = await ui.openSettings('Vault');
    await tab.fillToken({ url: vault.url, token: vault.rootToken, enginePath: 'secret' });
    await tab.switch('Auto Sync').check();
    await tab.save();
    const restarted = await restart(app);
    await restarted.openEnvironment('staging');
    await expect(restarted.environment.revealButton('API_KEY')).toBeAttached();
  });
});

test('an AppRole logs in once for test, save and pull @whole', async ({ ui, vault }) => {
  vault.kv('secret').put('production', production);
  vault.policy('reader', {
    'secret/data/*': ['read'],
    'secret/metadata/*': ['list', 'read'],
  });
  const role = vault.appRole({ policies: ['reader'], secretIdNumUses: 1 });
  const { connection: tab } = await ui.openSettings('Vault');
  await tab.fillAppRole({
    url: vault.url,
    roleId: role.roleId,
    secretId: role.secretId,
    enginePath: 'secret',
  });
  await tab.testButton.click();
  await expect(tab.testOutcome).toContainText('passed with a warning');
  await expect(tab.testStep('Permissions')).toContainText(
    'May not create, update, delete or restore',
  );
  await tab.saveForThisSession();
  await tab.pullAllButton.click();
  await expect(tab.pullOutcome).toContainText('1 secret pulled');
  expect(vault.logins).toBe(1);
});

test('names that look like addresses, templates and other scripts @whole', async ({
  ui,
  vault,
}) => {
  const names = [
    'with space',
    '100%',
    'a#b',
    'what?',
    '{{x}}',
    '日本/東京',
    'sys/health',
    'a+b&c=d',
  ];
  for (const name of names) vault.kv('secret').put(name, { KEY: `value of ${name}` });
  const { connection: tab } = await ui.openSettings('Vault');
  await tab.fillToken({ url: vault.url, token: vault.rootToken, enginePath: 'secret' });
  await tab.saveForThisSession();
  await tab.pullAllButton.click();
  await expect(tab.pullOutcome).toContainText(`${String(names.length)} secrets pulled`);
  for (const name of names) {
    await ui.openEnvironment(name);
    await ui.environment.revealButton('KEY').click();
    await expect(ui.environment.value('KEY')).toContainText(`value of ${name}`);
  }
});

test('a KV v1 engine behind a path of several segments @whole', async ({ ui, vault }) => {
  vault.mount('team/legacy', { version: 1 });
  vault.kv('team/legacy').put('old', { KEY: 'v1 value' });
  const { connection: tab } = await ui.openSettings('Vault');
  await tab.fillToken({ url: vault.url, token: vault.rootToken, enginePath: 'team/legacy' });
  await tab.testButton.click();
  await expect(tab.testStep('Engine')).toContainText('KV v1');
  await tab.saveForThisSession();
  await tab.pullAllButton.click();
  await ui.openEnvironment('old');
  await ui.environment.revealButton('KEY').click();
  await expect(ui.environment.value('KEY')).toContainText('v1 value');
  expect(vault.requests.filter(({ path }) => path.startsWith('team/legacy/data/'))).toEqual([]);
});

const numbers = [1000, 10_000];
for (const count of numbers) {
  const many = count.toLocaleString('en');
  const title = `${many} secrets, first cancelled, then all of them`;
  test(title, wholeUnlessFirst(count, numbers), async ({ ui, vault }) => {
    // A quarter of a minute on an idle machine, far more on a busy one.
    test.setTimeout(150_000);
    for (let index = 0; index < count; index += 1) {
      vault
        .kv('secret')
        .put(`team-${String(index % 40)}/env-${String(index)}`, { KEY: String(index) });
    }
    const last = String(count - 1);
    const { connection: tab } = await ui.openSettings('Vault');
    await tab.fillToken({ url: vault.url, token: vault.rootToken, enginePath: 'secret' });
    await tab.saveForThisSession();
    // It cannot come to its end before it is cancelled.
    const held = vault.faults.gate({ method: 'GET', path: `secret/data/team-39/env-${last}` });
    await tab.pullAllButton.click();
    await expect(tab.pullPanel).toContainText(new RegExp(`Reading [1-9][\\d,]* of ${many}`));
    await tab.cancelPullButton.click();
    await expect(tab.pullOutcome).toContainText(/cancelled/i);
    held.open();
    await tab.pullAllButton.click();
    await expect(tab.pullOutcome).toContainText(`${many} secrets pulled`, { timeout: 120_000 });
    await ui.search.fill(`env-${last}`);
    await ui.openEnvironment(`team-39/env-${last}`);
    await ui.environment.revealButton('KEY').click();
    await expect(ui.environment.value('KEY')).toContainText(last);
  });
}

test('a secret that may not be read is skipped, with why; what is deleted is listed apart @whole', async ({
  ui,
  vault,
}) => {
  const kv = vault.kv('secret');
  kv.put('open', { A: '1' });
  kv.put('gone', { A: '1' });
  kv.delete('gone');
  kv.put('private', { A: '1' });
  vault.policy('most', {
    'secret/data/*': ['read'],
    'secret/metadata/*': ['list', 'read'],
    'secret/data/private': ['deny'],
  });
  const token = vault.token({ policies: ['most'] });
  const { connection: tab } = await ui.openSettings('Vault');
  await tab.fillToken({ url: vault.url, token, enginePath: 'secret' });
  await tab.saveForThisSession();
  await tab.pullAllButton.click();
  await expect(tab.pulled('Created')).toContainText('1');
  await expect(tab.pulled('Skipped')).toContainText('1');
  await expect(tab.pullPanel).toContainText('private');
  await tab.pulled('Deleted, and used by no environment').click();
  await expect(tab.skipped('Deleted, and used by no environment')).toContainText('gone');
});

test('a wrapped Secret ID of an AppRole mounted elsewhere is tested, saved and used @whole', async ({
  ui,
  vault,
}) => {
  vault.kv('secret').put('production', production);
  vault.policy('app', {
    'secret/data/*': ['create', 'read', 'update', 'delete'],
    'secret/metadata/*': ['list', 'read'],
  });
  const role = vault.appRole({ policies: ['app'], mount: 'ci/approle', secretIdNumUses: 1 });
  const { connection: tab } = await ui.openSettings('Vault');
  await tab.fillAppRole({
    url: vault.url,
    roleId: role.roleId,
    secretId: role.newWrappedSecretId(),
    enginePath: 'secret',
  });
  await tab.test();
  // Each mistake is named, and its remedy leads on.
  await expect(tab.testStep('Authentication')).toContainText('Turn on “Secret ID is wrapped”');
  await tab.switch('Secret ID is wrapped').check();
  await tab.test();
  await expect(tab.testStep('Authentication')).toContainText('Enter ci/approle as AppRole mount');
  await tab.openMore();
  await tab.field('AppRole mount').fill('ci/approle');
  await tab.test();
  await expect(tab.testOutcome).toContainText('passed,');
  await expect(tab.testStep('Authentication')).toContainText('save to keep it');
  await expect(tab.testStep('Permissions')).toContainText(
    'May list, read, create, update, delete and see history',
  );

  await tab.saveForThisSession();
  await expect(tab.switch('Secret ID is wrapped')).not.toBeChecked();
  await expect(tab.saved('Secret ID')).toContainText('Saved');
  await tab.test();
  await expect(tab.testOutcome).toContainText('passed,');
  await tab.pullAllButton.click();
  await expect(tab.pullOutcome).toContainText('1 secret pulled');
  expect(role.logins).toBe(1);
});

test('the main job with a real server @whole', async ({ realVault, ui }) => {
  const { url, token } = realVault;
  const admin = new VaultAdmin(url, token);
  const enginePath = `journey-${Date.now().toString(36)}/kv`;
  await admin.mountKv(enginePath, 2);
  await admin.call('POST', `${enginePath}/data/production`, { data: production });
  await admin.call('POST', `${enginePath}/data/billing/eu`, { data: { API_KEY: 'sk-eu' } });

  const { connection: tab } = await ui.openSettings('Vault');
  await tab.fillToken({ url, token, enginePath });
  await tab.test();
  await expect(tab.testOutcome).toContainText('passed');
  await expect(tab.testStep('Engine')).toContainText(`KV v2 at ${enginePath}`);
  await tab.saveForThisSession();
  await tab.pullAllButton.click();
  await expect(tab.pullOutcome).toContainText('2 secrets pulled');

  await ui.openEnvironment('billing/eu');
  await ui.environment.revealButton('API_KEY').click();
  await expect(ui.environment.value('API_KEY')).toContainText('sk-eu');
  await ui.openEnvironment('production');
  await expect(ui.environment.value('DB_POOL')).toContainText('20');
  await ui.environment.revealButton('LIMITS').click();
  await expect(ui.environment.value('LIMITS')).toContainText(/"weekly": *20/);
  await admin.call('DELETE', `sys/mounts/${enginePath}`);
});
