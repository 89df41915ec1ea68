/**
 * The token endpoints of Microsoft Entra ID that programs use, with client secrets, certificates and
 * federated assertions. Errors have the codes and words of the service.
 */
import { randomUUID, type KeyObject, type X509Certificate } from 'node:crypto';
import type { ServerClock } from '../clock';
import type { HttpAnswer } from '../http-listener';
import type { Caller } from './access';
import { parseJwt, signatureMatches, Signer, type Claims, type Jwt } from './jwt';

export interface Tenant {
  readonly id: string;
  /** In the messages about unknown applications. */
  readonly name: string;
  /** Can be used instead of the id. */
  readonly domain: string;
}

export interface ClientSecret {
  readonly value: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** Assertions of this issuer and subject are accepted instead of a secret. */
export interface FederatedCredential {
  readonly issuer: string;
  readonly subject: string;
  /** `api://AzureADTokenExchange` by default. */
  readonly audience?: string;
}

export interface Application extends Caller {
  readonly secrets: ClientSecret[];
  readonly certificates: X509Certificate[];
  readonly federated: FederatedCredential[];
}

export interface TokenOptions {
  /** The resource of the vault by default. */
  readonly audience?: string;
  /** Seconds; 3599 by default. */
  readonly expiresIn?: number;
}

const oauthErrors = {
  invalidClient: { error: 'invalid_client', status: 401 },
  invalidRequest: { error: 'invalid_request', status: 400 },
  invalidResource: { error: 'invalid_resource', status: 400 },
  invalidScope: { error: 'invalid_scope', status: 400 },
  unauthorizedClient: { error: 'unauthorized_client', status: 400 },
  unsupportedGrant: { error: 'unsupported_grant_type', status: 400 },
} as const;

class EntraError extends Error {
  constructor(
    readonly kind: (typeof oauthErrors)[keyof typeof oauthErrors],
    readonly code: number,
    message: string,
  ) {
    super(message);
  }
}

const invalidClient = (code: number, message: string): EntraError =>
  new EntraError(oauthErrors.invalidClient, code, message);

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const exchangeAudience = 'api://AzureADTokenExchange';
const federationHelp =
  'Please note that the matching is done using a case-sensitive comparison. Check your federated identity credential Subject, Audience and Issuer against the presented assertion. https://learn.microsoft.com/entra/workload-id/workload-identity-federation';

/** Resources beside the vault's for which every tenant gives tokens. */
const otherResources = ['https://management.azure.com', 'https://graph.microsoft.com'];

/** Like 2026-11-30 18:04:05Z. */
const stamp = (date: Date): string => `${date.toISOString().slice(0, 19).replace('T', ' ')}Z`;

const withoutSlash = (text: string): string => text.replace(/\/+$/, '');

export class Entra {
  /** The audience that a vault expects. */
  resource = 'https://vault.azure.net';
  readonly signer = new Signer();
  readonly applications = new Map<string, Application>();
  private readonly tenants: Tenant[] = [];
  private readonly issuers = new Map<string, KeyObject>();

  constructor(private readonly clock: ServerClock) {}

  addTenant(tenant: Tenant): void {
    this.tenants.push(tenant);
  }

  /** An identity provider whose assertions federated credentials can name. */
  trust(issuer: string, key: KeyObject): void {
    this.issuers.set(issuer, key);
  }

  /** An access token; `audience` as the requester wrote it. */
  issue({ appId, objectId, tenantId }: Caller, options: TokenOptions = {}): string {
    const now = this.seconds();
    return this.signer.sign({
      aud: options.audience ?? this.resource,
      iss: `https://sts.windows.net/${tenantId}/`,
      iat: now,
      nbf: now,
      exp: now + (options.expiresIn ?? 3599),
      appid: appId,
      oid: objectId,
      sub: objectId,
      tid: tenantId,
      idtyp: 'app',
      ver: '1.0',
    });
  }

  knowsResource(resource: string): boolean {
    return [this.resource, ...otherResources].map(withoutSlash).includes(withoutSlash(resource));
  }

  /** `POST /TENANT/oauth2/v2.0/token`, or `/TENANT/oauth2/token` with `resource` instead of `scope`. */
  token(tenant: string, version: 'v1' | 'v2', form: URLSearchParams): HttpAnswer {
    try {
      return this.grant(tenant, version, form);
    } catch (error) {
      if (error instanceof EntraError) return this.refusal(error);
      throw error;
    }
  }

  private grant(tenantName: string, version: 'v1' | 'v2', form: URLSearchParams): HttpAnswer {
    const tenant = this.tenant(tenantName);
    const grantType = required(form, 'grant_type');
    if (grantType !== 'client_credentials') {
      throw new EntraError(
        oauthErrors.unsupportedGrant,
        70_003,
        `The app requested an unsupported grant type '${grantType}'.`,
      );
    }
    const clientId = required(form, 'client_id');
    const application = this.applications.get(clientId);
    if (application?.tenantId !== tenant.id) {
      throw new EntraError(
        oauthErrors.unauthorizedClient,
        700_016,
        `Application with identifier '${clientId}' was not found in the directory '${tenant.name}'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.`,
      );
    }
    this.authenticate(application, tenant, form);
    const audience = version === 'v1' ? required(form, 'resource') : scopeResource(form);
    if (!this.knowsResource(audience)) {
      throw new EntraError(
        oauthErrors.invalidResource,
        500_011,
        `The resource principal named ${audience} was not found in the tenant named ${tenant.name}. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You might have sent your authentication request to the wrong tenant.`,
      );
    }
    const token = { access_token: this.issue(application, { audience }) };
    if (version === 'v2') {
      return json(200, { token_type: 'Bearer', expires_in: 3599, ext_expires_in: 3599, ...token });
    }
    return json(200, {
      token_type: 'Bearer',
      expires_in: '3599',
      ext_expires_in: '3599',
      expires_on: String(this.seconds() + 3599),
      not_before: String(this.seconds()),
      resource: audience,
      ...token,
    });
  }

  private tenant(name: string): Tenant {
    const tenant = this.tenants.find(
      ({ id, domain }) => id === name.toLowerCase() || domain === name.toLowerCase(),
    );
    if (tenant !== undefined) return tenant;
    if (!/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$|\./i.test(name)) {
      throw new EntraError(
        oauthErrors.invalidRequest,
        900_023,
        `Specified tenant identifier '${name}' is neither a valid DNS name, nor a valid external domain.`,
      );
    }
    throw new EntraError(
      oauthErrors.invalidRequest,
      90_002,
      `Tenant '${name}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant.`,
    );
  }

  private authenticate(application: Application, tenant: Tenant, form: URLSearchParams): void {
    const secret = form.get('client_secret');
    const assertion = form.get('client_assertion');
    if (secret !== null) this.checkSecret(application, secret);
    else if (assertion === null) {
      throw invalidClient(
        7_000_218,
        "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
      );
    } else {
      const jwt = parseJwt(assertion);
      if (jwt === undefined || form.get('client_assertion_type') !== assertionType) {
        throw invalidClient(50_027, 'JWT token is invalid or malformed.');
      }
      // An application signs for itself; anyone else is a federated issuer.
      const { iss } = jwt.claims;
      if (iss === application.appId) this.checkCertificate(application, tenant, jwt);
      else this.checkFederation(application, jwt);
    }
  }

  private checkSecret({ appId, secrets }: Application, value: string): void {
    const secret = secrets.find((each) => each.value === value);
    if (secret === undefined) {
      throw invalidClient(
        7_000_215,
        `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${appId}'.`,
      );
    }
    if (secret.expiresAt <= this.clock.now()) {
      throw invalidClient(
        7_000_222,
        `The provided client secret keys for app '${appId}' are expired. Visit the Azure portal to create new keys for your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for added security: https://aka.ms/certCreds.`,
      );
    }
  }

  /** Source: “Microsoft identity platform application authentication certificate credentials”. */
  private checkCertificate(application: Application, tenant: Tenant, jwt: Jwt): void {
    const { header, claims } = jwt;
    const thumbprint = header['x5t#S256'] ?? header['x5t'];
    const name =
      typeof thumbprint === 'string'
        ? Buffer.from(thumbprint, 'base64url').toString('hex').toUpperCase()
        : '';
    const certificate = application.certificates.find(({ fingerprint, fingerprint256 }) =>
      [fingerprint, fingerprint256].some((each) => each.replaceAll(':', '') === name),
    );
    const used = `Thumbprint of key used by client: '${name}'`;
    if (certificate === undefined) {
      throw invalidClient(
        700_027,
        `The certificate with identifier used to sign the client assertion is not registered on application. [Reason - The key was not found., ${used}, Please visit the Azure Portal to register the certificate.]`,
      );
    }
    const { publicKey, validFrom, validTo } = certificate;
    const found = `${used}, Found key 'Start=${stamp(new Date(validFrom))}, End=${stamp(new Date(validTo))}'`;
    const bad = (reason: string): EntraError =>
      invalidClient(
        700_027,
        `Client assertion contains an invalid signature. [Reason - ${reason}, ${found}]`,
      );
    if (Date.parse(validTo) <= this.clock.now()) throw bad('The key used is expired.');
    if (!['RS256', 'PS256'].includes(String(header['alg'])) || !signatureMatches(jwt, publicKey)) {
      throw bad('The provided signature value did not match the expected signature value.');
    }
    this.checkTimes(claims);
    if (claims['sub'] !== application.appId) {
      throw invalidClient(
        700_021,
        "Client assertion application identifier doesn't match 'client_id' parameter.",
      );
    }
    const realm = new RegExp(
      `/(?:${tenant.id}|${tenant.domain})/(?:oauth2/(?:v2\\.0/)?token|v2\\.0)$`,
    );
    if (typeof claims['aud'] !== 'string' || !realm.test(claims['aud'])) {
      throw invalidClient(700_023, 'Client assertion audience claim does not match Realm issuer.');
    }
  }

  private checkFederation({ federated }: Application, jwt: Jwt): void {
    const issuer = String(jwt.claims['iss']);
    const subject = String(jwt.claims['sub']);
    const audience = String(jwt.claims['aud']);
    const missing = (code: number, what: string, value: string): EntraError =>
      invalidClient(
        code,
        `No matching federated identity record found for presented assertion ${what} '${value}'. ${federationHelp}`,
      );
    const ofIssuer = federated.filter((each) => each.issuer === issuer);
    if (ofIssuer.length === 0) throw missing(700_211, 'issuer', issuer);
    const ofSubject = ofIssuer.filter((each) => each.subject === subject);
    if (ofSubject.length === 0) throw missing(700_213, 'subject', subject);
    if (!ofSubject.some((each) => (each.audience ?? exchangeAudience) === audience)) {
      throw missing(700_212, 'audience', audience);
    }
    const key = this.issuers.get(issuer);
    if (key === undefined || !signatureMatches(jwt, key)) {
      throw invalidClient(50_013, 'Assertion failed signature validation.');
    }
    this.checkTimes(jwt.claims);
  }

  private checkTimes(claims: Claims): void {
    const now = this.seconds();
    const from = Number(claims['nbf'] ?? claims['iat'] ?? 0);
    const to = Number(claims['exp']);
    // Five minutes of clock skew are allowed; `exp` must be given.
    if (from - 300 <= now && now < to + 300) return;
    const iso = (seconds: number): string =>
      Number.isFinite(seconds) ? new Date(seconds * 1000).toISOString() : 'none';
    throw invalidClient(
      700_024,
      `Client assertion is not within its valid time range. Current time: ${iso(now)}, assertion valid from ${iso(from)}, expiry time of assertion ${iso(to)}. Review the documentation at https://learn.microsoft.com/entra/identity-platform/certificate-credentials .`,
    );
  }

  private refusal({ kind, code, message }: EntraError): HttpAnswer {
    const timestamp = stamp(this.clock.date());
    const traceId = randomUUID();
    const correlationId = randomUUID();
    return json(kind.status, {
      error: kind.error,
      error_description: `AADSTS${String(code)}: ${message} Trace ID: ${traceId} Correlation ID: ${correlationId} Timestamp: ${timestamp}`,
      error_codes: [code],
      timestamp,
      trace_id: traceId,
      correlation_id: correlationId,
      error_uri: `https://login.microsoftonline.com/error?code=${String(code)}`,
    });
  }

  private seconds(): number {
    return Math.floor(this.clock.now() / 1000);
  }
}

function required(form: URLSearchParams, field: string): string {
  const value = form.get(field);
  if (value !== null && value !== '') return value;
  throw new EntraError(
    oauthErrors.invalidRequest,
    900_144,
    `The request body must contain the following parameter: '${field}'.`,
  );
}

/** The resource of a scope such as `https://vault.azure.net/.default`. */
function scopeResource(form: URLSearchParams): string {
  const scope = required(form, 'scope');
  const suffix = '/.default';
  if (scope.endsWith(suffix)) return scope.slice(0, -suffix.length);
  throw new EntraError(
    oauthErrors.invalidScope,
    1_002_012,
    `The provided value for scope ${scope} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).`,
  );
}

export const json = (status: number, value: unknown): HttpAnswer => ({
  status,
  headers: { 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store' },
  body: JSON.stringify(value),
});

/** An identity provider outside of Entra, such as a Kubernetes cluster. */
export class FederatedIssuer {
  private readonly signer = new Signer();

  constructor(
    readonly url: string,
    private readonly clock: ServerClock,
  ) {}

  get key(): KeyObject {
    return this.signer.publicKey;
  }

  /** The assertion that a workload finds in AZURE_FEDERATED_TOKEN_FILE. */
  assertion(subject: string, claims: Claims = {}): string {
    const now = Math.floor(this.clock.now() / 1000);
    return this.signer.sign({
      iss: this.url,
      sub: subject,
      aud: exchangeAudience,
      iat: now,
      nbf: now,
      exp: now + 3600,
      ...claims,
    });
  }
}
