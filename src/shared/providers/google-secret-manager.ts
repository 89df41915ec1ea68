import { z } from 'zod';
import type { ProviderDescriptor } from './descriptor';
import { googleSecretManagerFacts } from './facts/google-secret-manager';
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
    if (!URL.canParse(text)) return refuse('This is not a valid address.');
    const url = new URL(text);
    if (url.username !== '' || url.password !== '') {
      return refuse('Leave user and password out of the address.');
    }
    if (/(^|\.)console\.cloud\.google\.com$/i.test(url.hostname)) {
      return refuse(
        'This is the Google Cloud console. Leave the field empty for Google Cloud itself.',
      );
    }
    if (url.pathname !== '/' || url.search !== '' || url.hash !== '') {
      return refuse('Remove everything after the host and port.');
    }
  });

/** See https://cloud.google.com/resource-manager/docs/creating-managing-projects#before_you_begin */
const projectSchema = z
  .string()
  .trim()
  .superRefine((text, context) => {
    if (text === '' || /^[a-z][a-z0-9-]{4,28}[a-z0-9]$/.test(text) || /^\d{6,19}$/.test(text))
      return;
    context.addIssue({
      code: 'custom',
      message: /\s|[A-Z]/.test(text)
        ? 'This looks like the name of the project. Enter its id, which the console shows beside the name.'
        : 'A project id has 6 to 30 small letters, digits and hyphens, such as my-project-123456.',
    });
  });

const locationSchema = z
  .string()
  .trim()
  .refine((text) => text === '' || text === 'global' || /^[a-z]+-[a-z]+\d+$/.test(text), {
    message: 'A location is written like europe-west3. Leave it empty for global secrets.',
  });

const replicaSchema = z
  .string()
  .trim()
  .refine(
    (text) => text.split(/[\s,]+/).every((one) => one === '' || /^[a-z]+-[a-z]+\d+$/.test(one)),
    {
      message: 'Enter locations such as europe-west3, separated by commas.',
    },
  );

const accountSchema = z
  .string()
  .trim()
  .refine((text) => text === '' || /^[^@\s]+@[^@\s]+\.gserviceaccount\.com$/.test(text), {
    message: 'A service account is written like name@project.iam.gserviceaccount.com.',
  });

export const googleSecretManagerSchema = z
  .object({
    endpoint: endpointSchema,
    project: projectSchema,
    location: locationSchema,
    authentication: z.enum(['default', 'key'], {
      error: 'Choose how to authenticate. No call is made to Google before that.',
    }),
    impersonate: accountSchema,
    quotaProject: projectSchema,
    replicas: replicaSchema,
    autoSync: z.boolean(),
    ...networkShape,
  })
  .superRefine((values, context) => {
    checkNetwork(values, context);
    if (isRegional(values) && values.replicas !== '') {
      context.addIssue({
        code: 'custom',
        path: ['replicas'],
        message: 'A secret in one location has no replicas. Empty this field, or Location.',
      });
    }
  });

/** The matching credential is `key`: a service account key, as JSON. */
export type GoogleSecretManagerValues = z.infer<typeof googleSecretManagerSchema>;

/** Whether secrets are in one location, and not global. */
export const isRegional = ({ location }: Pick<GoogleSecretManagerValues, 'location'>): boolean =>
  location !== '' && location !== 'global';

export const googleSecretManagerDescriptor: ProviderDescriptor = {
  ...googleSecretManagerFacts,
  schema: googleSecretManagerSchema,
};
