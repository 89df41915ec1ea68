/**
 * A stand-in for IAM Identity Center: device authorisation of SSO OIDC, and the keys of a role from its portal. Sources:
 * https://docs.aws.amazon.com/singlesignon/latest/OIDCAPIReference/Welcome.html and
 * https://docs.aws.amazon.com/singlesignon/latest/PortalAPIReference/API_GetRoleCredentials.html
 */
import { randomUUID } from 'node:crypto';
import { listen, type HttpAnswer, type HttpRequest } from '../http-listener';

interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

export interface IdentityCenterOptions {
  /** The keys of the role, good at the stand-in of a service. */
  readonly keys: () => Keys;
  readonly startUrl?: string;
  /** As `ACCOUNT/ROLE`. */
  readonly assigned?: string;
  readonly now?: () => number;
}

export interface IdentityCenter {
  readonly url: string;
  readonly startUrl: string;
  /** What the page answers when a person opens it. */
  decision: 'allow' | 'deny' | 'slow-down-first';
  /** How long a token lasts, in seconds. */
  lasts: number;
  /** Whether a token comes with another one that renews it, once. */
  renews: boolean;
  /** Roles that are listed beside the one that is assigned. */
  otherRoles: readonly string[];
  /** How often a token was renewed. */
  readonly renewals: number;
  /** The variables that lead clients here. */
  readonly env: Readonly<Record<string, string>>;
  /** Ends all sign-ins. */
  revoke(): void;
  close(): Promise<void>;
}

interface Device {
  readonly userCode: string;
  state: 'waiting' | 'allowed' | 'denied' | 'used';
}

const json = (status: number, body: unknown): HttpAnswer => ({
  status,
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify(body),
});
const refusal = (error: string): HttpAnswer => json(400, { error, error_description: 'x' });

export async function startIdentityCenter({
  keys,
  startUrl = 'https://my-company.awsapps.com/start',
  assigned = '123456789012/Developer',
  now = Date.now,
}: IdentityCenterOptions): Promise<IdentityCenter> {
  const [account = '', role = ''] = assigned.split('/');
  const devices = new Map<string, Device>();
  const tokens = new Map<string, number>();
  /** By the token that renews: whose it is. */
  const refreshes = new Map<string, string>();
  /** The grants of each client. */
  const clients = new Map<string, readonly string[]>();
  let renewals = 0;
  let isSlow = false;

  const start = (body: Record<string, string>): HttpAnswer => {
    if (!clients.has(body['clientId'] ?? '')) return refusal('invalid_client');
    if (body['startUrl'] !== startUrl) return refusal('invalid_request');
    const deviceCode = randomUUID();
    const userCode = 'ABCD-EFGH';
    devices.set(deviceCode, { userCode, state: 'waiting' });
    isSlow = center.decision === 'slow-down-first';
    return json(200, {
      deviceCode,
      userCode,
      verificationUri: `${listener.url}/device`,
      verificationUriComplete: `${listener.url}/device?user_code=${userCode}`,
      expiresIn: 600,
      interval: 1,
    });
  };

  const token = (clientId: string): HttpAnswer => {
    const accessToken = `sso-${randomUUID()}`;
    tokens.set(accessToken, now() + center.lasts * 1000);
    const mayRenew = center.renews && clients.get(clientId)?.includes('refresh_token') === true;
    const refreshToken = `refresh-${randomUUID()}`;
    if (mayRenew) refreshes.set(refreshToken, clientId);
    return json(200, {
      accessToken,
      expiresIn: center.lasts,
      tokenType: 'Bearer',
      ...(mayRenew && { refreshToken }),
    });
  };

  const renew = ({ clientId = '', refreshToken = '' }: Record<string, string>): HttpAnswer => {
    if (refreshes.get(refreshToken) !== clientId) return refusal('invalid_grant');
    refreshes.delete(refreshToken);
    renewals += 1;
    return token(clientId);
  };

  const create = (body: Record<string, string>): HttpAnswer => {
    if (body['grantType'] === 'refresh_token') return renew(body);
    const device = devices.get(body['deviceCode'] ?? '');
    if (device === undefined || device.state === 'used') return refusal('invalid_grant');
    if (device.state === 'denied') return refusal('access_denied');
    if (isSlow) {
      isSlow = false;
      return refusal('slow_down');
    }
    if (device.state === 'waiting') return refusal('authorization_pending');
    device.state = 'used';
    return token(body['clientId'] ?? '');
  };

  const credentials = (request: HttpRequest, query: URLSearchParams): HttpAnswer => {
    const until = tokens.get(request.headers['x-amz-sso_bearer_token'] ?? '') ?? 0;
    if (until <= now()) return json(401, { message: 'Session token not found or invalid' });
    const asked = `${query.get('account_id') ?? ''}/${query.get('role_name') ?? ''}`;
    if (asked !== assigned) return json(403, { message: 'No access' });
    const { accessKeyId, secretAccessKey, sessionToken = '' } = keys();
    return json(200, {
      roleCredentials: {
        accessKeyId,
        secretAccessKey,
        sessionToken,
        expiration: now() + 3_600_000,
      },
    });
  };

  const holder = (request: HttpRequest): boolean =>
    (tokens.get(request.headers['x-amz-sso_bearer_token'] ?? '') ?? 0) > now();

  /** One account and two roles, one to a page. */
  const accounts = (request: HttpRequest): HttpAnswer =>
    holder(request)
      ? json(200, {
          accountList: [{ accountId: account, accountName: 'Production', emailAddress: 'a@b.c' }],
          nextToken: null,
        })
      : json(401, { message: 'Session token not found or invalid' });

  const roles = (request: HttpRequest, query: URLSearchParams): HttpAnswer => {
    if (!holder(request)) return json(401, { message: 'Session token not found or invalid' });
    if (query.get('account_id') !== account) return json(403, { message: 'No access' });
    const names = [role, ...center.otherRoles];
    const at = Number(query.get('next_token') ?? 0);
    return json(200, {
      roleList: names.slice(at, at + 1).map((roleName) => ({ roleName, accountId: account })),
      nextToken: at + 1 < names.length ? String(at + 1) : null,
    });
  };

  const page = (query: URLSearchParams): HttpAnswer => {
    for (const device of devices.values()) {
      if (device.userCode !== query.get('user_code') || device.state !== 'waiting') continue;
      device.state = center.decision === 'deny' ? 'denied' : 'allowed';
    }
    return {
      status: 200,
      headers: { 'Content-Type': 'text/html; charset=utf-8' },
      body: '<!doctype html><title>Sign-in</title><h1>Request decided</h1>',
    };
  };

  const answer = (request: HttpRequest): HttpAnswer => {
    const url = new URL(request.target, 'http://localhost');
    const body = (request.method === 'POST' ? JSON.parse(request.body) : {}) as Record<
      string,
      string
    >;
    switch (url.pathname) {
      case '/client/register': {
        const clientId = randomUUID();
        const { grantTypes = [] } = JSON.parse(request.body) as {
          readonly grantTypes?: readonly string[];
        };
        clients.set(clientId, grantTypes);
        return json(200, { clientId, clientSecret: randomUUID() });
      }
      case '/device_authorization':
        return start(body);
      case '/token':
        return create(body);
      case '/federation/credentials':
        return credentials(request, url.searchParams);
      case '/assignment/accounts':
        return accounts(request);
      case '/assignment/roles':
        return roles(request, url.searchParams);
      case '/device':
        return page(url.searchParams);
      default:
        return json(404, { message: 'Not Found' });
    }
  };

  const listener = await listen({
    handle: (request) => ({ fault: undefined, apply: () => answer(request) }),
  });
  const center: IdentityCenter = {
    url: listener.url,
    startUrl,
    decision: 'allow',
    lasts: 3600,
    renews: true,
    otherRoles: [],
    get renewals() {
      return renewals;
    },
    env: { AWS_ENDPOINT_URL_SSO_OIDC: listener.url, AWS_ENDPOINT_URL_SSO: listener.url },
    revoke: () => {
      tokens.clear();
      refreshes.clear();
    },
    close: () => listener.close(),
  };
  return center;
}
