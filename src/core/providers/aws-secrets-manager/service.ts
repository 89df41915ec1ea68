import type { SecretsManager } from '@aws-sdk/client-secrets-manager';
import type { AwsService } from '../aws/service';
import { secretsManagerErrors } from './errors';

export const secretsManager: AwsService<SecretsManager> = {
  name: 'secretsmanager',
  sdkId: 'Secrets Manager',
  label: 'Secrets Manager',
  item: 'secret',
  encryptActions: 'kms:GenerateDataKey',
  // See https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html
  callsWithoutResource: new Set(['ListSecrets', 'BatchGetSecretValue']),
  // AWS adds six characters to the name.
  resourceOf: (path) => `secret:${path}-??????`,
  errors: secretsManagerErrors,
  loadClient: async () => (await import('@aws-sdk/client-secrets-manager')).SecretsManager,
};
