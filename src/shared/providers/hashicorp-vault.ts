import { z } from 'zod';
import type { ProviderDescriptor } from './descriptor';
import {
  CALLBACK_PORT,
  DEFAULT_APPROLE_MOUNT,
  hashicorpVaultFacts,
  mountedMethods,
  SERVICE_ACCOUNT_TOKEN,
} from './facts/hashicorp-vault';
import { checkNetwork, networkShape } from './network';

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

/** The path of the AppRole auth method, without `auth/`; it may contain slashes. */
const approleMountSchema = z
  .string()
  .transform((text) => text.trim().replaceAll(/^\/+|\/+$/g, ''))
  .transform((text) => (text === '' ? DEFAULT_APPROLE_MOUNT : text))
  .default(DEFAULT_APPROLE_MOUNT);

/** Empty for the mount that the method has by default, which is its name. */
const authMountSchema = z
  .string()
  .transform((text) => text.trim().replaceAll(/^\/+|\/+$/g, ''))
  .default('');

const portSchema = z
  .string()
  .trim()
  .refine((text) => /^\d{1,5}$/.test(text) && Number(text) >= 1024 && Number(text) <= 65_535, {
    message: 'Enter a port from 1024 to 65535. Roles mostly allow 8250.',
  });

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
  ...hashicorpVaultFacts,
  schema: hashicorpVaultSchema,
};
