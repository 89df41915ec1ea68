/** The auth methods that log in with credentials from the form. */
import { AppError, isAppError } from '@shared/errors';
import type { Secret } from '@core/secrets/secret';
import { readNamedFile } from '@core/network/named-file';
import type { VaultClient } from './client';
import type { LoginMethod } from './login';
import { approleRefusal, kubernetesRefusal, passwordRefusal } from './login-errors';
import { encodePath } from './paths';
import { lookUpWrapping } from './wrapping';

export interface ApproleSecrets {
  /** Without `auth/`, as all mounts here. */
  readonly approleMount: string;
  readonly roleId: string;
  readonly namespace: string;
  readonly secretId: Secret;
}

/** Source: https://developer.hashicorp.com/vault/api-docs/auth/approle#login-with-approle */
export const approleMethod = ({
  approleMount: mount,
  roleId,
  namespace,
  secretId,
}: ApproleSecrets): LoginMethod => ({
  name: 'AppRole',
  path: encodePath('auth', mount, 'login'),
  identity: [mount, roleId, secretId.reveal()],
  body: async () => JSON.stringify({ role_id: roleId, secret_id: secretId.reveal() }),
  refusal: (answer, wasAccepted) => approleRefusal(answer, { mount, wasAccepted }),
  explain: (error, client, signal) => orWrapped(error, { client, secretId, namespace, signal }),
});

interface Looking extends Pick<ApproleSecrets, 'secretId' | 'namespace'> {
  readonly client: VaultClient;
  readonly signal: AbortSignal;
}

/** Recognises a wrapping token that was entered as if it were the Secret ID itself. */
async function orWrapped(
  error: unknown,
  { client, secretId, namespace, signal }: Looking,
): Promise<unknown> {
  const isTokenLike = /^(hvs|s)\./.test(secretId.reveal());
  if (!isAppError(error, 'APPROLE_REFUSED') || !isTokenLike) return error;
  const wrapped = await lookUpWrapping(client, secretId, [namespace], signal);
  return new AppError('APPROLE_REFUSED', {
    ...(wrapped === 'secret-id' ? wrappedSecretId : otherToken),
    details: { ...error.details, field: 'secretId' },
    cause: error,
  });
}

const wrappedSecretId = {
  message: 'This Secret ID is wrapped.',
  likelyCause: 'It was handed over as a wrapping token, which has to be unwrapped first.',
  hint: 'Turn on “Secret ID is wrapped”. The wrapping token has not been used up.',
} as const;

const otherToken = {
  message: 'What was entered as Secret ID looks like a token.',
  likelyCause:
    'It is a wrapping token that was used already or has expired, or a token to work with.',
  hint: 'Ask for a new wrapping token. A token to work with goes in with Authentication set to Token.',
} as const;

export interface PasswordLogin {
  readonly method: 'Userpass' | 'LDAP';
  readonly mount: string;
  readonly username: string;
  readonly password: Secret;
}

/**
 * Sources: https://developer.hashicorp.com/vault/api-docs/auth/userpass#login and
 * https://developer.hashicorp.com/vault/api-docs/auth/ldap#login-with-ldap-user
 */
export const passwordMethod = ({
  method,
  mount,
  username,
  password,
}: PasswordLogin): LoginMethod => ({
  name: method,
  path: encodePath('auth', mount, 'login', oneSegment(username)),
  identity: [mount, username, password.reveal()],
  body: async () => JSON.stringify({ password: password.reveal() }),
  refusal: (answer) => passwordRefusal(answer, { method, mount }),
});

/** Throws `INVALID_CONFIGURATION` for a name that would lead to another path. */
function oneSegment(username: string): string {
  if (!username.includes('/')) return username;
  throw new AppError('INVALID_CONFIGURATION', {
    message: 'A username of Vault holds no slash.',
    hint: 'Enter the name alone, without a domain in front of it.',
    details: { field: 'username' },
  });
}

export interface KubernetesLogin {
  readonly mount: string;
  readonly role: string;
  /** The path of the service account's token. */
  readonly jwtFile: string;
}

/** Source: https://developer.hashicorp.com/vault/api-docs/auth/kubernetes#login */
export const kubernetesMethod = ({ mount, role, jwtFile }: KubernetesLogin): LoginMethod => ({
  name: 'Kubernetes',
  path: encodePath('auth', mount, 'login'),
  identity: [mount, role, jwtFile],
  body: async () => JSON.stringify({ role, jwt: await serviceAccountToken(jwtFile) }),
  refusal: (answer) => kubernetesRefusal(answer, mount),
});

/**
 * The token in a file, which Kubernetes renews there. Settings can come from somebody else, and this file goes to the
 * server that they name: so nothing leaves but the token of a service account. Throws `INVALID_CONFIGURATION`.
 */
async function serviceAccountToken(path: string): Promise<string> {
  const file = { path, label: 'Token file', field: 'jwtFile' };
  const text = (await readNamedFile(file)).toString('latin1').trim();
  if (isServiceAccountToken(text)) return text;
  throw new AppError('INVALID_CONFIGURATION', {
    message: `Token file: ${path} holds no token of a Kubernetes service account.`,
    likelyCause: 'The path leads to another file.',
    hint: 'In a pod, the token is at /var/run/secrets/kubernetes.io/serviceaccount/token.',
    details: { field: 'jwtFile' },
  });
}

/** Its subject is `system:serviceaccount:NAMESPACE:NAME`: https://kubernetes.io/docs/reference/access-authn-authz/authentication/#service-account-tokens */
function isServiceAccountToken(text: string): boolean {
  const [, payload] = /^[\w-]+\.([\w-]+)\.[\w-]+$/.exec(text) ?? [];
  if (payload === undefined) return false;
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    return (
      typeof claims === 'object' &&
      claims !== null &&
      'sub' in claims &&
      typeof claims.sub === 'string' &&
      claims.sub.startsWith('system:serviceaccount:')
    );
  } catch {
    return false;
  }
}
