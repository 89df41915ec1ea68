/** The main job with Azure Key Vault, its commonest mistakes, and the way there from Vault and back. */
import type { ApplicationHandle, KeyVaultServer } from '@test/servers/azure-key-vault/server';
import { copiedCommand, expectFault, expectGreen, expectWarning } from './common-mistakes';
import {
  editBesideAColleague,
  keyVault as storeOf,
  linkAsFolder,
  migrateFromVaultAndBack,
  pullAndOpen,
  rollBack,
} from './stores';
import { expect, test } from './support';

const formOf = ({ url }: KeyVaultServer, { clientId, clientSecret }: ApplicationHandle) => ({
  vault: url,
  clientId,
  clientSecret,
});

const officerStore = (server: KeyVaultServer) =>
  storeOf(server, formOf(server, server.application({ roles: ['Key Vault Secrets Officer'] })));

test('the main job with a client secret', async ({ keyVault, ui }) => {
  keyVault.put('production', '{"API_KEY": "sk-live-4f9a1c", "ORDER_ID": 9007199254740993}');
  keyVault.certificate('tls');
  const { connection: tab } = await ui.openSettings('Vault');
  await officerStore(keyVault).fill(tab);
  await expectGreen(tab);
  await expect(tab.testStep('Key vault')).toContainText(`Tenant ${keyVault.tenantId}`);
  await expect(tab.testStep('List secrets')).toContainText('2 found, in 1 environment');
  expect(keyVault.count('SetSecret')).toBe(0);

  await tab.saveForThisSession();
  await expect(tab.saved('Client Secret')).toContainText('Saved for this session');
  await tab.pullAllButton.click();
  await expect(tab.pullOutcome).toContainText('1 secret pulled');
  await ui.openEnvironment('production');
  const { environment } = ui;
  await expect(environment.value('ORDER_ID')).toContainText('9007199254740993');
  await expect(environment.value('API_KEY')).not.toContainText('sk-live-4f9a1c');
  await environment.revealButton('API_KEY').click();
  await expect(environment.value('API_KEY')).toContainText('sk-live-4f9a1c');
  await environment.editor.setValue('API_KEY', 'sk-live-5a0b2d');
  await environment.editor.save();
  const { current } = keyVault.secret('production') ?? {};
  expect(current?.value).toContain('"sk-live-5a0b2d"');
  expect(current?.value).toContain('9007199254740993');
});

test.describe('a common mistake', () => {
  test.beforeEach(({ keyVault }) => {
    keyVault.put('production', '{"API_KEY": "sk-live-4f9a1c"}');
  });

  test('is the id of the client secret in place of its value @whole', async ({ keyVault, ui }) => {
    const application = keyVault.application();
    const { connection: tab } = await ui.openSettings('Vault');
    await tab.fillKeyVault({
      ...formOf(keyVault, application),
      clientSecret: '3f2c1d0e-5b6a-4c7d-8e9f-0a1b2c3d4e5f',
    });
    await expectFault(tab, {
      step: 'Credentials',
      says: /client secret/i,
      remedy: /value/i,
      field: 'Client Secret',
    });
    await tab.field('Client Secret').fill(application.clientSecret);
    await expectGreen(tab);
  });

  test('is the firewall of the vault', async ({ app, keyVault, ui }) => {
    keyVault.network = { kind: 'firewall', allow: ['203.0.113.7'] };
    const { connection: tab } = await ui.openSettings('Vault');
    await officerStore(keyVault).fill(tab);
    await expectFault(tab, {
      step: 'List secrets',
      says: 'The vault’s firewall does not let this computer in (127.0.0.1).',
      remedy: 'az keyvault network-rule add',
    });
    expect(await copiedCommand(app, tab)).toMatch(/network-rule add .*--ip-address 127\.0\.0\.1$/);
    keyVault.network = { kind: 'firewall', allow: ['203.0.113.7', '127.0.0.1'] };
    await expectGreen(tab);
  });

  test('is an application without a role @whole', async ({ app, keyVault, ui }) => {
    const application = keyVault.application({ roles: [] });
    const { connection: tab } = await ui.openSettings('Vault');
    await tab.fillKeyVault(formOf(keyVault, application));
    await expectWarning(tab, {
      step: 'List secrets',
      says: 'The credentials may not list the secrets of this vault.',
      remedy: 'Key Vault Secrets',
    });
    const command = await copiedCommand(app, tab);
    expect(command).toContain(`--assignee ${application.clientId}`);
    const [, role] = /--role "(Key Vault Secrets User)"/.exec(command) ?? [];
    expect(role).toBe('Key Vault Secrets User');
    keyVault.grant(application, { roles: ['Key Vault Secrets User'] });
    await expectGreen(tab);
  });

  test('is an access policy, and the vault uses roles @whole', async ({ app, keyVault, ui }) => {
    const application = keyVault.application({ permissions: ['get', 'list', 'set', 'delete'] });
    const { connection: tab } = await ui.openSettings('Vault');
    await tab.fillKeyVault(formOf(keyVault, application));
    await expectWarning(tab, {
      step: 'List secrets',
      says: 'The credentials may not list the secrets of this vault.',
      remedy: 'az role assignment create',
    });
    await expect(tab.testStep('List secrets')).toContainText('Access policies do not count there');
    expect(await copiedCommand(app, tab)).toContain('--role "Key Vault Secrets User"');
    keyVault.grant(application, { roles: ['Key Vault Secrets User'] });
    await expectGreen(tab);
  });

  test('is the tenant of somebody else @whole', async ({ keyVault, ui }) => {
    const { connection: tab } = await ui.openSettings('Vault');
    await officerStore(keyVault).fill(tab);
    await tab.openMore();
    await tab.field('Tenant').fill(keyVault.tenant().id);
    await expectFault(tab, {
      step: 'Credentials',
      says: 'has no application',
      cause: 'The client id is mistyped, or the application belongs to another tenant.',
      remedy: 'Empty Tenant to use the tenant of the vault',
      field: 'Tenant',
    });
    await tab.emptyField('Tenant');
    await expect(tab.field('Tenant')).toHaveValue('');
    await expectGreen(tab);
  });
});

const paths = ['production', 'production/'];

for (const path of paths) {
  const name = 'production';
  test.describe(`an environment at ${path}`, { tag: '@whole' }, () => {
    test('is edited beside a colleague', async ({ keyVault, ui }) => {
      await editBesideAColleague(ui, officerStore(keyVault), { name, path });
    });

    test('has a history, and is rolled back', async ({ keyVault, ui }) => {
      await rollBack(ui, officerStore(keyVault), { name, path });
    });

    test('moves from Vault and back', async ({ keyVault, vault, ui }) => {
      await migrateFromVaultAndBack(ui, vault, officerStore(keyVault), path);
    });
  });
}

test('a folder is linked by the choice beside its path @whole', async ({ keyVault, ui }) => {
  await linkAsFolder(ui, officerStore(keyVault), 'secret');
});

test('what was deleted there is undeleted @whole', async ({ keyVault, ui }) => {
  const store = officerStore(keyVault);
  store.put('production', { API_KEY: 'sk-live-first' });
  await pullAndOpen(ui, store, 'production');
  keyVault.delete('production');
  const { environment } = ui;
  await environment.pullButton.click();
  await environment.failure.getByRole('button', { name: 'Undelete' }).click();
  // The failure and the row say nothing of the end: one is hidden meanwhile, the other was there before.
  await expect.poll(() => store.read('production')).toEqual({ API_KEY: 'sk-live-first' });
  await expect(environment.failure).toHaveCount(0);
  await expect(environment.row('API_KEY')).toBeVisible();
  expect(keyVault.deletedNames()).toEqual([]);
});
