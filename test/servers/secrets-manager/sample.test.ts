import { ListSecretsCommand } from '@aws-sdk/client-secrets-manager';
import { expect, test } from 'vitest';
import { seedSampleSecrets } from './sample';
import { connect, get, server, startServerForEachTest } from './testing';

startServerForEachTest();

test('sample data is there to be looked at', async () => {
  const sample = seedSampleSecrets(server);
  const client = connect({
    accessKeyId: sample.accessKeyId,
    secretAccessKey: sample.secretAccessKey,
  });
  const { SecretList = [] } = await client.send(new ListSecretsCommand({}));
  const outcomes: Record<string, string> = {};
  for (const { Name = '' } of SecretList) {
    const [outcome] = await Promise.allSettled([client.send(get(Name))]);
    outcomes[Name] =
      outcome.status === 'rejected'
        ? (outcome.reason as Error).name
        : outcome.value.SecretBinary === undefined
          ? 'text'
          : 'binary';
  }
  expect(outcomes).toEqual({
    production: 'text',
    staging: 'text',
    qa: 'text',
    'billing/eu': 'text',
    'billing/us': 'text',
    'legacy/licence-key': 'text',
    'shop/allowed-origins': 'text',
    'shop/keystore.p12': 'binary',
    'payroll/production': 'AccessDeniedException',
  });
  for (const name of ['production', 'staging', 'qa', 'billing/eu', 'billing/us']) {
    const variables = Object.keys(
      JSON.parse(String(server.secret(name)?.current?.value)) as Record<string, unknown>,
    );
    expect(variables.length).toBeGreaterThanOrEqual(10);
    expect(variables.length).toBeLessThanOrEqual(25);
  }
  expect(server.secret('old-demo')?.deletionDate).toBeInstanceOf(Date);
});
