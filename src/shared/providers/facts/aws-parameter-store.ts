import { platformLimits } from '../../model/platform-limits';
import type { ProviderFacts } from '../descriptor';
import { awsCredentialIssues, awsDefaults, awsFields } from './aws';

const [endpoint, region, ...others] = awsFields(
  'Where your parameters are. The AWS Console shows it at the top right of Systems Manager.',
);

export const awsParameterStoreFacts: ProviderFacts = {
  id: 'aws-parameter-store',
  label: 'AWS Parameter Store',
  group: 'cloud',
  icon: 'folders',
  summary: 'Each environment is a folder of parameters, or one parameter.',
  traits: {
    place: 'server',
    item: 'parameter',
    layouts: ['entries', 'object'],
    limits: platformLimits,
    numbers: 'exact',
    ownership: 'store',
    staleWrites: 'detected',
    recovery: { gone: 'Parameter Store deletes permanently, including the history.' },
  },
  defaults: { ...awsDefaults, prefix: '', kmsKey: '', tier: 'standard' },
  addressField: 'endpoint',
  checkCredentials: awsCredentialIssues,
  fields: [
    ...(endpoint === undefined || region === undefined ? [] : [endpoint, region]),
    {
      kind: 'text',
      name: 'prefix',
      label: 'Path Prefix',
      optional: true,
      placeholder: '/strongroom',
      help: 'The hierarchy that your environments are in. Leave empty for all parameters of the region.',
    },
    ...others,
    {
      kind: 'text',
      name: 'kmsKey',
      label: 'KMS Key',
      optional: true,
      more: true,
      placeholder: 'alias/aws/ssm',
      help: 'Encrypts new parameters. Leave empty for the key that AWS manages for your account.',
    },
    {
      kind: 'choice',
      name: 'tier',
      label: 'Tier',
      more: true,
      options: [
        { value: 'standard', label: 'Standard' },
        { value: 'advanced', label: 'Advanced' },
        { value: 'intelligent', label: 'Intelligent' },
      ],
      help: 'Of new parameters. Standard holds 4 KB and is free; Advanced holds 8 KB, is charged, and stays so.',
    },
  ],
};
