import { z } from 'zod';
import { awsShape, checkAws } from './aws';
import type { ProviderDescriptor } from './descriptor';
import { awsSecretsManagerFacts } from './facts/aws-secrets-manager';

export const awsSecretsManagerSchema = z.object(awsShape).superRefine(checkAws);

export type AwsSecretsManagerValues = z.infer<typeof awsSecretsManagerSchema>;

export const awsSecretsManagerDescriptor: ProviderDescriptor = {
  ...awsSecretsManagerFacts,
  schema: awsSecretsManagerSchema,
};
