/** The main job with AWS Parameter Store, its commonest mistakes, and the way there from Vault and back. */
import type { ParameterStoreServer } from '@test/servers/parameter-store/server';
import type { AccessKey } from '@test/servers/aws/principals';
import { copiedStatement, expectFault, expectGreen, expectWarning } from './common-mistakes';
import {
  editBesideAColleague,
  linkAsFolder,
  migrateFromVaultAndBack,
  parameterStore as storeOf,
  pullAndOpen,
  rollBack,
} from './stores';
import { expect, test } from './support';

const formOf = (
  { endpoint, region }: ParameterStoreServer,
  { accessKeyId, secretAccessKey }: AccessKey,
) => ({ endpoint, region, prefix: '/app', accessKeyId, secretAccessKey });

const guideStore = (server: ParameterStoreServer) =>
  storeOf(server, formOf(server, server.guideAccessKey('/app')));

test('the main job with an access key of the guide', async ({ parameterStore, ui }) => {
  parameterStore.put('/app/production/API_KEY', 'sk-live-4f9a1c');
  parameterStore.put('/app/production/LOG_LEVEL', 'debug', { type: 'String' });
  parameterStore.put('/app/team/billing', '{"PORT": 5432}');
  parameterStore.put('/other/HIDDEN', 'of another team');
  const store = guideStore(parameterStore);
  const { connection: tab } = await ui.openSettings('Vault');
  await store.fill(tab);
  await expectGreen(tab);
  await expect(tab.testStep('List parameters')).toContainText('3 found, in 2 environments');
  await expect(tab.testStep('Permissions')).toContainText('Permitted: GetParametersByPath');
  expect(parameterStore.count('PutParameter')).toBe(0);

  await tab.saveForThisSession();
  await expect(tab.saved('Secret Access Key')).toContainText('Saved for this session');
  await tab.pullAllButton.click();
  await expect(tab.pullOutcome).toContainText('2 secrets pulled');
  await ui.openEnvironment('production');
  const { environment } = ui;
  await expect(environment.value('API_KEY')).not.toContainText('sk-live-4f9a1c');
  await environment.revealButton('API_KEY').click();
  await expect(environment.value('API_KEY')).toContainText('sk-live-4f9a1c');
  await environment.editor.setValue('LOG_LEVEL', 'warning');
  await environment.editor.save();
  // A parameter keeps its type.
  expect(parameterStore.parameter('/app/production/LOG_LEVEL')).toMatchObject({
    value: 'warning',
    type: 'String',
  });
});

test.describe('a common mistake', () => {
  test.beforeEach(({ parameterStore }) => {
    parameterStore.put('/app/production/API_KEY', 'sk-live-4f9a1c');
  });

  test('is a hierarchy without its slash', async ({ parameterStore, ui }) => {
    const form = formOf(parameterStore, parameterStore.guideAccessKey('/app'));
    const { connection: tab } = await ui.openSettings('Vault');
    await tab.fillParameterStore(form);
    await tab.field('Path Prefix').fill('app');
    await tab.testButton.click();
    await expect(tab.field('Path Prefix')).toBeFocused();
    await expect(tab.field('Path Prefix')).toHaveAccessibleDescription(
      /A hierarchy starts with a slash: \/app\./,
    );
    expect(parameterStore.requests).toEqual([]);
    await tab.field('Path Prefix').fill('/app');
    await expectGreen(tab);
  });

  test('is a KMS key that may not be used @whole', async ({ parameterStore, ui }) => {
    const key = parameterStore.guideAccessKey('/app');
    const own = parameterStore.kmsKey('alias/app');
    parameterStore.put('/app/production/API_KEY', 'sk-live-second', { keyId: 'alias/app' });
    const { connection: tab } = await ui.openSettings('Vault');
    await tab.fillParameterStore(formOf(parameterStore, key));
    await expectFault(tab, {
      step: 'Read parameters',
      says: 'The credentials may not use the KMS key of this parameter.',
      remedy: 'Allow kms:Decrypt to read and kms:Encrypt (Standard)',
    });
    const actions = ['kms:Decrypt', 'kms:Encrypt'];
    key.policy = [...key.policy, { effect: 'Allow', actions, resources: [own.arn] }];
    await expectGreen(tab);
  });

  test('is a policy without DescribeParameters @whole', async ({ app, parameterStore, ui }) => {
    const key = parameterStore.guideAccessKey('/app');
    key.policy = key.policy.filter(({ actions }) => !actions.includes('ssm:DescribeParameters'));
    const { connection: tab } = await ui.openSettings('Vault');
    await tab.fillParameterStore(formOf(parameterStore, key));
    await expectWarning(tab, {
      step: 'List parameters',
      says: 'do not permit ssm:DescribeParameters',
      cause: 'The policy lacks ssm:DescribeParameters',
      remedy: 'link environments to paths that you type',
    });
    const statement = await copiedStatement(app, tab);
    expect(statement.actions).toEqual(['ssm:DescribeParameters']);
    key.policy = [...key.policy, statement];
    await expectGreen(tab);
  });

  test('is a prefix that has no parameters @whole', async ({ parameterStore, ui }) => {
    const { connection: tab } = await ui.openSettings('Vault');
    const form = formOf(parameterStore, parameterStore.accessKey());
    await tab.fillParameterStore({ ...form, prefix: '/application' });
    await expectWarning(tab, {
      step: 'List parameters',
      says: 'There are no parameters below /application in us-east-1.',
      remedy: 'If yours are elsewhere, change Path Prefix or Region.',
      field: 'Path Prefix',
    });
    await tab.field('Path Prefix').fill('/app');
    await expectGreen(tab);
  });

  test('is a policy for reading only @whole', async ({ app, parameterStore, ui }) => {
    const key = parameterStore.accessKey({ allow: ['DescribeParameters', 'GetParameter'] });
    const { connection: tab } = await ui.openSettings('Vault');
    await tab.fillParameterStore(formOf(parameterStore, key));
    await expectWarning(tab, {
      step: 'Permissions',
      says: 'Not permitted: GetParametersByPath, DeleteParameters.',
      cause: 'The policy is for reading only',
      remedy: 'Otherwise add to it:',
    });
    key.policy = [...key.policy, await copiedStatement(app, tab)];
    await expectGreen(tab);
  });
});

const paths = ['production/', 'production'];

for (const path of paths) {
  const name = 'production';
  test.describe(`an environment at ${path}`, { tag: '@whole' }, () => {
    test('is edited beside a colleague', async ({ parameterStore, ui }) => {
      await editBesideAColleague(ui, guideStore(parameterStore), { name, path });
    });

    test('has a history, and is rolled back', async ({ parameterStore, ui }) => {
      await rollBack(ui, guideStore(parameterStore), { name, path });
    });

    test('moves from Vault and back', async ({ parameterStore, vault, ui }) => {
      await migrateFromVaultAndBack(ui, vault, guideStore(parameterStore), path);
    });
  });
}

test('a folder is linked by the choice beside its path @whole', async ({ parameterStore, ui }) => {
  await linkAsFolder(ui, guideStore(parameterStore), 'parameter');
});

test('what was deleted there is gone for good, and is written again @whole', async ({
  parameterStore,
  ui,
}) => {
  const store = guideStore(parameterStore);
  store.put('production', { API_KEY: 'sk-live-first' });
  await pullAndOpen(ui, store, 'production');
  const { editor, merge } = ui.environment;
  await editor.setValue('API_KEY', 'sk-live-second');
  parameterStore.remove('/app/production');
  await editor.pressSave();
  await expect(merge.gone.region).toBeVisible();
  await expect(merge.gone.undeleteButton).toHaveCount(0);
  await merge.gone.recreateButton.click();
  await expect(ui.page.getByRole('main').getByRole('alert')).toContainText(
    'keeps the name of a deleted parameter',
  );
  parameterStore.clock.advance(30_000);
  await merge.gone.recreateButton.click();
  await expect(merge.gone.region).toHaveCount(0);
  await expect(editor.saveButton).toHaveCount(0);
  expect(store.read('production')).toEqual({ API_KEY: 'sk-live-second' });
});

test('a value too large for the Standard tier is refused, until the tier is changed @whole', async ({
  parameterStore,
  ui,
}) => {
  const store = guideStore(parameterStore);
  store.put('production/', { API_KEY: 'sk-live-first' });
  await pullAndOpen(ui, store, 'production');
  const { editor } = ui.environment;
  const large = 'x'.repeat(5000);
  await editor.setValue('API_KEY', large);
  await editor.pressSave();
  await expect(ui.page.getByRole('main')).toContainText(
    '904 more than the 4,096 that a Standard parameter holds',
  );
  expect(store.read('production/')).toEqual({ API_KEY: 'sk-live-first' });
  await ui.page.getByRole('link', { name: 'Open Settings → Vault' }).click();
  const tab = ui.settings.connection;
  await expect(tab.target('Tier')).toBeFocused();
  await tab.choice('Tier').getByRole('radio', { name: 'Intelligent' }).check();
  await tab.save();
  await ui.openEnvironment('production');
  // Other settings may lead to another store: what was read through the old ones is pulled again.
  await ui.environment.pullButton.click();
  await ui.question.answer('Pull and keep');
  await editor.save();
  expect(store.read('production/')).toEqual({ API_KEY: large });
  expect(parameterStore.parameter('/app/production/API_KEY')?.tier).toBe('Advanced');
});
