/**
 * A stand-in for Google Secret Manager, in process and in memory, with what credentials need: OAuth tokens,
 * impersonation and a metadata server. Written from the API's protocol buffers and documentation;
 * `conformance.test.ts` checks it with Google's own client.
 */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import type { TlsOptions } from 'node:tls';
import { ServerClock } from '../clock';
import { Faults } from '../faults';
import {
  listen,
  type HttpAnswer,
  type HttpRequest,
  type Listener,
  type ListenerStats,
} from '../http-listener';
import { Pager } from '../paging';
import {
  ApiError,
  credentialsInvalid,
  credentialsMissing,
  frontEndNotFound,
  invalidArgument,
  quotaProjectDenied,
  quotaProjectInvalid,
  quotaProjectMissing,
  scopeInsufficient,
  serviceDisabled,
} from './errors';
import { nameOf, routeOf, type Route, type Target } from './names';
import {
  answerMetadata,
  answerToken,
  answerTokenInfo,
  CLOUD_PLATFORM,
  generateAccessToken,
  Identities,
  impersonatedBy,
  jsonAnswer,
  METADATA_PATH,
  OAuthError,
  type AccessToken,
} from './oauth';
import { operationOf, operations, type OperationName } from './operations';
import { memberOf, Policies, type Principal, type RoleName } from './principals';
import { RateLimiter, type RateLimit } from './rates';
import { withNumericEnums } from './resources';
import {
  NO_METADATA,
  secretName,
  SecretStore,
  type Metadata,
  type Project,
  type Replication,
  type Secret,
  type State,
} from './store';

export interface GoogleSecretManagerOptions {
  /** 0, the default: any free ports on 127.0.0.1. Regional endpoints have the next ports. */
  readonly port?: number;
  readonly tls?: TlsOptions;
  /** The id of the first project. `strongroom-test` by default. */
  readonly project?: string;
  /** Locations that get a regional endpoint. None by default. */
  readonly locations?: readonly string[];
}

/** A received request. Tokens and other credentials are not kept. */
export interface LoggedRequest {
  readonly service: 'secretmanager' | 'oauth2' | 'iamcredentials' | 'metadata' | 'unknown';
  /** As in the service definition, `AccessSecretVersion`; of the other services `''`. */
  readonly operation: OperationName | '';
  readonly method: string;
  /** Decoded, without `/v1/` and query: `projects/p/secrets/s:addVersion`. */
  readonly path: string;
  /** The target as it was sent, still encoded. */
  readonly target: string;
  readonly query: Readonly<Record<string, string>>;
  /** Lower-case names; `authorization` reads `[present]`. */
  readonly headers: Readonly<Record<string, string>>;
  /** The JSON body of a request to Secret Manager; else `undefined`. */
  readonly body: unknown;
  /** The location of the regional endpoint that received it. */
  readonly endpoint: string | undefined;
  /** The status that was sent; `undefined` while under way, or if no answer was sent. */
  readonly status: number | undefined;
}

export interface ProjectOptions {
  /** Twelve digits; random by default. */
  readonly number?: string;
  /** False: the Secret Manager API is not enabled. */
  readonly apiEnabled?: boolean;
  /** An organisation policy: the only locations for secrets. It also forbids automatic replication. */
  readonly allowedLocations?: readonly string[];
}

/** A role, on the project of the principal or on a resource. */
export type Grant = RoleName | { readonly role: RoleName; readonly on: string };

export interface ServiceAccountOptions {
  /** The part of the address before the @. */
  readonly name?: string;
  /** The id of its project. The first project by default. */
  readonly project?: string;
  /** Default: `roles/secretmanager.admin`. */
  readonly roles?: readonly Grant[];
}

export interface UserOptions {
  readonly email?: string;
  /** Default: `roles/secretmanager.admin` on the first project. */
  readonly roles?: readonly Grant[];
}

export interface TokenOptions {
  readonly scopes?: readonly string[];
  /** Seconds. */
  readonly lifetime?: number;
}

/** As PEM. */
export interface KeyPair {
  readonly publicKey: string;
  readonly privateKey: string;
}

export const newKeyPair = (): KeyPair =>
  generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });

/** The JSON of a key file. */
export interface ServiceAccountKey {
  readonly type: 'service_account';
  readonly project_id: string;
  readonly private_key_id: string;
  readonly private_key: string;
  readonly client_email: string;
  readonly client_id: string;
  readonly auth_uri: string;
  readonly token_uri: string;
  readonly universe_domain: string;
}

/** The JSON that `gcloud auth application-default login` writes. */
export interface UserCredentials {
  readonly type: 'authorized_user';
  readonly client_id: string;
  readonly client_secret: string;
  readonly refresh_token: string;
  readonly quota_project_id?: string;
  readonly universe_domain: string;
}

export interface PrincipalHandle {
  readonly email: string;
  /** As a policy names it, `user:anna@example.com`. */
  readonly member: string;
  /** A new access token. */
  token(options?: TokenOptions): string;
}

export interface ServiceAccount extends PrincipalHandle {
  /** A new key. Generating one takes some 100 ms, unless there is a pair of RSA keys to use. */
  newKey(pair?: KeyPair): ServiceAccountKey;
  deleteKey(id: string): void;
}

export interface User extends PrincipalHandle {
  /** `quotaProject`: as `gcloud auth application-default set-quota-project` adds it. */
  credentials(quotaProject?: string): UserCredentials;
  /** Ends all sessions: revoked, or the user has to sign in again. */
  endSessions(state?: 'revoked' | 'reauthentication needed'): void;
}

export interface PutOptions extends Partial<Omit<Metadata, 'labels' | 'annotations'>> {
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly replication?: Replication;
}

export interface VersionView {
  readonly number: number;
  readonly state: State;
  /** UTF-8; `undefined` if the version is destroyed. */
  readonly value: string | undefined;
}

/** Sets up and inspects the secrets of one project and location, without permissions and lag. */
export interface Secrets {
  /** Creates the secret if necessary, and adds a version. Returns its number. */
  put(id: string, value: string | Uint8Array, options?: PutOptions): number;
  /** Creates a secret without a version. */
  create(id: string, options?: PutOptions): void;
  /** Ids, oldest first. */
  ids(): string[];
  /** Oldest first. Empty if there is no such secret. */
  versions(id: string): VersionView[];
  annotations(id: string): Readonly<Record<string, string>>;
  labels(id: string): Readonly<Record<string, string>>;
  enable(id: string, version: number): void;
  disable(id: string, version: number): void;
  destroy(id: string, version: number): void;
  remove(id: string): void;
}

export interface GoogleSecretManager {
  /** `http://127.0.0.1:PORT`, or https: the global endpoint, and every service for credentials. */
  readonly url: string;
  readonly port: number;
  /** The id of the first project. */
  readonly project: string;
  /** The endpoint of a location that was named in the options. */
  regionalUrl(location: string): string;

  readonly clock: ServerClock;
  readonly faults: Faults<LoggedRequest>;
  /** The last 20,000 requests, oldest first. */
  readonly requests: readonly LoggedRequest[];
  /** Of the global endpoint. */
  readonly stats: Readonly<ListenerStats>;
  clearRequests(): void;

  /** Adds a project, or changes one. */
  setProject(id: string, options?: ProjectOptions): void;
  /** The number of a project, which names in answers have. */
  projectNumber(id: string): string;
  serviceAccount(options?: ServiceAccountOptions): ServiceAccount;
  user(options?: UserOptions): User;
  /** `on`: a project, a secret, or a service account as `projects/-/serviceAccounts/EMAIL`. */
  grant(member: string, role: RoleName, on: string): void;
  withdraw(member: string, role: RoleName, on: string): void;
  /** All tokens are refused from now on. */
  revokeTokens(): void;
  /** Makes this the metadata server of a machine with that service account. */
  runAs(account: ServiceAccount | undefined): void;
  /** Seconds that new tokens live. 3600 at first. */
  tokenLifetime: number;
  /** Whether credentials of users need `x-goog-user-project`. False at first. */
  quotaProjectRequired: boolean;

  /** None unless set; `googleRates` are those of the service. */
  rates: readonly RateLimit[];
  /** Milliseconds by which `latest`, aliases and lists are behind. 0 at first. */
  lag: number;
  /** See `Pager.pageSizes`. */
  pageSizes: readonly number[] | undefined;
  /** Of the first project and the global service by default. */
  secrets(project?: string, location?: string): Secrets;
  close(): Promise<void>;
}

const KEPT_REQUESTS = 20_000;

type MutableLog = { -readonly [Key in keyof LoggedRequest]: LoggedRequest[Key] };

/** Where a request goes. */
interface Destination {
  readonly service: LoggedRequest['service'];
  readonly path: string;
  readonly query: URLSearchParams;
  readonly route: Route | undefined;
}

function destinationOf(request: HttpRequest): Destination {
  const [raw = '', search = ''] = request.target.split(/\?(.*)/s);
  const query = new URLSearchParams(search);
  const full = decoded(raw);
  if (full === '/token' || full === '/tokeninfo') {
    return { service: 'oauth2', path: full.slice(1), query, route: undefined };
  }
  if (full.startsWith(METADATA_PATH)) {
    return { service: 'metadata', path: full.slice(1), query, route: undefined };
  }
  const path = full.replace(/^\/v1\//, '');
  const route = full.startsWith('/v1/') ? routeOf(path) : undefined;
  if (route !== undefined) return { service: 'secretmanager', path, query, route };
  const service = impersonatedBy(path) === undefined ? 'unknown' : 'iamcredentials';
  return { service, path, query, route };
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The endpoint that a real name of Google's belongs to; `undefined` for other names. */
function endpointOf(host: string): { readonly location: string | undefined } | undefined {
  const name = host.replace(/:\d+$/, '').toLowerCase();
  if (name === 'secretmanager.googleapis.com') return { location: undefined };
  const location = /^secretmanager\.([a-z0-9-]+)\.rep\.googleapis\.com$/.exec(name)?.[1];
  return location === undefined ? undefined : { location };
}

/** Global secrets are only at the global endpoint, regional ones only at that of their location. */
function checkEndpoint(target: Target, endpoint: string | undefined): void {
  if (target.location === endpoint) return;
  throw invalidArgument(
    endpoint === undefined
      ? `Location [${target.location ?? ''}] is not served by the global endpoint. Use secretmanager.${target.location ?? ''}.rep.googleapis.com.`
      : `Resource [${nameOf(target)}] is not in the location [${endpoint}] of this endpoint.`,
  );
}

export async function startGoogleSecretManager(
  options: GoogleSecretManagerOptions = {},
): Promise<GoogleSecretManager> {
  const server = new Server(options.project ?? 'strongroom-test');
  try {
    await server.start(options);
  } catch (error) {
    await server.close();
    throw error;
  }
  return server;
}

class Server implements GoogleSecretManager {
  readonly clock = new ServerClock();
  readonly faults = new Faults<LoggedRequest>();
  readonly requests: MutableLog[] = [];
  quotaProjectRequired = false;

  private readonly projects = new Map<string, Project>();
  private readonly identities = new Identities(this.clock);
  private readonly policies = new Policies();
  private readonly store = new SecretStore(this.clock, (secret) => {
    this.policies.set(secretName(secret), []);
  });
  private readonly limiter = new RateLimiter(this.clock);
  private readonly pager = new Pager(() => invalidArgument('The page token is invalid.'));
  private readonly listeners = new Map<string | undefined, Listener>();

  constructor(readonly project: string) {
    this.setProject(project);
  }

  async start({ port = 0, tls, locations = [] }: GoogleSecretManagerOptions): Promise<void> {
    for (const [index, location] of [undefined, ...locations].entries()) {
      const listener = await listen({
        port: port === 0 ? 0 : port + index,
        ...(tls === undefined ? {} : { tls }),
        handle: (request) => this.handle(request, location),
      });
      this.listeners.set(location, listener);
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.listeners.values()].map(async (listener) => listener.close()));
  }

  get url(): string {
    return this.listener(undefined).url;
  }

  get port(): number {
    return this.listener(undefined).port;
  }

  get stats(): Readonly<ListenerStats> {
    return this.listener(undefined).stats;
  }

  regionalUrl(location: string): string {
    return this.listener(location).url;
  }

  private listener(location: string | undefined): Listener {
    const listener = this.listeners.get(location);
    if (listener === undefined) throw new Error(`There is no endpoint for ${String(location)}.`);
    return listener;
  }

  // Set-up

  setProject(id: string, options: ProjectOptions = {}): void {
    const before = this.projects.get(id);
    this.projects.set(
      id,
      Object.assign(before ?? { id, number: options.number ?? newProjectNumber() }, {
        apiEnabled: options.apiEnabled ?? true,
        allowedLocations: options.allowedLocations,
      }),
    );
  }

  projectNumber(id: string): string {
    return this.existingProject(id).number;
  }

  serviceAccount(options: ServiceAccountOptions = {}): ServiceAccount {
    const { name = `account-${randomBytes(3).toString('hex')}`, project = this.project } = options;
    const email = `${name}@${project}.iam.gserviceaccount.com`;
    const principal: Principal = { kind: 'serviceAccount', email, project };
    const publicKeys = new Map<string, string>();
    this.identities.serviceAccounts.set(email, { principal, publicKeys });
    return {
      ...this.principalHandle(principal, options.roles, project),
      newKey: ({ privateKey, publicKey } = newKeyPair()) => {
        const id = randomBytes(20).toString('hex');
        publicKeys.set(id, publicKey);
        return {
          type: 'service_account',
          project_id: project,
          private_key_id: id,
          private_key: privateKey,
          client_email: email,
          client_id: '100000000000000000001',
          auth_uri: 'https://accounts.google.com/o/oauth2/auth',
          token_uri: `${this.url}/token`,
          universe_domain: 'googleapis.com',
        };
      },
      deleteKey: (id) => {
        publicKeys.delete(id);
      },
    };
  }

  user(options: UserOptions = {}): User {
    const { email = `user-${randomBytes(3).toString('hex')}@example.com` } = options;
    const principal: Principal = { kind: 'user', email, project: undefined };
    const client = { id: `${email}.apps.googleusercontent.com`, secret: 'd-sample' };
    const refreshToken = `1//${randomBytes(30).toString('base64url')}`;
    const session = { client, principal, state: 'valid' as const };
    this.identities.refreshTokens.set(refreshToken, session);
    return {
      ...this.principalHandle(principal, options.roles, this.project),
      credentials: (quotaProject) => ({
        type: 'authorized_user',
        client_id: client.id,
        client_secret: client.secret,
        refresh_token: refreshToken,
        ...(quotaProject === undefined ? {} : { quota_project_id: quotaProject }),
        universe_domain: 'googleapis.com',
      }),
      endSessions: (state = 'revoked') => {
        this.identities.refreshTokens.set(refreshToken, { ...session, state });
      },
    };
  }

  private principalHandle(
    principal: Principal,
    roles: readonly Grant[] = ['roles/secretmanager.admin'],
    project: string,
  ): PrincipalHandle {
    const member = memberOf(principal);
    for (const grant of roles) {
      if (typeof grant === 'string') this.grant(member, grant, `projects/${project}`);
      else this.grant(member, grant.role, grant.on);
    }
    const userCredentials = principal.kind === 'user';
    return {
      email: principal.email,
      member,
      token: (options = {}) => this.identities.issue(principal, { ...options, userCredentials }),
    };
  }

  grant(member: string, role: RoleName, on: string): void {
    this.policies.grant(member, role, this.numbered(on));
  }

  withdraw(member: string, role: RoleName, on: string): void {
    this.policies.withdraw(member, role, this.numbered(on));
  }

  /** A resource name with the number of the project in place of its id. */
  private numbered(resource: string): string {
    const [kind = '', project = '', ...rest] = resource.split('/');
    if (project === '-') return resource;
    return [kind, this.existingProject(project).number, ...rest].join('/');
  }

  revokeTokens(): void {
    this.identities.tokens.clear();
  }

  runAs(account: ServiceAccount | undefined): void {
    const { serviceAccounts } = this.identities;
    this.identities.machine =
      account === undefined ? undefined : serviceAccounts.get(account.email)?.principal;
  }

  get tokenLifetime(): number {
    return this.identities.tokenLifetime;
  }

  set tokenLifetime(seconds: number) {
    this.identities.tokenLifetime = seconds;
  }

  get rates(): readonly RateLimit[] {
    return this.limiter.limits;
  }

  set rates(limits: readonly RateLimit[]) {
    this.limiter.limits = limits;
  }

  get lag(): number {
    return this.store.lag;
  }

  set lag(milliseconds: number) {
    this.store.lag = milliseconds;
  }

  get pageSizes(): readonly number[] | undefined {
    return this.pager.pageSizes;
  }

  set pageSizes(sizes: readonly number[] | undefined) {
    this.pager.pageSizes = sizes;
  }

  clearRequests(): void {
    this.requests.length = 0;
  }

  secrets(projectId = this.project, location?: string): Secrets {
    const project = this.existingProject(projectId);
    const { store } = this;
    const get = (id: string): Secret => store.get({ project, location, id });
    const versionOf = (id: string, number: number) =>
      store.locate({ project, location, id }, String(number));
    const create = (id: string, options: PutOptions = {}): Secret => {
      const { labels = {}, annotations = {}, replication = AUTOMATIC, ...rest } = options;
      return store.create(
        { project, location, id },
        location === undefined ? replication : undefined,
        {
          ...NO_METADATA,
          ...rest,
          labels: new Map(Object.entries(labels)),
          annotations: new Map(Object.entries(annotations)),
        },
      );
    };
    return {
      create,
      put: (id, value, putOptions) => {
        const secret = store.find({ project, location, id }) ?? create(id, putOptions);
        return store.addVersion(secret, Buffer.from(value)).number;
      },
      ids: () =>
        store
          .all()
          .filter((secret) => secret.project === project && secret.location === location)
          .map(({ id }) => id),
      versions: (id) =>
        (store.find({ project, location, id })?.versions ?? []).map((version) => ({
          number: version.number,
          state: version.status.current.state,
          value: version.data?.toString(),
        })),
      annotations: (id) => Object.fromEntries(get(id).metadata.current.annotations),
      labels: (id) => Object.fromEntries(get(id).metadata.current.labels),
      enable: (id, number) => {
        const { secret, version } = versionOf(id, number);
        store.enable(secret, version);
      },
      disable: (id, number) => {
        const { secret, version } = versionOf(id, number);
        store.disable(secret, version);
      },
      destroy: (id, number) => {
        const { secret, version } = versionOf(id, number);
        store.destroy(secret, version);
      },
      remove: (id) => {
        store.delete(get(id), undefined);
      },
    };
  }

  private existingProject(id: string): Project {
    const project = this.findProject(id);
    if (project === undefined) throw new Error(`There is no project ${id}.`);
    return project;
  }

  private findProject(idOrNumber: string): Project | undefined {
    return (
      this.projects.get(idOrNumber) ??
      [...this.projects.values()].find(({ number }) => number === idOrNumber)
    );
  }

  // Requests

  private handle(request: HttpRequest, listenerLocation: string | undefined) {
    const destination = destinationOf(request);
    const named = endpointOf(request.headers['host'] ?? '');
    const endpoint = named === undefined ? listenerLocation : named.location;
    const entry = logEntry(request, destination, endpoint);
    this.requests.push(entry);
    if (this.requests.length > KEPT_REQUESTS) this.requests.shift();
    return {
      fault: this.faults.take(entry),
      apply: () => this.answer(request, destination, entry),
      done: (status: number | undefined) => {
        entry.status = status;
      },
    };
  }

  private answer(request: HttpRequest, destination: Destination, entry: LoggedRequest): HttpAnswer {
    const { service, path, query } = destination;
    this.store.settle();
    try {
      switch (service) {
        case 'oauth2':
          return path === 'token'
            ? answerToken(this.identities, request, this.url)
            : answerTokenInfo(this.identities, query.get('access_token') ?? '', this.clock.now());
        case 'metadata': {
          const id = this.identities.machine?.project;
          const number = id === undefined ? undefined : this.existingProject(id).number;
          return answerMetadata(this.identities, request, `/${path}`, query, number);
        }
        case 'iamcredentials': {
          const { principal } = this.authenticate(request, 'GenerateAccessToken');
          const email = impersonatedBy(path) ?? '';
          return jsonAnswer(
            generateAccessToken(this.identities, this.policies, principal, email, request.body),
          );
        }
        case 'secretmanager':
          return this.answerSecrets(request, destination, entry);
        case 'unknown':
          return notFoundPage(path);
      }
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const answer = jsonAnswer(error.body, error.code);
      return { ...answer, headers: { ...answer.headers, ...error.headers } };
    }
  }

  private answerSecrets(
    request: HttpRequest,
    { route, path, query }: Destination,
    { operation, endpoint }: LoggedRequest,
  ): HttpAnswer {
    if (route === undefined || operation === '') return notFoundPage(path);
    const token = this.authenticate(request, operation);
    const project = this.findProject(route.target.project);
    this.checkConsumer(request, token, route.target, project);
    if (route.kind !== 'locations' && route.kind !== 'location') {
      checkEndpoint(route.target, endpoint);
    }
    if (project !== undefined) {
      this.limiter.admit(operation, { ...route.target, project: project.number });
    }
    const result = operations[operation]({
      target: route.target,
      project,
      principal: token.principal,
      query,
      body: request.body,
      store: this.store,
      policies: this.policies,
      pager: this.pager,
      now: this.clock.now(),
    });
    const numeric = query.get('$alt')?.includes('enum-encoding=int') === true;
    return jsonAnswer(numeric ? withNumericEnums(result) : result);
  }

  /** Throws UNAUTHENTICATED, or PERMISSION_DENIED for a token with other scopes. */
  private authenticate(request: HttpRequest, operation: string): AccessToken {
    const method = `google.cloud.secretmanager.v1.SecretManagerService.${operation}`;
    const text = /^Bearer (.+)$/i.exec(request.headers['authorization'] ?? '')?.[1];
    if (text === undefined) throw credentialsMissing(method);
    if (text.split('.').length === 3 && !text.startsWith('ya29.')) {
      return this.selfSigned(text, method);
    }
    const token = this.identities.tokens.get(text);
    if (token === undefined) throw credentialsInvalid(method, 'ACCESS_TOKEN_TYPE_UNSUPPORTED');
    if (token.expiresAt <= this.clock.now()) {
      throw credentialsInvalid(method, 'ACCESS_TOKEN_EXPIRED');
    }
    if (!token.scopes.includes(CLOUD_PLATFORM)) throw scopeInsufficient(method);
    return token;
  }

  /** A JWT that a service account signed for this service, in place of a token of the OAuth server. */
  private selfSigned(text: string, method: string): AccessToken {
    try {
      const { principal, claims } = this.identities.verifyJwt(text);
      const scopes = (claims.scope ?? '').split(' ');
      if (!scopes.includes(CLOUD_PLATFORM) && claims.aud !== AUDIENCE) {
        throw scopeInsufficient(method);
      }
      const expiresAt = (claims.exp ?? 0) * 1000;
      return { principal, scopes, expiresAt, userCredentials: false };
    } catch (error) {
      if (error instanceof OAuthError) {
        throw credentialsInvalid(method, 'ACCESS_TOKEN_TYPE_UNSUPPORTED');
      }
      throw error;
    }
  }

  /** The project whose quota is used must exist, allow it, and have the API enabled. */
  private checkConsumer(
    request: HttpRequest,
    token: AccessToken,
    target: Target,
    project: Project | undefined,
  ): void {
    const quotaProject = request.headers['x-goog-user-project'];
    if (quotaProject !== undefined) {
      const consumer = this.findProject(quotaProject);
      if (consumer === undefined) throw quotaProjectInvalid(quotaProject);
      const resource = nameOf({ project: consumer.number });
      if (!this.policies.allows(token.principal, 'serviceusage.services.use', resource)) {
        throw quotaProjectDenied(quotaProject);
      }
      if (!consumer.apiEnabled) throw serviceDisabled(quotaProject);
    } else if (token.userCredentials && this.quotaProjectRequired) {
      throw quotaProjectMissing();
    }
    if (project?.apiEnabled === false) throw serviceDisabled(target.project);
  }
}

const AUDIENCE = 'https://secretmanager.googleapis.com/';

const AUTOMATIC: Replication = { kind: 'automatic' };

const newProjectNumber = (): string =>
  String(100_000_000_000 + (randomBytes(4).readUInt32BE() % 900_000_000));

const notFoundPage = (path: string): HttpAnswer => ({
  status: 404,
  headers: { 'Content-Type': 'text/html; charset=UTF-8' },
  body: frontEndNotFound(path),
});

function logEntry(
  request: HttpRequest,
  { service, path, query, route }: Destination,
  endpoint: string | undefined,
): MutableLog {
  const { method, target, headers, body } = request;
  return {
    service,
    operation: (route && operationOf(method, route)) ?? '',
    method,
    path,
    target: service === 'oauth2' ? `/${path}` : target,
    query: service === 'oauth2' ? {} : Object.fromEntries(query),
    headers: {
      ...headers,
      ...('authorization' in headers ? { authorization: '[present]' } : {}),
    },
    body: service === 'secretmanager' && body !== '' ? parsed(body) : undefined,
    endpoint,
    status: undefined,
  };
}
