/**
 * The settings of all AWS providers: the address of the service and the credentials. A provider puts
 * `awsShape` into its schema and refines that with `checkAws`. `awsDefaults` and `awsFields` are among the `facts`.
 */
import { z } from 'zod';
import { checkNetwork, networkShape } from './network';

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
    if (/(^|\.)console\.(aws\.amazon\.com|amazonaws\.cn)$/i.test(url.hostname)) {
      return refuse('This is the AWS Console. Leave the field empty for AWS itself.');
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

/**
 * An IAM role's ARN: partition, account of twelve digits, path and name; see
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-arns.
 */
const roleArnSchema = z
  .string()
  .trim()
  .superRefine((text, context) => {
    if (text === '' || /^arn:aws[\w-]*:iam::\d{12}:role\/[\w+=,.@/-]{1,576}$/.test(text)) return;
    context.addIssue({
      code: 'custom',
      message: /^arn:[^:]*:sts:/.test(text)
        ? 'This is the ARN of a session. Enter the role’s own, which has “:iam::” and “:role/”.'
        : 'The ARN of a role is written like arn:aws:iam::123456789012:role/name.',
    });
  });

/** The partition of a region, by the beginning of its name, as the SDKs do it. */
const partitions: readonly (readonly [beginning: string, partition: string])[] = [
  ['cn-', 'aws-cn'],
  ['us-gov-', 'aws-us-gov'],
  ['us-iso-', 'aws-iso'],
  ['us-isob-', 'aws-iso-b'],
  ['eu-isoe-', 'aws-iso-e'],
  ['us-isof-', 'aws-iso-f'],
  ['eusc-', 'aws-eusc'],
  ['', 'aws'],
];

/** As in ARNs: `aws`, `aws-cn`. */
export const partitionOf = (region: string): string | undefined =>
  partitions.find(([beginning]) => region.startsWith(beginning))?.[1];

/** The format that STS accepts: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html. */
const externalIdSchema = z
  .string()
  .trim()
  .refine((text) => text === '' || /^[\w+=,.@:/-]{2,1224}$/.test(text), {
    message: 'An external ID has 2 to 1,224 characters: letters, digits and + = , . @ : / - _.',
  });

export const awsShape = {
  endpoint: endpointSchema,
  region: regionSchema,
  authentication: z.enum(['access-keys', 'profile', 'sso', 'default-chain'], {
    error: 'Choose how to authenticate. No call is made to AWS before that.',
  }),
  profile: z.string().trim(),
  // Settings that were stored before these fields existed do not have them.
  ssoStartUrl: z.string().trim().default(''),
  ssoRegion: z.string().trim().default(''),
  ssoAccount: z.string().trim().default(''),
  ssoRole: z.string().trim().default(''),
  // Settings that were stored before these fields existed do not have them.
  roleArn: roleArnSchema.default(''),
  externalId: externalIdSchema.default(''),
  autoSync: z.boolean(),
  ...networkShape,
};

const awsSchema = z.object(awsShape);

/** The matching credentials are `accessKeyId`, `secretAccessKey` and `sessionToken`. */
export type AwsValues = z.infer<typeof awsSchema>;

/** The formats of https://docs.aws.amazon.com/singlesignon/latest/PortalAPIReference/API_GetRoleCredentials.html. */
function checkSso(values: AwsValues, context: z.RefinementCtx): void {
  const refuse = (field: keyof AwsValues, message: string): void => {
    context.addIssue({ code: 'custom', path: [field], message });
  };
  const url = URL.canParse(values.ssoStartUrl) ? new URL(values.ssoStartUrl) : undefined;
  if (url?.protocol !== 'https:') {
    refuse('ssoStartUrl', 'A start URL is written like https://my-company.awsapps.com/start.');
  }
  if (!/^[a-z0-9]+(-[a-z0-9]+)+$/.test(values.ssoRegion)) {
    refuse('ssoRegion', 'A region is written like us-east-1: small letters, digits and hyphens.');
  }
  // Whether they are there is checked by the form: a sign-in does not need them.
  if (values.ssoAccount !== '' && !/^\d{12}$/.test(values.ssoAccount)) {
    refuse('ssoAccount', 'An account has twelve digits, without hyphens.');
  }
  if (values.ssoRole !== '' && !/^[\w+=,.@-]{1,64}$/.test(values.ssoRole)) {
    refuse('ssoRole', 'A role is named like AdministratorAccess, without its ARN.');
  }
}

/** The rules that concern several fields, which `awsShape` cannot express. */
export function checkAws(values: AwsValues, context: z.RefinementCtx): void {
  checkNetwork(values, context);
  if (values.authentication === 'profile' && values.profile === '') {
    context.addIssue({
      code: 'custom',
      path: ['profile'],
      message: 'Enter the name of the profile.',
    });
  }
  if (values.authentication === 'sso') checkSso(values, context);
  const rolePartition = values.roleArn.split(':')[1];
  // A compatible server may use any partition.
  if (
    values.endpoint === '' &&
    rolePartition !== undefined &&
    rolePartition !== partitionOf(values.region)
  ) {
    context.addIssue({
      code: 'custom',
      path: ['roleArn'],
      message: `This role is in “${rolePartition}”, and the region ${values.region} is in “${partitionOf(values.region) ?? ''}”. Roles work in their own partition only.`,
    });
  }
  if (values.externalId !== '' && values.roleArn === '') {
    context.addIssue({
      code: 'custom',
      path: ['externalId'],
      message: 'An external ID goes with a role: enter the Role ARN too, or empty this field.',
    });
  }
}
