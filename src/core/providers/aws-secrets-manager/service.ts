import type { SecretsManager } from '@aws-sdk/client-secrets-manager';
import type { AwsService } from '../aws/service';
import { secretsManagerErrors } from './errors';

export const secretsManager: AwsService<SecretsManager> = {
  name: 'secretsmanager',
  sdkId: 'Secrets Manager',
  label: 'Secrets Manager',
  item: 'secret',
  encryptActions: 'kms:GenerateDataKey',
  errors: secretsManagerErrors,
  loadClient: async () => (await import('@aws-sdk/client-secrets-manager')).SecretsManager,
};
