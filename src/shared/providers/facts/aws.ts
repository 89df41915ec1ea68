/** The fields of `../aws`. */
import type { FormValues } from '../../model/form-values';
import type { FieldDescriptor, FieldIssues, KnownCredentials } from '../descriptor';
import { networkDefaults, networkFields } from './network';

export const awsDefaults = {
  endpoint: '',
  region: '',
  authentication: '',
  profile: '',
  ssoStartUrl: '',
  ssoRegion: '',
  ssoAccount: '',
  ssoRole: '',
  roleArn: '',
  externalId: '',
  autoSync: false,
  ...networkDefaults,
} as const;

/** Whether a key is temporary, so that it works only with its session token. */
export const isTemporaryKey = (accessKeyId: string): boolean =>
  accessKeyId.trim().startsWith('ASIA');

/**
 * A session token belongs to temporary keys, which start with ASIA, and to no other keys from AWS itself:
 * those start with AKIA. The keys of a compatible server may look different.
 */
function checkKeys(typed: KnownCredentials): FieldIssues {
  const accessKeyId = typed.get('accessKeyId')?.trim() ?? '';
  // An empty text means that the credential is about to be removed.
  const hasToken = typed.has('sessionToken') && typed.get('sessionToken') !== '';
  if (isTemporaryKey(accessKeyId) && !hasToken) {
    return {
      sessionToken:
        'A key that starts with ASIA is temporary: enter the session token it came with.',
    };
  }
  if (accessKeyId.startsWith('AKIA') && hasToken) {
    return { sessionToken: 'A key that starts with AKIA has no session token: leave this empty.' };
  }
  return {};
}

/** The problems of the credentials, see `ProviderDescriptor.checkCredentials`. */
export const awsCredentialIssues = (
  values: FormValues,
  credentials: KnownCredentials,
): FieldIssues => (values['authentication'] === 'access-keys' ? checkKeys(credentials) : {});

/** `regionHelp` says where to find the region of this service. */
export const awsFields = (regionHelp: string): readonly FieldDescriptor[] => [
  {
    kind: 'text',
    name: 'endpoint',
    bindsCredentials: true,
    label: 'Endpoint Override',
    optional: true,
    placeholder: 'http://localhost:4566',
    help: 'For AWS-compatible services such as LocalStack. Leave empty for AWS itself.',
  },
  {
    kind: 'text',
    name: 'region',
    hasChoices: true,
    label: 'Region',
    placeholder: 'us-east-1',
    help: regionHelp,
  },
  {
    kind: 'choice',
    name: 'authentication',
    label: 'Authentication',
    options: [
      { value: 'access-keys', label: 'Access Keys' },
      { value: 'profile', label: 'Profile' },
      { value: 'sso', label: 'Identity Center' },
      { value: 'default-chain', label: 'Default Chain' },
    ],
    help: 'Strongroom calls AWS only when you test, save or pull.',
  },
  {
    kind: 'credential',
    name: 'accessKeyId',
    label: 'Access Key ID',
    placeholder: 'AKIA…',
    help: 'Starts with AKIA for an IAM user, with ASIA for a temporary key.',
    when: { field: 'authentication', is: 'access-keys' },
  },
  {
    kind: 'credential',
    name: 'secretAccessKey',
    label: 'Secret Access Key',
    when: { field: 'authentication', is: 'access-keys' },
  },
  {
    kind: 'credential',
    name: 'sessionToken',
    label: 'Session Token',
    optional: true,
    help: 'For a temporary key, which starts with ASIA. It expires with the key.',
    when: { field: 'authentication', is: 'access-keys' },
  },
  {
    kind: 'text',
    name: 'profile',
    hasChoices: true,
    label: 'Profile',
    placeholder: 'default',
    help: 'A named profile of the AWS CLI on this computer, from ~/.aws/config or ~/.aws/credentials.',
    when: { field: 'authentication', is: 'profile' },
  },
  {
    kind: 'text',
    name: 'ssoStartUrl',
    bindsCredentials: true,
    label: 'Start URL',
    placeholder: 'https://my-company.awsapps.com/start',
    help: 'The address of your AWS access portal, where you choose an account.',
    when: { field: 'authentication', is: 'sso' },
  },
  {
    kind: 'text',
    name: 'ssoRegion',
    hasChoices: true,
    bindsCredentials: true,
    label: 'Sign-in region',
    placeholder: 'us-east-1',
    help: 'The region of IAM Identity Center. It may differ from the region of your secrets.',
    when: { field: 'authentication', is: 'sso' },
  },
  {
    kind: 'credential',
    name: 'ssoToken',
    label: 'Sign-in',
    signIn: true,
    help: 'Opens your start page. Nothing is written to ~/.aws.',
    when: { field: 'authentication', is: 'sso' },
  },
  {
    kind: 'text',
    name: 'ssoAccount',
    hasChoices: true,
    isAfterSignIn: true,
    label: 'Account',
    placeholder: '123456789012',
    when: { field: 'authentication', is: 'sso' },
  },
  {
    kind: 'text',
    name: 'ssoRole',
    hasChoices: true,
    isAfterSignIn: true,
    label: 'Role',
    placeholder: 'AdministratorAccess',
    help: 'After you sign in, you can choose the account and the role from lists.',
    when: { field: 'authentication', is: 'sso' },
  },
  {
    kind: 'text',
    name: 'roleArn',
    bindsCredentials: true,
    label: 'Role ARN',
    optional: true,
    more: true,
    placeholder: 'arn:aws:iam::123456789012:role/name',
    help: 'A role to assume with the credentials above, for all that is done with secrets.',
  },
  {
    kind: 'text',
    name: 'externalId',
    label: 'External ID',
    optional: true,
    more: true,
    help: 'Where the role’s trust policy asks for one.',
  },
  {
    kind: 'switch',
    name: 'autoSync',
    label: 'Auto Sync',
    help: 'Pull from AWS when Strongroom starts.',
  },
  ...networkFields,
];
