import { z } from 'zod';
import { platformLimits } from '../model/platform-limits';
import { awsCredentialIssues, awsDefaults, awsFields, awsShape, checkAws } from './aws';
import type { ProviderDescriptor } from './descriptor';

/** Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-su-create.html */
const prefixSchema = z
  .string()
  .trim()
  .transform((text) => text.replace(/\/+$/, ''))
  .superRefine((text, context) => {
    if (text === '') return;
    const refuse = (message: string): void => {
      context.addIssue({ code: 'custom', message });
    };
    if (!text.startsWith('/')) return refuse(`A hierarchy starts with a slash: /${text}.`);
    if (text.includes('//')) return refuse('Remove the empty level between two slashes.');
    if (/[^A-Za-z0-9_.\-/]/.test(text)) {
      return refuse('AWS allows the letters a–z and A–Z, digits, and / _ . -');
    }
    if (/^\/(aws|ssm)/i.test(text)) {
      return refuse('AWS keeps names that start with /aws or /ssm for itself.');
    }
  });

/** An id, an ARN, an alias, or empty for the key that AWS manages (`alias/aws/ssm`). */
const kmsKeySchema = z
  .string()
  .trim()
  .refine((text) => text === '' || /^(alias\/|arn:aws|mrk-|[0-9a-f]{8}-)[\w:/-]*$/i.test(text), {
    message: 'Enter the id or ARN of a key, or an alias such as alias/app.',
  });

export const awsParameterStoreSchema = z
  .object({
    ...awsShape,
    prefix: prefixSchema,
    kmsKey: kmsKeySchema,
    tier: z.enum(['standard', 'advanced', 'intelligent']),
  })
  .superRefine(checkAws);

export type AwsParameterStoreValues = z.infer<typeof awsParameterStoreSchema>;

const [endpoint, region, ...others] = awsFields(
  'Where your parameters are. The AWS Console shows it at the top right of Systems Manager.',
);

export const awsParameterStoreDescriptor: ProviderDescriptor = {
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
  schema: awsParameterStoreSchema,
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
