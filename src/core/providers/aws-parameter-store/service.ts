import type { SSM } from '@aws-sdk/client-ssm';
import type { AwsService } from '../aws/service';
import { parameterStoreErrors } from './errors';

export const parameterStore: AwsService<SSM> = {
  name: 'ssm',
  label: 'Parameter Store',
  item: 'parameter',
  encryptActions: 'kms:Encrypt (Standard) or kms:GenerateDataKey (Advanced)',
  sdkId: 'SSM',
  errors: parameterStoreErrors,
  loadClient: async () => (await import('@aws-sdk/client-ssm')).SSM,
};
