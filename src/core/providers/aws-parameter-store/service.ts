import type { SSM } from '@aws-sdk/client-ssm';
import type { AwsService } from '../aws/service';
import { parameterStoreErrors } from './errors';

export const parameterStore: AwsService<SSM> = {
  name: 'ssm',
  label: 'Parameter Store',
  item: 'parameter',
  encryptActions: 'kms:Encrypt (Standard) or kms:GenerateDataKey (Advanced)',
  // See https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html
  callsWithoutResource: new Set(['DescribeParameters']),
  resourceOf: (path) => `parameter/${path.replace(/^\/+/, '')}`,
  sdkId: 'SSM',
  errors: parameterStoreErrors,
  loadClient: async () => (await import('@aws-sdk/client-ssm')).SSM,
};
