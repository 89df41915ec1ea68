import { z } from 'zod';
import { platformLimits } from '../model/platform-limits';
import type { FormValues } from '../model/form-values';
import type { FieldIssues, KnownCredentials, ProviderDescriptor } from './descriptor';
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

/** A service account key is a JSON object of type `service_account`. */
function keyIssues(values: FormValues, credentials: KnownCredentials): FieldIssues {
  const key = credentials.get('key');
  if (values['authentication'] !== 'key' || key === undefined || key.trim() === '') return {};
  const refuse = (message: string): FieldIssues => ({ key: message });
  try {
    const parsed: unknown = JSON.parse(key);
    const type =
      typeof parsed === 'object' && parsed !== null && 'type' in parsed ? parsed.type : '';
    if (type === 'service_account') return {};
    return refuse(
      type === 'authorized_user'
        ? 'These are your own credentials from gcloud. Choose Default Credentials to use them.'
        : 'This is not the key of a service account: its “type” is not “service_account”.',
    );
  } catch {
    return refuse('Paste the whole JSON file of the key, from { to }.');
  }
}

export const googleSecretManagerDescriptor: ProviderDescriptor = {
  id: 'google-secret-manager',
  label: 'Google Secret Manager',
  group: 'cloud',
  icon: 'cloud',
  summary: 'Each environment is one secret: a JSON object of keys and values.',
  traits: {
    place: 'server',
    item: 'secret',
    layouts: ['object', 'entries'],
    limits: platformLimits,
    numbers: 'exact',
    ownership: 'store',
    staleWrites: 'detected',
    recovery: { gone: 'Google deletes it permanently, with all its versions.' },
  },
  defaults: {
    endpoint: '',
    project: '',
    location: '',
    authentication: '',
    impersonate: '',
    quotaProject: '',
    replicas: '',
    autoSync: false,
    ...networkDefaults,
  },
  schema: googleSecretManagerSchema,
  addressField: 'endpoint',
  checkCredentials: keyIssues,
  fields: [
    {
      kind: 'text',
      name: 'project',
      label: 'Project ID',
      placeholder: 'my-project-123456',
      help: 'The id and not the name: the Google Cloud console shows it beside the name.',
    },
    {
      kind: 'choice',
      name: 'authentication',
      label: 'Authentication',
      options: [
        { value: 'default', label: 'Default Credentials' },
        { value: 'key', label: 'Service Account Key' },
      ],
      help: 'Default Credentials are those of “gcloud auth application-default login”, or of the machine.',
    },
    {
      kind: 'credential',
      name: 'key',
      label: 'Service Account Key',
      placeholder: '{"type": "service_account", …}',
      help: 'The content of the JSON file that the console gave you.',
      when: { field: 'authentication', is: 'key' },
    },
    {
      kind: 'text',
      name: 'location',
      label: 'Location',
      optional: true,
      more: true,
      placeholder: 'europe-west3',
      help: 'For regional secrets, which never leave that location. Leave empty for global secrets.',
    },
    {
      kind: 'text',
      name: 'replicas',
      label: 'Replica locations',
      optional: true,
      more: true,
      placeholder: 'europe-west1, europe-west3',
      help: 'The locations of new global secrets. Leave empty to let Google choose, unless a policy forbids that.',
    },
    {
      kind: 'text',
      name: 'impersonate',
      bindsCredentials: true,
      label: 'Impersonate',
      optional: true,
      more: true,
      placeholder: 'name@project.iam.gserviceaccount.com',
      help: 'A service account to act as. You need the role Service Account Token Creator on it.',
    },
    {
      kind: 'text',
      name: 'quotaProject',
      label: 'Quota project',
      optional: true,
      more: true,
      help: 'The project that calls count against. Leave empty for the project of the credentials, if they name one.',
    },
    {
      kind: 'text',
      name: 'endpoint',
      bindsCredentials: true,
      label: 'Endpoint Override',
      optional: true,
      more: true,
      placeholder: 'http://localhost:8085',
      help: 'For an emulator or a private endpoint. Leave empty for Google Cloud itself.',
    },
    {
      kind: 'switch',
      name: 'autoSync',
      label: 'Auto Sync',
      help: 'Pull from Google when Strongroom starts.',
    },
    ...networkFields,
  ],
};
