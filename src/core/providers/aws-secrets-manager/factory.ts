import type { AwsSecretsManagerValues } from '@shared/providers/aws-secrets-manager';
import { awsExtras } from '../aws/extras';
import type { ProviderFactory } from '../provider';
import type { AwsOptions } from '../aws/options';
import { AwsSecretsManagerProvider } from './provider';

/** Credentials are `accessKeyId` and `secretAccessKey`; neither profile nor default chain needs them. */
export const createAwsSecretsManagerFactory = (
  options: AwsOptions = {},
): ProviderFactory<AwsSecretsManagerValues> => ({
  id: 'aws-secrets-manager',
  create: (settings) => new AwsSecretsManagerProvider(settings, options),
  ...awsExtras(options),
});
