import type { FormValues } from '../../model/form-values';
import { platformLimits } from '../../model/platform-limits';
import type { FieldIssues, KnownCredentials, ProviderFacts } from '../descriptor';
import { networkDefaults, networkFields } from './network';

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

export const googleSecretManagerFacts: ProviderFacts = {
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
