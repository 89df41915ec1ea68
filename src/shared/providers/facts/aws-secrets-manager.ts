import type { ProviderFacts } from '../descriptor';
import { awsCredentialIssues, awsDefaults, awsFields } from './aws';

export const awsSecretsManagerFacts: ProviderFacts = {
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
  addressField: 'endpoint',
  checkCredentials: awsCredentialIssues,
  fields: awsFields('The region of your secrets. The AWS Console shows it at the top right.'),
};
