import { z } from 'zod';
import { awsShape, checkAws } from './aws';
import type { ProviderDescriptor } from './descriptor';
import { awsParameterStoreFacts } from './facts/aws-parameter-store';

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

export const awsParameterStoreDescriptor: ProviderDescriptor = {
  ...awsParameterStoreFacts,
  schema: awsParameterStoreSchema,
};
