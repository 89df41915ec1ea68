/** The service's own limits of requests per second. */
import type { RateLimit } from '../aws/rates';

/** Source: Secrets Manager quotas, “API request rates”. */
export const awsRates: readonly RateLimit[] = [
  { operations: ['GetSecretValue', 'DescribeSecret'], perSecond: 10_000 },
  { operations: ['BatchGetSecretValue'], perSecond: 100 },
  { operations: ['ListSecrets'], perSecond: 100 },
  {
    operations: ['PutSecretValue', 'UpdateSecret', 'UpdateSecretVersionStage'],
    perSecond: 50,
  },
  { operations: ['CreateSecret', 'DeleteSecret', 'RestoreSecret'], perSecond: 50 },
  { operations: ['ListSecretVersionIds'], perSecond: 50 },
  { operations: ['TagResource', 'UntagResource'], perSecond: 50 },
];
