/**
 * The services beside Secret Manager that credentials need: the OAuth token endpoint, IAM Service Account
 * Credentials, and the metadata server of a virtual machine.
 * Sources: developers.google.com/identity/protocols/oauth2/service-account, RFC 6749, RFC 7523, and
 * cloud.google.com/compute/docs/metadata.
 */
import { createPublicKey, randomBytes, verify } from 'node:crypto';
import type { ServerClock } from '../clock';
import type { HttpAnswer, HttpRequest } from '../http-listener';
import { impersonationDenied, invalidArgument } from './errors';
import { Fields } from './fields';
import type { Policies, Principal } from './principals';

export const CLOUD_PLATFORM = 'https://www.googleapis.com/auth/cloud-platform';
const TOKEN_URL = 'https://oauth2.googleapis.com/token';
const JWT_GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

export interface AccessToken {
  readonly principal: Principal;
  readonly scopes: readonly string[];
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  /** Signed in with `gcloud auth application-default login`, so no project belongs to it. */
  readonly userCredentials: boolean;
}

export interface OAuthClient {
  readonly id: string;
  readonly secret: string;
}

export interface RefreshToken {
  readonly client: OAuthClient;
  readonly principal: Principal;
  state: 'valid' | 'revoked' | 'reauthentication needed';
}

/** Public keys of a service account by id, as PEM. */
export interface KeyOwner {
  readonly principal: Principal;
  readonly publicKeys: ReadonlyMap<string, string>;
}

/** Everything that identifies a caller. */
export class Identities {
  readonly tokens = new Map<string, AccessToken>();
  readonly refreshTokens = new Map<string, RefreshToken>();
  readonly serviceAccounts = new Map<string, KeyOwner>();
  /** The service account of the machine; `undefined`: this is not a machine of Google's. */
  machine: Principal | undefined;
  /** Seconds that new tokens live. */
  tokenLifetime = 3600;

  constructor(private readonly clock: ServerClock) {}

  issue(
    principal: Principal,
    options: {
      readonly scopes?: readonly string[];
      /** Seconds. */
      readonly lifetime?: number;
      readonly userCredentials?: boolean;
    } = {},
  ): string {
    const { scopes = [CLOUD_PLATFORM], lifetime = this.tokenLifetime } = options;
    const token = `ya29.${randomBytes(48).toString('base64url')}`;
    this.tokens.set(token, {
      principal,
      scopes,
      expiresAt: this.clock.now() + lifetime * 1000,
      userCredentials: options.userCredentials ?? false,
    });
    return token;
  }

  /**
   * The principal of a token that a service account signed itself. Throws an `OAuthError` if the signature,
   * the times or the issuer are wrong.
   */
  verifyJwt(text: string): { readonly principal: Principal; readonly claims: Claims } {
    const [header = '', payload = '', signature = ''] = text.split('.');
    const { alg, kid } = decode(header) as { readonly alg?: string; readonly kid?: string };
    const claims = decode(payload) as Claims;
    const owner = this.serviceAccounts.get(claims.iss ?? '');
    if (owner === undefined) {
      throw new OAuthError('invalid_grant', 'Invalid grant: account not found');
    }
    const keys = [...owner.publicKeys].filter(([id]) => kid === undefined || kid === id);
    const signed = Buffer.from(`${header}.${payload}`);
    const genuine =
      alg === 'RS256' &&
      keys.some(([, key]) =>
        verify('RSA-SHA256', signed, createPublicKey(key), Buffer.from(signature, 'base64url')),
      );
    if (!genuine) throw new OAuthError('invalid_grant', 'Invalid JWT Signature.');
    this.checkTimes(claims);
    return { principal: owner.principal, claims };
  }

  private checkTimes({ iat = 0, exp = 0 }: Claims): void {
    const now = this.clock.now() / 1000;
    const skew = 300;
    if (iat <= now + skew && exp > now - skew && exp - iat <= 3600) return;
    throw new OAuthError(
      'invalid_grant',
      'Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.',
    );
  }
}

interface Claims {
  readonly iss?: string;
  readonly aud?: string;
  readonly scope?: string;
  readonly iat?: number;
  readonly exp?: number;
}

/** An error in the form of RFC 6749. */
export class OAuthError extends Error {
  constructor(
    readonly code: string,
    description: string,
    readonly status = 400,
    readonly extra: Readonly<Record<string, string>> = {},
  ) {
    super(description);
  }

  get answer(): HttpAnswer {
    const { code, message, extra, status } = this;
    return jsonAnswer({ error: code, error_description: message, ...extra }, status);
  }
}

function decode(part: string): object {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString()) as object;
  } catch {
    throw new OAuthError('invalid_grant', 'Bad Request');
  }
}

export const jsonAnswer = (body: unknown, status = 200): HttpAnswer => ({
  status,
  headers: { 'Content-Type': 'application/json; charset=UTF-8' },
  body: `${JSON.stringify(body, undefined, 2)}\n`,
});

// The token endpoint

/** `ownUrl`: of this server, which is accepted as the audience too. */
export function answerToken(
  identities: Identities,
  request: HttpRequest,
  ownUrl: string,
): HttpAnswer {
  const form = new URLSearchParams(request.body);
  try {
    const grant = form.get('grant_type') ?? '';
    if (grant === JWT_GRANT) return jwtGrant(identities, form, ownUrl);
    if (grant === 'refresh_token') return refreshGrant(identities, form);
    throw new OAuthError('unsupported_grant_type', `Invalid grant_type: ${grant}`);
  } catch (error) {
    if (error instanceof OAuthError) return error.answer;
    throw error;
  }
}

/** Google says that a token lives for a second less than it does. */
const tokenAnswer = (
  identities: Identities,
  accessToken: string,
  scope: string | undefined,
): HttpAnswer =>
  jsonAnswer({
    access_token: accessToken,
    expires_in: identities.tokenLifetime - 1,
    ...(scope === undefined ? {} : { scope }),
    token_type: 'Bearer',
  });

function jwtGrant(identities: Identities, form: URLSearchParams, ownUrl: string): HttpAnswer {
  const { principal, claims } = identities.verifyJwt(form.get('assertion') ?? '');
  if (claims.aud !== TOKEN_URL && claims.aud !== `${ownUrl}/token`) {
    throw new OAuthError(
      'invalid_grant',
      `Invalid JWT: Failed audience check. The right audience is ${TOKEN_URL}`,
    );
  }
  const scopes = (claims.scope ?? '').split(' ').filter((scope) => scope !== '');
  if (scopes.length === 0) {
    throw new OAuthError('invalid_scope', 'Invalid OAuth scope or ID token audience provided.');
  }
  return tokenAnswer(identities, identities.issue(principal, { scopes }), undefined);
}

function refreshGrant(identities: Identities, form: URLSearchParams): HttpAnswer {
  const known = [...identities.refreshTokens.values()].map(({ client }) => client);
  const client = known.find(({ id }) => id === form.get('client_id'));
  if (client === undefined) {
    throw new OAuthError('invalid_client', 'The OAuth client was not found.', 401);
  }
  if (client.secret !== form.get('client_secret')) {
    throw new OAuthError('invalid_client', 'Unauthorized', 401);
  }
  const refreshToken = identities.refreshTokens.get(form.get('refresh_token') ?? '');
  if (refreshToken?.client.id !== client.id || refreshToken.state === 'revoked') {
    throw new OAuthError('invalid_grant', 'Token has been expired or revoked.');
  }
  if (refreshToken.state === 'reauthentication needed') {
    throw new OAuthError('invalid_grant', 'reauth related error (invalid_rapt)', 400, {
      error_uri: 'https://support.google.com/a/answer/9368756',
      error_subtype: 'invalid_rapt',
    });
  }
  const token = identities.issue(refreshToken.principal, { userCredentials: true });
  return tokenAnswer(identities, token, CLOUD_PLATFORM);
}

/** Who a token belongs to, and for how long. */
export function answerTokenInfo(identities: Identities, token: string, now: number): HttpAnswer {
  const found = identities.tokens.get(token);
  if (found === undefined || found.expiresAt <= now) {
    return new OAuthError('invalid_token', 'Invalid Value').answer;
  }
  const { principal, scopes, expiresAt } = found;
  return jsonAnswer({
    scope: scopes.join(' '),
    exp: String(Math.floor(expiresAt / 1000)),
    expires_in: String(Math.floor((expiresAt - now) / 1000)),
    email: principal.email,
    email_verified: 'true',
    access_type: 'offline',
  });
}

// IAM Service Account Credentials

const GENERATE = /^projects\/-\/serviceAccounts\/(?<email>[^/:]+):generateAccessToken$/;

/** The service account whose token a path asks for. */
export const impersonatedBy = (path: string): string | undefined =>
  GENERATE.exec(path)?.groups?.['email'];

export const serviceAccountName = (email: string): string => `projects/-/serviceAccounts/${email}`;

/** Each delegate, and then `email`, must let the one before it create tokens. Throws an `ApiError`. */
export function generateAccessToken(
  identities: Identities,
  policies: Policies,
  caller: Principal,
  email: string,
  body: string,
): Readonly<Record<string, string>> {
  const fields = Fields.parse(body).only('name', 'delegates', 'scope', 'lifetime');
  const scopes = fields.texts('scope');
  const lifetime = fields.duration('lifetime') ?? 3600;
  const delegates = fields.texts('delegates').map((name) => name.replace(/^.*\//, ''));
  let current = caller;
  for (const next of [...delegates, email]) {
    const account = identities.serviceAccounts.get(next);
    const allowed =
      account !== undefined &&
      policies.allows(current, 'iam.serviceAccounts.getAccessToken', serviceAccountName(next));
    if (!allowed) throw impersonationDenied();
    current = account.principal;
  }
  if (scopes.length === 0) throw invalidArgument('The request must have at least one scope.');
  if (lifetime > 3600) {
    throw invalidArgument(
      'The access token lifetime cannot exceed 3600s; to exceed this time limit, modify the organization policy constraint `constraints/iam.allowServiceAccountCredentialLifetimeExtension`.',
    );
  }
  const accessToken = identities.issue(current, { scopes, lifetime });
  const expiresAt = identities.tokens.get(accessToken)?.expiresAt ?? 0;
  // Whole seconds, as the service sends them.
  return { accessToken, expireTime: `${new Date(expiresAt).toISOString().slice(0, 19)}Z` };
}

// The metadata server

export const METADATA_PATH = '/computeMetadata/v1';

/** `path` begins with `METADATA_PATH`. `projectNumber`: of the machine's project. */
export function answerMetadata(
  identities: Identities,
  request: HttpRequest,
  path: string,
  query: URLSearchParams,
  projectNumber: string | undefined,
): HttpAnswer {
  const flavor = { 'Metadata-Flavor': 'Google', Server: 'Metadata Server for VM' };
  const text = (body: string, status = 200): HttpAnswer => ({
    status,
    headers: { ...flavor, 'Content-Type': status === 200 ? 'application/text' : 'text/html' },
    body,
  });
  const { machine } = identities;
  if (machine === undefined) return { status: 404, headers: {}, body: '' };
  if (request.headers['metadata-flavor'] !== 'Google') {
    return text('<p>Missing required header “Metadata-Flavor”: Google</p>', 403);
  }
  const account = ['', 'instance', 'service-accounts', machine.email].join('/');
  const resource = path
    .slice(METADATA_PATH.length)
    .replace('/service-accounts/default', `/service-accounts/${machine.email}`)
    .replace(/\/$/, '');
  switch (resource) {
    case '/project/project-id':
      return text(machine.project ?? '');
    case '/project/numeric-project-id':
      return text(projectNumber ?? '');
    case '/universe/universe-domain':
      return text('googleapis.com');
    case '/instance':
      return text('service-accounts/\n');
    case `${account}/email`:
      return text(machine.email);
    case `${account}/token`: {
      const scopes = query.get('scopes');
      const answer = jsonAnswer({
        access_token: identities.issue(
          machine,
          scopes === null ? {} : { scopes: scopes.split(',') },
        ),
        expires_in: identities.tokenLifetime - 1,
        token_type: 'Bearer',
      });
      return { ...answer, headers: { ...answer.headers, ...flavor } };
    }
    default:
      return text('<p>The requested URL was not found on this server.</p>', 404);
  }
}
