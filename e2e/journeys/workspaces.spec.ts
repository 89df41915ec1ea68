/** Workspaces: each with its own environments and, if wanted, its own provider and credentials. */
import { startVaultServer, type VaultServer } from '@test/servers/vault/server';
import { expectAccessible } from '../axe';
import { awsPeer, vaultPeer } from './peers';
import { expect, filesHolding, test as base } from './support';

const test = base.extend<{ other: VaultServer }>({
  /** Another Vault, of another team. */
  other: async ({}, use) => {
    const server = await startVaultServer({ rootToken: 'hvs.root-token-of-the-other-team' });
    await use(server);
    await server.close();
  },
});

test('created, renamed, switched to and deleted', async ({ ui }) => {
  const { workspaces } = ui;
  await expect(workspaces.button).toHaveAccessibleDescription('Personal global defaults');
  await ui.newEnvironment.create('notes');
  await workspaces.startCreate();
  await workspaces.fill('New workspace', ' ', 'Create');
  await expect(workspaces.dialog('New workspace')).toContainText('Enter a name.');
  await workspaces.fill('New workspace', 'Personal', 'Create');
  await expect(workspaces.dialog('New workspace')).toContainText('already');
  await workspaces.fill('New workspace', 'Payments', 'Create');

  await expect(workspaces.button).toHaveAccessibleDescription('Payments global defaults');
  await expect(workspaces.button).toBeFocused();
  await expect(ui.announcements).toContainText('Switched to the workspace Payments.');
  await expect(ui.environments).toContainText('None yet.');
  await workspaces.rename('Payments team');
  await expect(workspaces.button).toHaveAccessibleDescription('Payments team global defaults');

  // The same name in another workspace is another environment.
  await ui.newEnvironment.create('notes');
  await workspaces.switchTo('Personal');
  await expect(workspaces.button).toHaveAccessibleDescription('Personal global defaults');
  await expect(ui.row('notes')).toBeVisible();
  await workspaces.button.click();
  await expect(workspaces.entry('Personal')).toBeChecked();
  await workspaces.entry('Payments team').click();
  // Another workspace is another window, and a menu that was opened before goes with the old one.
  await expect(workspaces.button).toHaveAccessibleDescription(/^Payments team/);

  await workspaces.startDelete();
  await expect(ui.question.box).toContainText('1 environment');
  await expect(ui.question.box).toContainText('Nothing is deleted on a server.');
  await ui.question.answer('Cancel');
  await expect(workspaces.button).toHaveAccessibleDescription(/^Payments team/);
  await workspaces.startDelete();
  await ui.question.answer('Delete workspace');
  await expect(workspaces.button).toHaveAccessibleDescription('Personal global defaults');
  await expect(ui.row('notes')).toBeVisible();
  await workspaces.button.click();
  await expect(workspaces.menu.getByRole('menuitem', { name: 'Delete workspace…' })).toBeDisabled();
});

test('another workspace shows no value of this one, and asks no server with its credentials', async ({
  ui,
  vault,
  other,
}) => {
  vault.kv('secret').put('production', { API_KEY: 'sk-of-personal' });
  other.kv('secret').put('production', { API_KEY: 'sk-of-payments' });
  const { connection: tab } = await ui.openSettings('Vault');
  await vaultPeer(vault).setUp(tab);
  await tab.pullAllButton.click();
  await expect(tab.pullOutcome).toContainText('1 secret pulled');
  await ui.openEnvironment('production');
  await ui.environment.revealButton('API_KEY').click();
  await expect(ui.environment.value('API_KEY')).toContainText('sk-of-personal');

  await ui.workspaces.create('Payments');
  await expect(ui.workspaces.button).toHaveAccessibleDescription('Payments global defaults');
  expect(await ui.page.content()).not.toContain('sk-of-personal');
  await ui.openSettings('Vault');
  await expect(tab.banner('Inherited global defaults.')).toBeVisible();
  await tab.override();
  await expect(tab.banner('This workspace has its own configuration.')).toBeVisible();
  await expect(ui.workspaces.button).toHaveAccessibleDescription('Payments own configuration');
  // The settings begin as a copy; credentials are not copied.
  await expect(tab.field('Vault URL')).toHaveValue(vault.url);
  await expect(tab.saved('Token')).toHaveCount(0);
  await expect(tab.saveButton).toHaveAccessibleDescription('Applies to Payments only.');

  vault.clearRequests();
  await vaultPeer(other).setUp(tab);
  await tab.pullAllButton.click();
  await expect(tab.pullOutcome).toContainText('1 secret pulled');
  await ui.openEnvironment('production');
  await ui.environment.revealButton('API_KEY').click();
  await expect(ui.environment.value('API_KEY')).toContainText('sk-of-payments');
  expect(vault.requests).toEqual([]);
  expect(other.requests.every(({ headers }) => headers['x-vault-token'] !== undefined)).toBe(true);
  // A token of the first server would have been refused by the second.
  expect(other.requests.filter(({ status }) => status === 403)).toEqual([]);

  other.clearRequests();
  await ui.workspaces.switchTo('Personal');
  await expect(ui.workspaces.button).toHaveAccessibleDescription('Personal global defaults');
  await ui.openEnvironment('production');
  expect(await ui.page.content()).not.toContain('sk-of-payments');
  await ui.environment.pullButton.click();
  await ui.environment.revealButton('API_KEY').click();
  await expect(ui.environment.value('API_KEY')).toContainText('sk-of-personal');
  expect(other.requests).toEqual([]);
});

test('back to the global defaults forgets the own credentials, after asking @whole', async ({
  ui,
  vault,
  aws,
  dataDirectory,
}) => {
  vault.kv('secret').put('production', { API_KEY: 'sk-of-vault' });
  aws.put('staging', '{"API_KEY":"sk-of-aws"}');
  const { connection: tab } = await ui.openSettings('Vault');
  await vaultPeer(vault).setUp(tab);
  await ui.workspaces.create('Payments');
  await ui.openSettings('Vault');
  await tab.override();
  await awsPeer(aws).setUp(tab);
  await tab.pullAllButton.click();
  await expect(tab.pulled('Created')).toContainText('1');
  await expect(ui.row('staging')).toBeVisible();

  await tab.useGlobalButton.click();
  await expect(ui.question.box).toContainText('nothing changes on a server');
  await ui.question.answer('Use global defaults');
  await expect(tab.banner('Inherited global defaults.')).toBeVisible();
  await expect(tab.field('Vault URL')).toHaveValue(vault.url);
  await expect(tab.saved('Token')).toBeVisible();
  expect(aws.secret('staging')?.current?.value).toBe('{"API_KEY":"sk-of-aws"}');
  await tab.override();
  await tab.chooseProvider('AWS Secrets Manager');
  await tab.authenticateBy('Access Keys');
  await expect(tab.field('Secret Access Key')).toHaveValue('');
  expect(await filesHolding(dataDirectory, Buffer.from('sk-of-aws'))).toEqual([]);
});

test('what is unsaved is asked about before another workspace opens @whole', async ({
  ui,
  vault,
}) => {
  vault.kv('secret').put('production', { API_KEY: 'sk-live' });
  const { connection: tab } = await ui.openSettings('Vault');
  await vaultPeer(vault).setUp(tab);
  await tab.pullAllButton.click();
  await expect(tab.pullOutcome).toContainText('1 secret pulled');
  await ui.workspaces.create('Payments');
  await ui.workspaces.switchTo('Personal');

  await ui.openEnvironment('production');
  await ui.environment.editor.add('NEW_KEY', 'typed and not saved');
  await ui.workspaces.startSwitch('Payments');
  await expect(ui.question.box).toContainText('production');
  await ui.question.answer('Cancel');
  await expect(ui.environment.row('NEW_KEY')).toBeVisible();
  await ui.workspaces.startSwitch('Payments');
  await ui.question.answer('Discard and switch');
  await expect(ui.workspaces.button).toHaveAccessibleDescription(/^Payments/);
  await ui.workspaces.switchTo('Personal');
  await ui.openEnvironment('production');
  await expect(ui.environment.row('API_KEY')).toBeVisible();
  await expect(ui.environment.row('NEW_KEY')).toHaveCount(0);
  expect(vault.kv('secret').read('production')).toEqual({ API_KEY: 'sk-live' });
});

test('a workspace is deleted while its pull is under way @whole', async ({ ui, vault }) => {
  for (let index = 0; index < 40; index += 1) {
    vault.kv('secret').put(`app/${String(index)}`, { KEY: 'value' });
  }
  await ui.workspaces.create('Payments');
  const { connection: tab } = await ui.openSettings('Vault');
  await tab.override();
  await vaultPeer(vault).setUp(tab);
  const reading = vault.faults.gate({ method: 'GET', path: 'secret/data/app/7' });
  await tab.pullAllButton.click();
  await reading.reached;
  await ui.workspaces.startDelete();
  await ui.question.answer('Delete workspace');
  await expect(ui.workspaces.button).toHaveAccessibleDescription('Personal global defaults');
  reading.open();
  await expect(ui.environments).toContainText('None yet.');
  expect(vault.kv('secret').paths()).toHaveLength(40);
});

test('each has its own folder in the local vault, and shares another only by its name @whole', async ({
  ui,
}) => {
  await ui.welcome.samplesDoor.click();
  await ui.welcome.keyChoice.onlyForThisSession();
  await expect(ui.environment.heading).toHaveText('production');

  await ui.workspaces.create('Payments');
  const { connection: tab } = await ui.openSettings('Vault');
  await tab.pullAllButton.click();
  await expect(tab.pullOutcome).toHaveText('No secrets yet in Local vault.');
  await expect(ui.environments).toContainText('None yet.');
  await tab.test();
  await expect(tab.testStep('Key')).toContainText(/0 secrets in the folder “payments-[0-9a-f]{8}”/);
  await expect(tab.testStep('Key')).toContainText('Other folders: “/” (2 secrets)');

  await tab.overrideButton.click();
  await expect(tab.banner('This workspace has its own configuration.')).toBeVisible();
  await tab.field('Folder').fill('a/b');
  await tab.saveButton.click();
  await expect(tab.field('Folder')).toHaveAccessibleDescription(/has no slashes/);
  await tab.field('Folder').fill('/');
  await tab.save();
  await tab.pullAllButton.click();
  await expect(tab.pullOutcome).toContainText('2 secrets pulled');
  await expect(ui.row('samples/staging')).toBeVisible();

  await ui.workspaces.startDelete();
  await expect(ui.question.box).toContainText(
    'Its secrets in the local vault stay there, in the folder “/”.',
  );
  await ui.question.answer('Delete workspace');
  await expect(ui.workspaces.button).toHaveAccessibleDescription('Personal global defaults');
  await expect(ui.row('production')).toBeVisible();
});

test('the set-up of a workspace is exported, and imported by another person', async ({
  app,
  ui,
  page,
}) => {
  await ui.newEnvironment.create('api/prod');
  await expect(ui.environment.heading).toHaveText('api/prod');
  const { name, text } = await app.download(() => ui.palette.run('Export set-up'));
  expect(name).toBe('personal.strongroom.json');

  await ui.palette.run('Import set-up');
  const dialog = page.getByRole('dialog', { name: 'Import the set-up of a workspace' });
  const choose = async (content: string) => {
    const chooser = page.waitForEvent('filechooser');
    await dialog.getByRole('button', { name: 'Choose file…' }).click();
    const buffer = Buffer.from(content);
    await (await chooser).setFiles({ name: 'team.json', mimeType: 'application/json', buffer });
  };
  await choose('no set-up');
  await expect(dialog.getByRole('alert')).toContainText('This file is not JSON.');
  await choose(text.replace('"Personal"', '"Team"'));
  await expect(dialog.getByRole('list', { name: 'Parts of the set-up' })).toContainText('api/prod');
  await expectAccessible(page, 'Import a set-up');
  await dialog.getByRole('button', { name: 'Add 3 parts to Team' }).click();
  await expect(ui.workspaces.button).toHaveAccessibleDescription(/^Team/);
  await expect(ui.row('api/prod')).toBeVisible();
});
