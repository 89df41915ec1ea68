/** The main job with AWS Secrets Manager: every way to authenticate, every kind of secret. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SecretsManager } from '@aws-sdk/client-secrets-manager';
import { WHOLE_SECRET_KEY } from '@shared/model/variable';
import { guidePermissions } from '@test/servers/secrets-manager/server';
import { expect, test } from './support';

// What the SDK has to say of Node's age belongs in no report of these tests.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';

const region = 'us-east-1';

// As text: JavaScript could not write the digits of these numbers.
const production = `{
  "API_KEY": "sk-live-4f9a1c",
  "ORDER_ID": 9007199254740993,
  "RATE": 1.50,
  "DEBUG": false,
  "LIMITS": { "bytes": 12345678901234567890 }
}`;

test('the main job with an access key of the guide', async ({ aws, ui }) => {
  const { accessKeyId, secretAccessKey } = aws.guideAccessKey({
    statements: [
      { effect: 'Deny', actions: ['GetSecretValue'], resources: ['*:secret:payroll-*'] },
    ],
  });
  aws.put('production', production);
  aws.put('team/motd', 'Good morning\nto all');
  aws.put('team/hosts', '["db-1", "db-2"]');
  aws.put('keystore', Buffer.alloc(2048, 0xfe));
  aws.put('payroll', '{"IBAN": "DE00"}');
  aws.put('retired', '{"A": "1"}');
  aws.scheduleDeletion('retired');
  const { connection: tab } = await ui.openSettings('Vault');
  await tab.fillAccessKeys({ endpoint: aws.endpoint, region, accessKeyId, secretAccessKey });

  await tab.test();
  await expect(tab.testOutcome).toContainText('passed');
  await expect(tab.testStep('Region and endpoint')).toContainText(`region ${region}`);
  await expect(tab.testStep('Credentials')).toContainText(`Access Keys, AKIA…`);
  await expect(tab.testStep('List secrets')).toContainText('6 found, 1 scheduled for deletion');
  await expect(tab.testStep('Identity')).toContainText('Account 123456789012, user/guide');
  await expect(tab.testStep('Read secrets')).toContainText(
    'The credentials may not read payroll, tried with all 5.',
  );
  await expect(tab.testStep('Permissions')).toContainText(
    'Permitted: ListSecrets, PutSecretValue, DeleteSecret',
  );
  aws.clearLog();

  await tab.saveForThisSession();
  await expect(tab.saved('Access Key ID')).toContainText('Saved for this session');
  await expect(tab.saved('Secret Access Key')).toContainText('Saved for this session');
  await tab.pullAllButton.click();
  await expect(tab.pullOutcome).toContainText('3 secrets pulled');
  await expect(tab.pulled('Created')).toContainText('3');
  await expect(tab.pulled('Skipped')).toContainText('2');
  await expect(tab.skipped(/binary \(2 KB\)/)).toContainText('keystore');
  await expect(tab.skipped(/do not permit/)).toContainText('payroll');
  await tab.pulled('Deleted, and used by no environment').click();
  await expect(tab.skipped('Deleted, and used by no environment')).toContainText('retired');
  const asked = new Set(aws.requests.map(({ operation }) => operation));
  expect([...asked].toSorted()).toEqual(['BatchGetSecretValue', 'GetSecretValue', 'ListSecrets']);

  const { environment } = ui;
  await ui.openEnvironment('production');
  await expect(environment.value('ORDER_ID')).toContainText('9007199254740993');
  await expect(environment.kind('ORDER_ID')).toContainText('number');
  await expect(environment.value('RATE')).toContainText('1.50');
  await expect(environment.value('DEBUG')).toContainText('false');
  await expect(environment.value('LIMITS')).toContainText('1 entry');
  await environment.revealButton('LIMITS').click();
  await expect(environment.value('LIMITS')).toContainText('12345678901234567890');
  await expect(environment.value('API_KEY')).not.toContainText('sk-live-4f9a1c');
  await environment.revealButton('API_KEY').click();
  await expect(environment.value('API_KEY')).toContainText('sk-live-4f9a1c');

  await ui.openEnvironment('team/motd');
  await expect(environment.note).toContainText('shown as one text value');
  await expect(environment.value(WHOLE_SECRET_KEY)).toContainText('2 lines');
  await environment.revealButton(WHOLE_SECRET_KEY).click();
  await expect(environment.value(WHOLE_SECRET_KEY)).toContainText('Good morning\nto all');

  await ui.openEnvironment('team/hosts');
  await environment.revealButton(WHOLE_SECRET_KEY).click();
  await expect(environment.value(WHOLE_SECRET_KEY)).toContainText('["db-1", "db-2"]');

  await ui.openEnvironment('keystore');
  await expect(environment.note).toContainText('locked');
  await expect(environment.value(WHOLE_SECRET_KEY)).toContainText('binary, 2 KB, locked');
  await expect(environment.kind(WHOLE_SECRET_KEY)).toContainText('binary');
  await expect(environment.revealButton(WHOLE_SECRET_KEY)).toHaveCount(0);
  await expect(environment.copyButton(WHOLE_SECRET_KEY)).toHaveCount(0);
});

test('AWS is asked nothing before a test or a save @whole', async ({ aws, ui }) => {
  const { accessKeyId, secretAccessKey } = aws.guideAccessKey();
  const { connection: tab } = await ui.openSettings('Vault');
  await tab.chooseProvider('AWS Secrets Manager');
  await tab.field('Endpoint Override').fill(aws.endpoint);
  await tab.test();
  await expect(tab.field('Region')).toHaveAccessibleDescription(/Enter the region/);
  await expect(tab.field('Region')).toBeFocused();
  await expect(tab.choice('Authentication')).toHaveAccessibleDescription(
    'Choose how to authenticate. No call is made to AWS before that.',
  );
  await tab.field('Region').fill('Ireland');
  await expect(tab.field('Region')).toHaveAccessibleDescription(/written like us-east-1/);
  await tab.field('Region').fill(region);
  await expect(tab.field('Region')).not.toHaveAccessibleDescription(/written like/);
  await tab.authenticateBy('Access Keys');
  await tab.test();
  for (const label of ['Access Key ID', 'Secret Access Key']) {
    await expect(tab.field(label)).toHaveAccessibleDescription(`Enter the ${label}.`);
  }
  await tab.authenticateBy('Profile');
  await tab.test();
  await expect(tab.field('Profile')).toHaveAccessibleDescription(/name of the profile/);
  await tab.authenticateBy('Default Chain');
  await ui.openSettings('Activity');
  await ui.openSettings('Vault');
  await tab.fillAccessKeys({ endpoint: aws.endpoint, region, accessKeyId, secretAccessKey });
  expect(aws.requests).toEqual([]);
  expect(aws.connections.total).toBe(0);

  await tab.test();
  await expect(tab.testOutcome).toContainText('passed');
  expect(aws.requests).not.toEqual([]);
});

test('wrong keys and a wrong region, in the test and in Pull All @whole', async ({ aws, ui }) => {
  const { accessKeyId, secretAccessKey } = aws.guideAccessKey();
  aws.put('production', production);
  const { connection: tab } = await ui.openSettings('Vault');
  const right = { endpoint: aws.endpoint, region, accessKeyId, secretAccessKey };
  const slips = [
    {
      form: { secretAccessKey: 'mistyped' },
      step: 'Identity',
      says: 'AWS refused the signature. Likely cause: The Secret Access Key was mistyped',
    },
    {
      form: { accessKeyId: 'AKIAMISTYPED00000000' },
      step: 'Identity',
      says: 'AWS does not know this Access Key ID.',
    },
    {
      form: { region: 'eu-west-1' },
      step: 'List secrets',
      says: 'does not serve the region eu-west-1. Change Region',
    },
  ];
  for (const { form, step, says } of slips) {
    await tab.fillAccessKeys({ ...right, ...form });
    await tab.test();
    await expect(tab.testStep(step)).toContainText(says, { useInnerText: true });
    await expect(tab.testStep('Read secrets')).toContainText('not reached');
  }
  await tab.saveForThisSession();
  await tab.pullAllButton.click();
  await expect(tab.pullFailure).toContainText('does not serve the region eu-west-1.');
  await expect(ui.environments).toContainText('None yet.');

  await tab.field('Region').fill(region);
  await tab.save();
  await tab.pullAllButton.click();
  await expect(tab.pullOutcome).toContainText('1 secret pulled');
});

test('temporary keys, and a role with an external ID @whole', async ({ aws, ui }) => {
  aws.put('production', production);
  const key = aws.accessKey({ name: 'alice', sessionToken: true, allow: ['sts:AssumeRole'] });
  const role = aws.role({ name: 'reader', externalId: 'ours', allow: guidePermissions });
  const { accessKeyId, secretAccessKey, sessionToken = '' } = key;
  const { connection: tab } = await ui.openSettings('Vault');
  await tab.fillAccessKeys({ endpoint: aws.endpoint, region, accessKeyId, secretAccessKey });
  await tab.test();
  await expect(tab.field('Session Token')).toHaveAccessibleDescription(/starts with ASIA/);
  await expect(tab.field('Session Token')).toBeFocused();
  expect(aws.requests).toEqual([]);

  await tab.field('Session Token').fill(sessionToken);
  await tab.openMore();
  await tab.field('Role ARN').fill('reader');
  await tab.field('External ID').fill('theirs');
  await expect(tab.field('Role ARN')).toHaveAccessibleDescription(/written like arn:aws:iam/);
  await tab.field('Role ARN').fill(role.arn);
  await tab.test();
  await expect(tab.testOutcome).toContainText('failed at Role');
  await expect(tab.testStep('Role')).toContainText('Compare External ID and Role ARN');
  await tab.field('External ID').fill('ours');
  await tab.test();
  await expect(tab.testOutcome).toContainText('passed,');
  await expect(tab.testStep('Credentials')).toContainText('Access Keys, ASIA…');
  await expect(tab.testStep('Role')).toContainText('Role reader, ASIA…');
  await expect(tab.testStep('Identity')).toContainText('assumed-role/reader/strongroom');

  await tab.saveForThisSession();
  await expect(tab.saved('Session Token')).toContainText('Saved for this session');
  await tab.pullAllButton.click();
  await expect(tab.pullOutcome).toContainText('1 secret pulled');
  await ui.openEnvironment('production');
  await ui.environment.revealButton('API_KEY').click();
  await expect(ui.environment.value('API_KEY')).toContainText('sk-live-4f9a1c');
});

test.describe('with a profile of the AWS CLI', () => {
  const session = {
    accessKeyId: 'ASIAPROFILEOFTHETEAM',
    secretAccessKey: 'the/secret+key+of+the+profile+of+the+team',
  };
  // The token is known only once the server has made the key, and the app reads the file when it needs it.
  const files = test.extend<{
    awsFiles: { readonly config: string; readonly credentials: string };
  }>({
    awsFiles: async ({}, use) => {
      const directory = await mkdtemp(join(tmpdir(), 'strongroom-aws-'));
      await use({
        config: join(directory, 'config'),
        credentials: join(directory, 'credentials'),
      });
      await rm(directory, { recursive: true, force: true });
    },
    appEnv: async ({ awsFiles }, use) => {
      await use({
        AWS_CONFIG_FILE: awsFiles.config,
        AWS_SHARED_CREDENTIALS_FILE: awsFiles.credentials,
      });
    },
  });

  files(
    'a profile with a session token, and one that is not there @whole',
    async ({ aws, awsFiles, ui }) => {
      const key = aws.accessKey({ allow: guidePermissions, sessionToken: true, ...session });
      await writeFile(awsFiles.config, `[profile team]\nregion = ${region}\n`);
      await writeFile(
        awsFiles.credentials,
        [
          '[team]',
          `aws_access_key_id = ${key.accessKeyId}`,
          `aws_secret_access_key = ${key.secretAccessKey}`,
          `aws_session_token = ${key.sessionToken ?? ''}`,
        ].join('\n'),
      );
      aws.put('production', production);
      const { connection: tab } = await ui.openSettings('Vault');
      await tab.fillAws({ endpoint: aws.endpoint, region });
      await tab.authenticateBy('Profile');
      await tab.field('Profile').fill('taem');
      await tab.test();
      await expect(tab.testStep('Credentials')).toContainText('taem');
      await expect(tab.testStep('Credentials')).toContainText('Did you mean “team”?');
      expect(aws.requests).toEqual([]);

      await tab.useSuggestion('team');
      await tab.test();
      await expect(tab.testOutcome).toContainText('passed');
      await expect(tab.testStep('Credentials')).toContainText('Profile team');
      await tab.save();
      await tab.pullAllButton.click();
      await expect(tab.pullOutcome).toContainText('1 secret pulled');
      await ui.openEnvironment('production');
      await ui.environment.revealButton('API_KEY').click();
      await expect(ui.environment.value('API_KEY')).toContainText('sk-live-4f9a1c');
    },
  );
});

test.describe('with credentials in the environment', () => {
  const chainKey = {
    accessKeyId: 'AKIADEFAULTCHAINUSER',
    secretAccessKey: 'the/secret+key+of+the+default+chain',
  };
  test.use({
    appEnv: {
      AWS_ACCESS_KEY_ID: chainKey.accessKeyId,
      AWS_SECRET_ACCESS_KEY: chainKey.secretAccessKey,
    },
  });

  test('the default chain @whole', async ({ aws, ui }) => {
    aws.guideAccessKey(chainKey);
    aws.put('production', production);
    const { connection: tab } = await ui.openSettings('Vault');
    await tab.fillAws({ endpoint: aws.endpoint, region });
    await tab.authenticateBy('Default Chain');
    await tab.test();
    await expect(tab.testOutcome).toContainText('passed');
    await expect(tab.testStep('Credentials')).toContainText('environment variables');
    await tab.save();
    await tab.pullAllButton.click();
    await expect(tab.pullOutcome).toContainText('1 secret pulled');
  });
});

test('the main job with a real server @whole', async ({ realAws, ui }) => {
  const { endpoint, region: realRegion, accessKeyId, secretAccessKey } = realAws;
  const name = `journey-${Date.now().toString(36)}/production`;
  const client = new SecretsManager({
    endpoint,
    region: realRegion,
    credentials: { accessKeyId, secretAccessKey },
  });
  await client.createSecret({ Name: name, SecretString: production });
  const { connection: tab } = await ui.openSettings('Vault');
  await tab.fillAccessKeys({ endpoint, region: realRegion, accessKeyId, secretAccessKey });
  await tab.test();
  await expect(tab.testOutcome).toContainText('passed');
  await tab.saveForThisSession();
  await tab.pullAllButton.click();
  await expect(tab.pulled('Created')).toBeVisible();
  await ui.openEnvironment(name);
  await expect(ui.environment.value('ORDER_ID')).toContainText('9007199254740993');
  await ui.environment.revealButton('API_KEY').click();
  await expect(ui.environment.value('API_KEY')).toContainText('sk-live-4f9a1c');
  await client.deleteSecret({ SecretId: name, ForceDeleteWithoutRecovery: true });
  client.destroy();
});
