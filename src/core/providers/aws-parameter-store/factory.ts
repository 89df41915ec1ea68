import type { AwsParameterStoreValues } from '@shared/providers/aws-parameter-store';
import { awsExtras } from '../aws/extras';
import type { ProviderFactory } from '../provider';
import type { AwsOptions } from '../aws/options';
import { AwsParameterStoreProvider } from './provider';

/** Credentials are `accessKeyId` and `secretAccessKey`; neither profile nor default chain needs them. */
export const createAwsParameterStoreFactory = (
  options: AwsOptions = {},
): ProviderFactory<AwsParameterStoreValues> => ({
  id: 'aws-parameter-store',
  create: (settings) => new AwsParameterStoreProvider(settings, options),
  ...awsExtras(options),
});
