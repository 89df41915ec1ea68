import { z } from 'zod';
import { awsCredentialIssues, awsDefaults, awsFields, awsShape, checkAws } from './aws';
import type { ProviderDescriptor } from './descriptor';

export const awsSecretsManagerSchema = z.object(awsShape).superRefine(checkAws);

export type AwsSecretsManagerValues = z.infer<typeof awsSecretsManagerSchema>;

export const awsSecretsManagerDescriptor: ProviderDescriptor = {
  id: 'aws-secrets-manager',
  label: 'AWS Secrets Manager',
  group: 'cloud',
  icon: 'key',
  summary: 'Each environment is one secret: a JSON object of keys and values.',
  traits: {
    place: 'server',
    item: 'secret',
    layouts: ['object'],
    numbers: 'exact',
    ownership: 'store',
    staleWrites: 'caught',
    staleWritesExcept:
      'Without permission to move labels, the conflict is detected right after the save.',
    recovery: { kept: 'AWS schedules it for deletion, and it can be undeleted until that day.' },
  },
  defaults: awsDefaults,
  schema: awsSecretsManagerSchema,
  addressField: 'endpoint',
  checkCredentials: awsCredentialIssues,
  fields: awsFields('The region of your secrets. The AWS Console shows it at the top right.'),
};
