import { z } from 'zod';
import type { ProviderDescriptor } from './descriptor';
import { checkNetwork, networkDefaults, networkFields, networkShape } from './network';

const endpointSchema = z
  .string()
  .trim()
  .superRefine((text, context) => {
    if (text === '') return;
    const refuse = (message: string): void => {
      context.addIssue({ code: 'custom', message });
    };
    if (!/^https?:\/\//i.test(text)) return refuse('Start with https:// or http://.');
    if (!URL.canParse(text)) {
      return refuse('This is not a valid address. It looks like http://localhost:4566.');
    }
    const url = new URL(text);
    if (url.username !== '' || url.password !== '') {
      return refuse('Leave user and password out of the address.');
    }
    if (url.search !== '' || url.hash !== '')
      return refuse('Remove everything after the host and port.');
  });

const regionSchema = z
  .string()
  .trim()
  .superRefine((text, context) => {
    if (text === '') {
      context.addIssue({ code: 'custom', message: 'Enter the region, such as eu-west-1.' });
    } else if (!/^[a-z0-9]+(-[a-z0-9]+)+$/.test(text)) {
      context.addIssue({
        code: 'custom',
        message: 'A region is written like us-east-1: small letters, digits and hyphens.',
      });
    }
  });

export const awsSecretsManagerSchema = z
  .object({
    endpoint: endpointSchema,
    region: regionSchema,
    authentication: z.enum(['access-keys', 'profile', 'default-chain'], {
      error: 'Choose how to authenticate. No call is made to AWS before that.',
    }),
    profile: z.string().trim(),
    autoSync: z.boolean(),
    ...networkShape,
  })
  .superRefine((values, context) => {
    checkNetwork(values, context);
    if (values.authentication === 'profile' && values.profile === '') {
      context.addIssue({
        code: 'custom',
        path: ['profile'],
        message: 'Enter the name of the profile.',
      });
    }
  });

export type AwsSecretsManagerValues = z.infer<typeof awsSecretsManagerSchema>;

export const awsSecretsManagerDescriptor: ProviderDescriptor = {
  id: 'aws-secrets-manager',
  label: 'AWS Secrets Manager',
  summary: 'Each environment is one secret: a JSON object of keys and values.',
  defaults: {
    endpoint: '',
    region: '',
    authentication: '',
    profile: '',
    autoSync: false,
    ...networkDefaults,
  },
  schema: awsSecretsManagerSchema,
  fields: [
    {
      kind: 'text',
      name: 'endpoint',
      label: 'Endpoint Override',
      optional: true,
      placeholder: 'http://localhost:4566',
      help: 'For AWS-compatible services such as LocalStack. Leave empty for AWS itself.',
    },
    {
      kind: 'text',
      name: 'region',
      label: 'Region',
      placeholder: 'us-east-1',
      help: 'Where your secrets are. The AWS Console shows it at the top right of Secrets Manager.',
    },
    {
      kind: 'choice',
      name: 'authentication',
      label: 'Authentication',
      options: [
        { value: 'access-keys', label: 'Access Keys' },
        { value: 'profile', label: 'Profile' },
        { value: 'default-chain', label: 'Default Chain' },
      ],
      help: 'No call is made to AWS before you choose, and test or save.',
    },
    {
      kind: 'credential',
      name: 'accessKeyId',
      label: 'Access Key ID',
      placeholder: 'AKIA…',
      help: 'Of an IAM user. Starts with AKIA.',
      when: { field: 'authentication', is: 'access-keys' },
    },
    {
      kind: 'credential',
      name: 'secretAccessKey',
      label: 'Secret Access Key',
      when: { field: 'authentication', is: 'access-keys' },
    },
    {
      kind: 'text',
      name: 'profile',
      label: 'Profile',
      placeholder: 'default',
      help: 'A named profile of the AWS CLI on this computer, from ~/.aws/config or ~/.aws/credentials.',
      when: { field: 'authentication', is: 'profile' },
    },
    {
      kind: 'switch',
      name: 'autoSync',
      label: 'Auto Sync',
      help: 'Pull from AWS when Strongroom starts.',
    },
    ...networkFields,
  ],
};
