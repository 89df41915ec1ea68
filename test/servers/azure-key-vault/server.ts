/**
 * A stand-in for the secrets of one Azure Key Vault, for the token endpoint of Microsoft Entra ID and for
 * managed identities, in process and on 127.0.0.1. Written from the REST reference, the recorded answers in
 * the test suites of the official clients and the reports of their users. `conformance.test.ts` runs the
 * official client against it, and against a real vault if there is one.
 */
import { randomBytes, randomUUID, X509Certificate } from 'node:crypto';
import type { TlsOptions } from 'node:tls';
import { Faults } from '../faults';
import { listen, type HttpAnswer, type HttpRequest, type Listener } from '../http-listener';
import { ServerClock } from '../clock';
import { Pager } from '../paging';
import { Access, type AccessModel, type Caller, type Grant, type Network } from './access';
import {
  Entra,
  FederatedIssuer,
  type Application,
  type FederatedCredential,
  type Tenant,
  type TokenOptions,
} from './entra';
import { badParameter, errorBody, KeyVaultError, unauthorized } from './errors';
import { parseJwt, signatureMatches } from './jwt';
import { ManagedIdentities, type Identity } from './managed-identity';
import { checkRequest, perform, routeOf, type Operation, type Route } from './operations';
import { RateLimiter, type RateLimit } from './rates';
import { SecretStore, type Attributes, type StoreSettings, type Version } from './store';

export interface KeyVaultOptions {
  /** 0, the default: any free port on 127.0.0.1. */
  readonly port?: number;
  /** Certificate and key as PEM, and other options of Node's TLS server. Without it, plain http. */
  readonly tls?: TlsOptions;
  /** The name in messages; `sample` by default. */
  readonly name?: string;
  /**
   * The resource that tokens are for and that the challenge names: `https://vault.azure.net` by default. A
   * client that compares it with the host of the vault needs one that belongs to that host.
   */
  readonly resource?: string;
  /** The vault's tenant; random by default. */
  readonly tenantId?: string;
}

/** Replaces parts of the challenge that a 401 carries. */
export interface Challenge {
  /** Another resource: a fake vault asks for the tokens of another service in this way. */
  readonly resource?: string;
  readonly authorization?: string;
}

export interface ApplicationOptions extends Grant {
  /** The vault's tenant by default. */
  readonly tenantId?: string;
  readonly clientId?: string;
  /** For credentials that people type; random otherwise. */
  readonly clientSecret?: string;
}

export interface ApplicationHandle extends Caller {
  readonly clientId: string;
  readonly clientSecret: string;
  newSecret(options?: { readonly value?: string; readonly expires?: Date }): string;
  removeSecret(value: string): void;
  /** `pem` is a certificate with an RSA key. */
  addCertificate(pem: string): void;
  federate(credential: FederatedCredential): void;
  /** A token without a request. */
  token(options?: TokenOptions): string;
}

export interface IdentityOptions extends Grant {
  readonly clientId?: string;
  /** Must be named in the request. */
  readonly userAssigned?: boolean;
}

export interface PutOptions {
  readonly contentType?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly attributes?: Partial<Attributes>;
}

export interface SecretView {
  readonly name: string;
  readonly managed: boolean;
  /** Oldest first. */
  readonly versions: readonly Version[];
  readonly current: Version;
}

/** A received request, without credentials and values. */
export interface LoggedRequest {
  readonly method: string;
  /** Decoded, without slashes at its ends and without query: `secrets/database-url`. */
  readonly path: string;
  /** As it was sent, still encoded. */
  readonly target: string;
  readonly query: Readonly<Record<string, string>>;
  /** `authorization` and `x-identity-header` read `[present]`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly api: 'vault' | 'entra' | 'identity' | 'unknown';
  readonly operation: Operation | undefined;
  /** The name of the secret as the request gives it. */
  readonly secret: string | undefined;
  /** The status that was sent; `undefined` while under way, or if no answer was sent. */
  readonly status: number | undefined;
  /** The inner code if there is one: `ObjectIsDeletedButRecoverable`. */
  readonly errorCode: string | undefined;
}

type MutableLog = { -readonly [Key in keyof LoggedRequest]: LoggedRequest[Key] };

const KEPT_REQUESTS = 20_000;
const SECRET_HEADERS = new Set(['authorization', 'x-identity-header']);
const region = 'westeurope';

const trimSlashes = (path: string): string => path.replaceAll(/^\/+|\/+$/g, '');

interface Target {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly api: LoggedRequest['api'];
  readonly route: Route | undefined;
}

function parseTarget({ method, target }: HttpRequest): Target {
  const [rawPath = '', ...rest] = target.split('?');
  let path = trimSlashes(rawPath);
  try {
    path = trimSlashes(decodeURIComponent(rawPath));
  } catch {
    // Not a name that any operation knows.
  }
  const query = new URLSearchParams(rest.join('?'));
  if (/^(?:deleted)?secrets(?:\/|$)/.test(path)) {
    return { path, query, api: 'vault', route: routeOf(method, path) };
  }
  const api = /^metadata\/identity\/|^msi\/token$/.test(path)
    ? 'identity'
    : /^[^/]+\/(?:oauth2\/|v2\.0\/)/.test(path)
      ? 'entra'
      : 'unknown';
  return { path, query, api, route: undefined };
}

const logEntry = (request: HttpRequest, { path, query, api, route }: Target): MutableLog => ({
  method: request.method,
  path,
  target: request.target,
  query: Object.fromEntries(query),
  headers: Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      SECRET_HEADERS.has(name) ? '[present]' : value,
    ]),
  ),
  api,
  operation: route?.operation,
  secret: route?.name,
  status: undefined,
  errorCode: undefined,
});

export class KeyVaultServer {
  readonly clock = new ServerClock();
  readonly faults = new Faults<LoggedRequest>();
  /** The last 20,000 requests, oldest first. */
  readonly requests: LoggedRequest[] = [];
  readonly tenantId: string;
  /** Sent with a 429 if set: seconds. */
  retryAfter: number | undefined;
  challenge: Challenge = {};

  private readonly store = new SecretStore(this.clock);
  private readonly pager = new Pager(() =>
    badParameter('The $skiptoken query parameter is invalid.'),
  );
  private readonly rateLimiter = new RateLimiter(this.clock);
  private readonly entra = new Entra(this.clock);
  private readonly identities = new ManagedIdentities(this.entra, this.clock);
  private readonly access: Access;
  private listener: Listener | undefined;
  private identityListener: Listener | undefined;

  constructor(private readonly options: KeyVaultOptions) {
    this.tenantId = options.tenantId ?? randomUUID();
    this.entra.resource = options.resource ?? this.entra.resource;
    this.entra.addTenant({
      id: this.tenantId,
      name: 'Strongroom',
      domain: 'strongroom.onmicrosoft.com',
    });
    this.access = new Access({ name: options.name ?? 'sample', location: region });
  }

  async start(): Promise<void> {
    const { port, tls } = this.options;
    const handle = (request: HttpRequest) => this.handle(request);
    this.listener = await listen({
      handle,
      ...(port === undefined ? {} : { port }),
      ...(tls === undefined ? {} : { tls }),
    });
    // Programs in Azure reach their managed identity without TLS.
    if (tls !== undefined) this.identityListener = await listen({ handle });
  }

  async close(): Promise<void> {
    await Promise.all([this.running.close(), this.identityListener?.close()]);
  }

  /** `http://127.0.0.1:PORT`, or https: the vault, and the authority for tokens. */
  get url(): string {
    return this.running.url;
  }

  get port(): number {
    return this.running.port;
  }

  /** Plain http: instead of `http://169.254.169.254`. */
  get identityUrl(): string {
    return (this.identityListener ?? this.running).url;
  }

  /** The variables with which App Service tells a program how to get tokens. */
  get appServiceEnvironment(): { IDENTITY_ENDPOINT: string; IDENTITY_HEADER: string } {
    return {
      IDENTITY_ENDPOINT: `${this.identityUrl}/msi/token`,
      IDENTITY_HEADER: this.identities.header,
    };
  }

  get resource(): string {
    return this.entra.resource;
  }

  get stats(): Listener['stats'] {
    return this.running.stats;
  }

  // Principals

  tenant(options: Partial<Tenant> = {}): Tenant {
    const { id = randomUUID(), name = 'Other', domain = `${id}.onmicrosoft.com` } = options;
    const tenant = { id, name, domain };
    this.entra.addTenant(tenant);
    return tenant;
  }

  /** Without a grant, it may do everything with secrets. */
  application(options: ApplicationOptions = {}): ApplicationHandle {
    const application: Application = {
      appId: options.clientId ?? randomUUID(),
      objectId: randomUUID(),
      tenantId: options.tenantId ?? this.tenantId,
      secrets: [],
      certificates: [],
      federated: [],
    };
    this.entra.applications.set(application.appId, application);
    this.access.grant(application.objectId, options);
    const newSecret: ApplicationHandle['newSecret'] = (secret = {}) => {
      const value = secret.value ?? `Sm8Q~${randomBytes(24).toString('base64url')}`;
      const expiresAt = secret.expires?.getTime() ?? Number.POSITIVE_INFINITY;
      application.secrets.push({ value, expiresAt });
      return value;
    };
    return {
      appId: application.appId,
      clientId: application.appId,
      objectId: application.objectId,
      tenantId: application.tenantId,
      clientSecret: newSecret(
        options.clientSecret === undefined ? {} : { value: options.clientSecret },
      ),
      newSecret,
      removeSecret: (value) => {
        const index = application.secrets.findIndex((secret) => secret.value === value);
        if (index >= 0) application.secrets.splice(index, 1);
      },
      addCertificate: (pem) => {
        application.certificates.push(new X509Certificate(pem));
      },
      federate: (credential) => {
        application.federated.push(credential);
      },
      token: (token) => this.entra.issue(application, token),
    };
  }

  managedIdentity(options: IdentityOptions = {}): Identity {
    const identity: Identity = {
      appId: options.clientId ?? randomUUID(),
      objectId: randomUUID(),
      tenantId: this.tenantId,
      systemAssigned: options.userAssigned !== true,
      resourceId: `/subscriptions/${randomUUID()}/resourcegroups/strongroom/providers/Microsoft.ManagedIdentity/userAssignedIdentities/strongroom`,
    };
    this.identities.add(identity);
    this.access.grant(identity.objectId, options);
    return identity;
  }

  /** An identity provider whose assertions `federate` can accept. */
  federatedIssuer(url = 'https://cluster.example/issuer/'): FederatedIssuer {
    const issuer = new FederatedIssuer(url, this.clock);
    this.entra.trust(url, issuer.key);
    return issuer;
  }

  /** Replaces what a principal may do, from the next request on. */
  grant(principal: Pick<Caller, 'objectId'>, grant: Grant): void {
    this.access.grant(principal.objectId, grant);
  }

  get accessModel(): AccessModel {
    return this.access.model;
  }

  set accessModel(model: AccessModel) {
    this.access.model = model;
  }

  set network(network: Network) {
    this.access.network = network;
  }

  // Settings

  /** Soft delete, and how long deletions and recoveries take. */
  get settings(): StoreSettings {
    return this.store.settings;
  }

  /** See `Pager.pageSizes`. */
  set pageSizes(sizes: readonly number[] | undefined) {
    this.pager.pageSizes = sizes;
  }

  /** None unless set; `keyVaultRates` are those of the service. */
  set rates(limits: readonly RateLimit[]) {
    this.rateLimiter.limits = limits;
  }

  // Secrets, without permissions and limits

  /** Creates the secret, or gives it a new version. Returns the version's id. */
  put(name: string, value: string, options: PutOptions = {}): string {
    const { contentType, tags } = options;
    const attributes = { ...options.attributes, enabled: options.attributes?.enabled ?? true };
    return this.store.set(name, { value, contentType, tags, attributes }).version.id;
  }

  /** The secret that a certificate has beside it: certificate and key in one value. */
  certificate(name: string, value = 'MIIKagIBAzCCCi'): void {
    this.store.setManaged(name, {
      value,
      contentType: 'application/x-pkcs12',
      attributes: { enabled: true },
    });
  }

  delete(name: string): void {
    this.store.delete(name);
  }

  recover(name: string): void {
    this.store.recover(name);
  }

  names(): string[] {
    return this.store.live().map(({ name }) => name);
  }

  deletedNames(): string[] {
    return this.store.deleted().map(({ name }) => name);
  }

  /** `undefined` if it cannot be read. */
  secret(name: string): SecretView | undefined {
    const secret = this.store.findLive(name);
    const current = secret?.versions.at(-1);
    return secret === undefined || current === undefined
      ? undefined
      : { name: secret.name, managed: secret.managed, versions: secret.versions, current };
  }

  /** The number of requests of one operation. */
  count(operation: Operation): number {
    return this.requests.filter((request) => request.operation === operation).length;
  }

  clearRequests(): void {
    this.requests.length = 0;
  }

  // Requests

  private get running(): Listener {
    if (this.listener === undefined) throw new Error('The server has not been started.');
    return this.listener;
  }

  private handle(request: HttpRequest) {
    const target = parseTarget(request);
    const entry = logEntry(request, target);
    this.requests.push(entry);
    if (this.requests.length > KEPT_REQUESTS) this.requests.shift();
    return {
      fault: this.faults.take(entry),
      apply: () => this.answer(request, target, entry),
      done: (status: number | undefined) => {
        entry.status = status;
      },
    };
  }

  private answer(request: HttpRequest, target: Target, entry: MutableLog): HttpAnswer {
    const { path, query } = target;
    if (target.api === 'entra') return this.answerEntra(request, path);
    if (path === 'metadata/identity/oauth2/token' && request.method === 'GET') {
      return this.identities.virtualMachine(request, query);
    }
    if (path === 'msi/token' && request.method === 'GET') {
      return this.identities.appService(request, query);
    }
    try {
      return this.answerVault(request, target);
    } catch (error) {
      if (!(error instanceof KeyVaultError)) throw error;
      entry.errorCode = error.innerCode ?? error.code;
      return this.refusal(request, error);
    }
  }

  private answerEntra({ method, body }: HttpRequest, path: string): HttpAnswer {
    const [tenant = '', ...rest] = path.split('/');
    const endpoint = rest.join('/');
    if (method === 'POST' && endpoint === 'oauth2/v2.0/token') {
      return this.entra.token(tenant, 'v2', new URLSearchParams(body));
    }
    if (method === 'POST' && endpoint === 'oauth2/token') {
      return this.entra.token(tenant, 'v1', new URLSearchParams(body));
    }
    return { status: 404, headers: {}, body: '' };
  }

  private answerVault(request: HttpRequest, { query, route }: Target): HttpAnswer {
    const caller = this.authenticate(request.headers['authorization']);
    this.access.admit(caller, request.remoteAddress);
    if (route === undefined) throw new KeyVaultError(404, 'NotFound', 'Resource not found.');
    this.rateLimiter.admit(route.operation);
    checkRequest(route, query);
    this.access.authorize(caller, route.operation, route.name);
    const origin = `${this.url.startsWith('https:') ? 'https' : 'http'}://${request.headers['host'] ?? ''}`;
    const result = perform(
      { route, query, body: request.body, origin },
      { store: this.store, pager: this.pager, vaultName: this.access.vaultName },
    );
    return {
      status: result === undefined ? 204 : 200,
      headers: this.headers(request),
      body: result === undefined ? '' : JSON.stringify(result),
    };
  }

  /** Throws Unauthorized. The words are those of the service. */
  private authenticate(authorization: string | undefined): Caller {
    const [, token] = /^Bearer (.+)$/i.exec(authorization ?? '') ?? [];
    if (token === undefined) {
      throw unauthorized('AKV10000: Request is missing a Bearer or PoP token.');
    }
    const jwt = parseJwt(token);
    if (jwt === undefined) {
      throw unauthorized("[BearerReadAccessTokenFailed] Error validating token: 'S2S12005'.");
    }
    const { keyId, publicKey } = this.entra.signer;
    if (jwt.header['kid'] !== keyId || !signatureMatches(jwt, publicKey)) {
      throw unauthorized(
        `AKV10046: Unable to resolve the key used for signature validation. EncodedJwtHeader: '${token.split('.')[0] ?? ''}'.`,
      );
    }
    const { exp, aud, iss, appid, oid, tid } = jwt.claims as Readonly<Record<string, string>>;
    if (Number(exp) * 1000 <= this.clock.now()) {
      throw unauthorized("[TokenExpired] Error validating token: 'S2S12086'.");
    }
    if (aud !== this.resource) {
      throw unauthorized(
        `AKV10022: Invalid audience. Expected ${this.resource}, found: ${aud ?? ''}.`,
      );
    }
    if (tid !== this.tenantId) {
      throw unauthorized(
        `AKV10032: Invalid issuer. Expected one of https://sts.windows.net/${this.tenantId}/, found ${iss ?? ''}.`,
      );
    }
    return { appId: appid ?? '', objectId: oid ?? '', tenantId: tid };
  }

  private refusal(request: HttpRequest, error: KeyVaultError): HttpAnswer {
    const { authorization = `${this.url}/${this.tenantId}`, resource = this.resource } =
      this.challenge;
    return {
      status: error.status,
      headers: {
        ...this.headers(request),
        ...(error.status === 401
          ? {
              'WWW-Authenticate': `Bearer authorization="${authorization}", resource="${resource}"`,
            }
          : {}),
        ...(error.status === 429 && this.retryAfter !== undefined
          ? { 'Retry-After': String(this.retryAfter) }
          : {}),
      },
      body: errorBody(error),
    };
  }

  private headers({ headers, remoteAddress }: HttpRequest): Readonly<Record<string, string>> {
    const clientRequestId = headers['x-ms-client-request-id'];
    return {
      'Cache-Control': 'no-cache',
      Pragma: 'no-cache',
      'Content-Type': 'application/json; charset=utf-8',
      Expires: '-1',
      'x-ms-keyvault-region': region,
      'x-ms-request-id': randomUUID(),
      ...(clientRequestId === undefined ? {} : { 'x-ms-client-request-id': clientRequestId }),
      'x-ms-keyvault-service-version': '1.9.3019.1',
      'x-ms-keyvault-network-info': `conn_type=Ipv4;addr=${remoteAddress};act_addr_fam=InterNetwork;`,
      'X-Content-Type-Options': 'nosniff',
      'Strict-Transport-Security': 'max-age=31536000;includeSubDomains',
    };
  }
}

export async function startKeyVaultServer(options: KeyVaultOptions = {}): Promise<KeyVaultServer> {
  const server = new KeyVaultServer(options);
  await server.start();
  return server;
}

export { keyVaultRates } from './rates';
