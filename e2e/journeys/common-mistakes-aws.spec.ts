/**
 * The commonest mistakes with AWS Secrets Manager, each made as a person would: the panel names the fault,
 * its remedy is applied as it says, and the report is green.
 */
import { guidePermissions } from '@test/servers/secrets-manager/permissions';
import { copiedStatement, expectFault, expectGreen } from './common-mistakes';
import { expect, test } from './support';

const region = 'us-east-1';

// Without any secret there is a warning.
test.beforeEach(({ aws }) => {
  aws.put('production', '{"API_KEY": "sk-live"}');
});

test('a region that the endpoint does not serve', async ({ ui, aws }) => {
  const { connection: tab } = await ui.openSettings('Vault');
  const key = aws.guideAccessKey();
  await tab.fillAccessKeys({ endpoint: aws.endpoint, region: 'eu-west-1', ...key });
  await expectFault(tab, {
    step: 'List secrets',
    says: '127.0.0.1 does not serve the region eu-west-1.',
    remedy: 'Change Region or Endpoint Override so that they belong together.',
    field: 'Region',
  });
  await tab.field('Region').fill(region);
  await expectGreen(tab);
});

test('a Secret Access Key that was not copied whole @whole', async ({ app, ui, aws }) => {
  const { connection: tab } = await ui.openSettings('Vault');
  const { accessKeyId, secretAccessKey } = aws.guideAccessKey();
  const form = { endpoint: aws.endpoint, region, accessKeyId };
  await tab.fillAccessKeys({ ...form, secretAccessKey: secretAccessKey.slice(0, -1) });
  await expectFault(tab, {
    step: 'Identity',
    says: 'AWS refused the signature.',
    cause: 'The Secret Access Key was mistyped or not copied whole.',
    remedy: 'Enter the Secret Access Key again.',
    field: 'Secret Access Key',
  });
  await tab.copyReport();
  const report = await app.readClipboard();
  expect(report).toContain('SIGNATURE_REFUSED');
  for (const credential of [accessKeyId, secretAccessKey.slice(0, -1)]) {
    expect(report).not.toContain(credential);
  }
  await tab.field('Secret Access Key').fill(secretAccessKey);
  await expectGreen(tab);
});

test('temporary keys without their session token @whole', async ({ ui, aws }) => {
  const { connection: tab } = await ui.openSettings('Vault');
  const { sessionToken = '', ...key } = aws.guideAccessKey({ sessionToken: true });
  await tab.fillAccessKeys({ endpoint: aws.endpoint, region, ...key });
  await tab.testButton.click();
  await expect(tab.field('Session Token')).toBeFocused();
  await expect(tab.field('Session Token')).toHaveAccessibleDescription(/starts with ASIA/);
  expect(aws.requests).toEqual([]);
  await tab.field('Session Token').fill(sessionToken);
  await expectGreen(tab);
});

for (const { permission, step, says, cause } of [
  {
    permission: 'secretsmanager:ListSecrets',
    step: 'List secrets',
    says: 'The credentials are valid but do not permit secretsmanager:ListSecrets.',
    cause: 'None of their policies allows it, or only for certain secrets',
  },
  {
    permission: 'secretsmanager:GetSecretValue',
    step: 'Read secrets',
    says: 'The credentials may not read production, tried with the only one.',
    cause: 'The policy lacks secretsmanager:GetSecretValue, or is limited to other names.',
  },
]) {
  test(`a policy without ${permission} @whole`, async ({ app, ui, aws }) => {
    const { connection: tab } = await ui.openSettings('Vault');
    const granted = guidePermissions.filter((one) => one !== permission);
    const key = aws.accessKey({ allow: granted });
    await tab.fillAccessKeys({ endpoint: aws.endpoint, region, ...key });
    await expectFault(tab, { step, says, cause, remedy: /add this statement to the policy/ });
    const added = await copiedStatement(app, tab);
    expect(added.actions).toEqual([permission]);
    aws.changePolicy(key.accessKeyId, { allow: granted, statements: [added] });
    await expectGreen(tab);
  });
}

test('an Endpoint Override that was left over @whole', async ({ ui, aws }) => {
  const { connection: tab } = await ui.openSettings('Vault');
  const endpoint = 'http://127.0.0.1:1';
  await tab.fillAccessKeys({ endpoint, region, ...aws.guideAccessKey() });
  await expectFault(tab, {
    step: 'Port',
    says: 'Nothing is listening at this address.',
    cause: 'Endpoint Override is left over from a test server',
    remedy: 'These calls go to Endpoint Override and not to AWS. Empty it for AWS itself.',
    field: 'Endpoint Override',
  });
  await tab.emptyField('Endpoint Override');
  // The test is not run: it would leave this computer.
  await expect(tab.field('Endpoint Override')).toHaveValue('');
});
