import type { ProviderFacts } from '../descriptor';
import { networkDefaults, networkFields } from './network';

export const DEFAULT_APPROLE_MOUNT = 'approle';

/** The auth methods whose logins have the fields Auth mount and Namespace. */
export const mountedMethods = ['userpass', 'ldap', 'oidc', 'kubernetes'] as const;

/** The port that the Vault CLI uses, which most roles allow. */
export const CALLBACK_PORT = '8250';

/** Where Kubernetes puts the token of a pod's service account. */
export const SERVICE_ACCOUNT_TOKEN = '/var/run/secrets/kubernetes.io/serviceaccount/token';

export const hashicorpVaultFacts: ProviderFacts = {
  id: 'hashicorp-vault',
  label: 'HashiCorp Vault',
  group: 'self-hosted',
  icon: 'vault',
  summary: 'Open-source Vault, Vault Enterprise and HCP Vault, KV v1 and v2.',
  traits: {
    place: 'server',
    item: 'secret',
    layouts: ['object'],
    // KV v2 decodes them so: https://pkg.go.dev/encoding/json#Unmarshal. KV v1 keeps the text.
    numbers: 'rounded',
    ownership: 'store',
    staleWrites: 'refused',
    staleWritesExcept: 'KV version 1 only compares before it writes.',
    recovery: {
      kept: 'KV version 2 keeps the deleted versions, and they can be undeleted.',
      gone: 'KV version 1 deletes permanently.',
    },
    withoutVersions:
      'This secrets engine is KV version 1, which keeps only the newest values. An administrator of Vault can upgrade it to version 2, which keeps the last ten.',
  },
  defaults: {
    url: '',
    authentication: 'token',
    roleId: '',
    secretIdIsWrapped: false,
    approleMount: DEFAULT_APPROLE_MOUNT,
    username: '',
    oidcRole: '',
    callbackPort: CALLBACK_PORT,
    kubernetesRole: '',
    jwtFile: SERVICE_ACCOUNT_TOKEN,
    authMount: '',
    namespace: '',
    enginePath: 'secret',
    kvVersion: 'auto',
    verifySsl: true,
    autoSync: false,
    ...networkDefaults,
  },
  addressField: 'url',
  fields: [
    {
      kind: 'text',
      name: 'url',
      bindsCredentials: true,
      label: 'Vault URL',
      placeholder: 'https://vault.example.com',
      help: 'The base address of your server, with its port, and with its path if it is behind a reverse proxy. No trailing slash.',
    },
    {
      kind: 'choice',
      name: 'authentication',
      label: 'Authentication',
      options: [
        { value: 'token', label: 'Token' },
        { value: 'approle', label: 'AppRole' },
        { value: 'userpass', label: 'Userpass' },
        { value: 'ldap', label: 'LDAP' },
        { value: 'oidc', label: 'OIDC' },
        { value: 'kubernetes', label: 'Kubernetes' },
      ],
      help: 'AppRole is recommended for automated or shared environments, Kubernetes inside a pod.',
    },
    {
      kind: 'credential',
      name: 'token',
      label: 'Token',
      help: 'A Vault token. Service tokens start with hvs.',
      when: { field: 'authentication', is: 'token' },
    },
    {
      kind: 'text',
      name: 'roleId',
      label: 'Role ID',
      when: { field: 'authentication', is: 'approle' },
    },
    {
      kind: 'credential',
      name: 'secretId',
      label: 'Secret ID',
      when: { field: 'authentication', is: 'approle' },
    },
    {
      kind: 'switch',
      name: 'secretIdIsWrapped',
      label: 'Secret ID is wrapped',
      help: 'What you enter is a wrapping token. It is unwrapped once, and the Secret ID in it is what is saved.',
      when: { field: 'authentication', is: 'approle' },
    },
    {
      kind: 'text',
      name: 'approleMount',
      label: 'AppRole mount',
      more: true,
      placeholder: 'approle',
      optional: true,
      help: 'Where the AppRole auth method is mounted, without auth/.',
      when: { field: 'authentication', is: 'approle' },
    },
    {
      kind: 'text',
      name: 'username',
      label: 'Username',
      when: { field: 'authentication', is: ['userpass', 'ldap'] },
    },
    {
      kind: 'credential',
      name: 'password',
      label: 'Password',
      help: 'Stored like a token, and sent for each login.',
      when: { field: 'authentication', is: ['userpass', 'ldap'] },
    },
    {
      kind: 'text',
      name: 'oidcRole',
      label: 'Role',
      optional: true,
      help: 'Leave empty for the default role of the OIDC auth method.',
      when: { field: 'authentication', is: 'oidc' },
    },
    {
      kind: 'credential',
      name: 'oidcToken',
      label: 'Sign-in',
      signIn: true,
      help: 'Opens the page of your identity provider. Only the token of Vault is kept.',
      when: { field: 'authentication', is: 'oidc' },
    },
    {
      kind: 'text',
      name: 'callbackPort',
      label: 'Callback port',
      more: true,
      placeholder: CALLBACK_PORT,
      help: 'Where the browser comes back on this computer: http://localhost:8250/oidc/callback must be allowed by the role.',
      when: { field: 'authentication', is: 'oidc' },
    },
    {
      kind: 'text',
      name: 'kubernetesRole',
      label: 'Role',
      help: 'The role of Vault’s Kubernetes auth method that is bound to your service account.',
      when: { field: 'authentication', is: 'kubernetes' },
    },
    {
      kind: 'text',
      name: 'jwtFile',
      label: 'Token file',
      more: true,
      placeholder: SERVICE_ACCOUNT_TOKEN,
      help: 'The token of the service account. It is read again for each login.',
      when: { field: 'authentication', is: 'kubernetes' },
    },
    {
      kind: 'text',
      name: 'authMount',
      label: 'Auth mount',
      more: true,
      optional: true,
      help: 'Where the auth method is mounted, without auth/. Leave empty if it is at its usual path, such as userpass.',
      when: { field: 'authentication', is: mountedMethods },
    },
    {
      kind: 'text',
      name: 'namespace',
      label: 'Namespace',
      optional: true,
      help: 'Sent with the login only. Leave empty when the auth method is in the root namespace.',
      when: { field: 'authentication', is: ['approle', ...mountedMethods] },
    },
    {
      kind: 'text',
      name: 'enginePath',
      label: 'Engine Path',
      placeholder: 'secret',
      help: 'The full mount path of the KV engine, namespaces included: secret, admin/kv, organization/team/kv-engine.',
    },
    {
      kind: 'choice',
      name: 'kvVersion',
      label: 'KV version',
      more: true,
      options: [
        { value: 'auto', label: 'Automatic' },
        { value: '1', label: 'KV v1' },
        { value: '2', label: 'KV v2' },
      ],
      help: 'Automatic asks the server. Choose one only where it does not tell.',
    },
    {
      kind: 'switch',
      name: 'verifySsl',
      bindsCredentials: true,
      label: 'Verify SSL',
      help: 'Check the server’s certificate. Turn off only for self-signed certificates in development.',
    },
    {
      kind: 'switch',
      name: 'autoSync',
      label: 'Auto Sync',
      help: 'Pull from Vault when Strongroom starts.',
    },
    ...networkFields,
  ],
};
