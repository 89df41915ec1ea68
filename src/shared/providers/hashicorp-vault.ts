import { z } from 'zod';
import type { ProviderDescriptor } from './descriptor';
import { checkNetwork, networkDefaults, networkFields, networkShape } from './network';

/** The path of a reverse proxy, as it is sent: nothing in it needs encoding or resolving. */
const PLAIN_PATH = /^(?:\/[\w~-][\w.~-]*)+$/;

/** What is wrong with the path of an address; `undefined` if a Vault may be below it. */
function pathIssue(pathname: string, text: string): string | undefined {
  const typed = text.replace(/^[^/]*\/\/[^/]*/, '');
  if (typed === '') return undefined;
  const segments = pathname.split('/').slice(1);
  const foreign = segments.findIndex((segment) => segment === 'v1' || segment === 'ui');
  if (foreign !== -1) {
    const rest = segments.slice(foreign).join('/');
    return foreign === 0
      ? `Remove the path “${pathname}”. The engine goes into Engine Path.`
      : `Remove “/${rest}” at the end. The engine goes into Engine Path.`;
  }
  if (typed.endsWith('/')) return 'Remove the trailing slash.';
  return PLAIN_PATH.test(typed)
    ? undefined
    : 'The path of the address can hold letters, digits, hyphens and dots.';
}

/**
 * A base URL: scheme, host, optionally a port, and the path of a reverse proxy that serves Vault below it. Its issue
 * says what to remove if there is more.
 */
const vaultUrlSchema = z
  .string()
  .trim()
  .superRefine((text, context) => {
    const refuse = (message: string): void => {
      context.addIssue({ code: 'custom', message });
    };
    if (text === '') return refuse('Enter the address of your Vault server.');
    if (!/^https?:\/\//i.test(text)) return refuse('Start with https:// (or http://).');
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (url === undefined || url.hostname === '') {
      return refuse('This is not a valid address. It looks like https://vault.example.com:8200.');
    }
    if (url.username !== '' || url.password !== '') {
      return refuse('Leave user and password out of the address.');
    }
    if (url.search !== '' || url.hash !== '')
      return refuse('Remove everything after the host and port.');
    const issue = pathIssue(url.pathname, text);
    if (issue !== undefined) refuse(issue);
  });

const enginePathSchema = z
  .string()
  .trim()
  .superRefine((text, context) => {
    const refuse = (message: string): void => {
      context.addIssue({ code: 'custom', message });
    };
    if (text === '') return refuse('Enter the mount path of the KV engine, such as secret.');
    if (/^\/|\/$/.test(text)) return refuse('Remove the slash at the beginning or end.');
    const segments = text.split('/');
    if (segments.includes('')) return refuse('Remove the double slash.');
    if (segments.some((segment) => segment === '.' || segment === '..')) {
      return refuse('A segment cannot be “.” or “..”.');
    }
    if (segments[0] === 'v1' && segments.length > 1)
      return refuse('Remove “v1/”: it is part of the API, not of the path.');
  });

/** Slashes around it are harmless, and removed. */
const namespaceSchema = z
  .string()
  .trim()
  .transform((text) => text.replaceAll(/^\/+|\/+$/g, ''));

const isMountPath = (text: string): boolean =>
  text.split('/').every((segment) => !['', '.', '..'].includes(segment));

const isNamespace = (text: string): boolean => text === '' || isMountPath(text);

export const DEFAULT_APPROLE_MOUNT = 'approle';

/** The path of the AppRole auth method, without `auth/`; it may contain slashes. */
const approleMountSchema = z
  .string()
  .transform((text) => text.trim().replaceAll(/^\/+|\/+$/g, ''))
  .transform((text) => (text === '' ? DEFAULT_APPROLE_MOUNT : text))
  .default(DEFAULT_APPROLE_MOUNT);

/** The auth methods whose logins have the fields Auth mount and Namespace. */
const mountedMethods = ['userpass', 'ldap', 'oidc', 'kubernetes'] as const;

/** Empty for the mount that the method has by default, which is its name. */
const authMountSchema = z
  .string()
  .transform((text) => text.trim().replaceAll(/^\/+|\/+$/g, ''))
  .default('');

/** The port that the Vault CLI uses, which most roles allow. */
const CALLBACK_PORT = '8250';

const portSchema = z
  .string()
  .trim()
  .refine((text) => /^\d{1,5}$/.test(text) && Number(text) >= 1024 && Number(text) <= 65_535, {
    message: 'Enter a port from 1024 to 65535. Roles mostly allow 8250.',
  });

/** Where Kubernetes puts the token of a pod's service account. */
const SERVICE_ACCOUNT_TOKEN = '/var/run/secrets/kubernetes.io/serviceaccount/token';

const kvVersionChoices = ['auto', '1', '2'] as const;

interface LoginValues {
  readonly authentication: string;
  readonly roleId: string;
  readonly approleMount: string;
  readonly authMount: string;
}

function checkLogin(
  { authentication, roleId, approleMount, authMount }: LoginValues,
  context: z.RefinementCtx,
): void {
  const refuse = (field: string, message: string): void => {
    context.addIssue({ code: 'custom', path: [field], message });
  };
  const isWrong = (mount: string): boolean => mount.startsWith('auth/') || !isMountPath(mount);
  if (authentication !== 'approle') {
    if (authMount !== '' && isWrong(authMount)) {
      refuse('authMount', 'Enter the mount without “auth/”, such as userpass or team/userpass.');
    }
    return;
  }
  if (roleId === '') refuse('roleId', 'Enter the Role ID.');
  if (isWrong(approleMount)) {
    refuse('approleMount', 'Enter the mount without “auth/”, such as approle or team/approle.');
  }
}

export const hashicorpVaultSchema = z
  .object({
    url: vaultUrlSchema,
    authentication: z.enum(['token', 'approle', ...mountedMethods]),
    roleId: z.string().trim(),
    /** Whether the Secret ID is a wrapping token that must be unwrapped before use. */
    secretIdIsWrapped: z.boolean().default(false),
    approleMount: approleMountSchema,
    username: z.string().trim().default(''),
    oidcRole: z.string().trim().default(''),
    callbackPort: portSchema.default(CALLBACK_PORT),
    kubernetesRole: z.string().trim().default(''),
    jwtFile: z.string().trim().default(SERVICE_ACCOUNT_TOKEN),
    authMount: authMountSchema,
    namespace: namespaceSchema,
    enginePath: enginePathSchema,
    /** The version of the KV engine; `auto` asks the server. */
    kvVersion: z.enum(kvVersionChoices).default('auto'),
    verifySsl: z.boolean(),
    autoSync: z.boolean(),
    ...networkShape,
  })
  .superRefine((values, context) => {
    checkNetwork(values, context);
    const { authentication, namespace } = values;
    if (authentication === 'token') return;
    checkLogin(values, context);
    if (!isNamespace(namespace)) {
      context.addIssue({
        code: 'custom',
        path: ['namespace'],
        message: 'A namespace is written like admin or admin/team.',
      });
    }
  });

export type HashicorpVaultValues = z.infer<typeof hashicorpVaultSchema>;

/** Where a login is sent, without `auth/`. */
export const mountOf = ({
  authentication,
  authMount,
}: Pick<HashicorpVaultValues, 'authentication' | 'authMount'>): string =>
  authMount === '' ? authentication : authMount;

export const hashicorpVaultDescriptor: ProviderDescriptor = {
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
  schema: hashicorpVaultSchema,
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
