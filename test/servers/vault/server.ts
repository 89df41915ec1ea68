/**
 * A stand-in for a HashiCorp Vault server, in process and in memory, for tests and for trying the app.
 * `conformance.test.ts` compares it with a real server; `dialect.ts` lists the differences of OpenBao.
 */
import type { TlsOptions } from 'node:tls';
import { isJsonObject, parseJson, type JsonObject } from '@shared/model/json';
import { Faults } from '../faults';
import { listen, type HttpAnswer, type HttpRequest, type ListenerStats } from '../http-listener';
import { AppRole, DEFAULT_ROLE, secretIdReply, type RoleSettings } from './approle';
import { Core, type Namespace, type State } from './core';
import { dialectOf, type Product } from './dialect';
import { trimSlashes, type Mount } from './engine';
import { fromJsonValue, toJsonValue } from './go-json';
import { handleHttp, parseTarget } from './http';
import { Kubernetes, type KubernetesRole } from './kubernetes';
import { KvV1 } from './kv-v1';
import { KvV2, type Secret } from './kv-v2';
import { Oidc, isAuthorize, type OidcRole } from './oidc';
import { Passwords, type User } from './passwords';
import { policyOf, type PolicyRules } from './policy';
import type { Clock } from './time';
import type { Token } from './tokens';

export interface VaultServerOptions {
  /** 0, the default: any free port on 127.0.0.1. */
  readonly port?: number;
  /** Certificate and key as PEM, and other options of Node's TLS server. */
  readonly tls?: TlsOptions;
  /** The product to behave like if the two differ; Vault by default. */
  readonly product?: Product;
  /** The id of the root token. */
  readonly rootToken?: string;
}

/** A received request. The token is not kept, only whether one was sent. */
export interface LoggedRequest {
  readonly method: string;
  /** Decoded, without `/v1/` and query, as `secret/data/production`. */
  readonly path: string;
  /** The target as it was sent, still encoded: `/v1/secret/data/a%20b?version=2`. */
  readonly target: string;
  readonly query: Readonly<Record<string, string>>;
  /** Lower-case names; `x-vault-token` and `authorization` read `[present]`. */
  readonly headers: Readonly<Record<string, string>>;
  /** The JSON body; `undefined` if there is none, or it is not JSON. */
  readonly body: unknown;
  /** The status that was sent; `undefined` while under way, or if no answer was sent. */
  readonly status: number | undefined;
}

export interface TokenOptions {
  readonly id?: string;
  /** Names of policies; `default` is added unless `noDefaultPolicy`. */
  readonly policies?: readonly string[];
  readonly noDefaultPolicy?: boolean;
  /** Seconds. 0: never expires. Default: 768 h. */
  readonly ttl?: number;
  readonly explicitMaxTtl?: number;
  readonly period?: number;
  readonly renewable?: boolean;
  /** 0: without limit. */
  readonly numUses?: number;
  readonly namespace?: string;
}

export interface AppRoleOptions extends Partial<RoleSettings> {
  readonly name?: string;
  /** For credentials that people type; random otherwise. */
  readonly roleId?: string;
  readonly secretId?: string;
  /** The mount path of the auth method, without `auth/`; `approle` by default. */
  readonly mount?: string;
  readonly namespace?: string;
}

export interface UserOptions extends Partial<User> {
  readonly name: string;
  readonly password: string;
  /** `userpass` by default. */
  readonly type?: 'userpass' | 'ldap';
  /** The mount path of the auth method, without `auth/`; that of its type by default. */
  readonly mount?: string;
  readonly namespace?: string;
}

export interface KubernetesRoleOptions extends KubernetesRole {
  readonly name: string;
  readonly mount?: string;
}

export interface OidcRoleOptions extends Partial<OidcRole> {
  readonly name: string;
  readonly policies: readonly string[];
  readonly mount?: string;
}

export interface SecretIdOptions {
  readonly ttl?: number;
  readonly numUses?: number;
  readonly cidrs?: readonly string[];
  readonly metadata?: Readonly<Record<string, string>>;
}

export interface AppRoleHandle {
  readonly roleId: string;
  /** The first SecretID, with the limits of the role. */
  readonly secretId: string;
  /** The number of successful logins at this mount. */
  readonly logins: number;
  newSecretId(options?: SecretIdOptions): string;
  /** A token that unwraps a new SecretID, once, within `ttlSeconds`. */
  newWrappedSecretId(ttlSeconds?: number, options?: SecretIdOptions): string;
  revokeSecretId(secretId: string): void;
}

export interface KvMountOptions {
  readonly type?: 'kv';
  readonly version?: 1 | 2;
  readonly description?: string;
  readonly casRequired?: boolean;
  readonly maxVersions?: number;
}

export interface OtherMountOptions {
  readonly type: 'transit' | 'database' | 'pki';
  readonly description?: string;
}

export type MountOptions = KvMountOptions | OtherMountOptions;

export interface PutOptions {
  readonly customMetadata?: Readonly<Record<string, string>>;
  readonly casRequired?: boolean;
  readonly maxVersions?: number;
}

export interface StoredVersion {
  readonly version: number;
  readonly state: 'alive' | 'deleted' | 'destroyed';
  /** `undefined` if the version is destroyed; a deleted version still has its data. */
  readonly data: unknown;
}

/** Sets up and inspects one KV mount without tokens, policies and check-and-set. */
export interface KvHandle {
  /** `data` is an object, or a JSON text if the digits of numbers or the order of keys matter. */
  put(path: string, data: Readonly<Record<string, unknown>> | string, options?: PutOptions): void;
  /** The data of the newest version; `undefined` if it cannot be read. */
  read(path: string): Record<string, unknown> | undefined;
  /** Full paths of all secrets, deleted ones too, sorted. */
  paths(): string[];
  /** KV v2: the versions kept, oldest first. */
  versions(path: string): StoredVersion[];
  /** KV v2: 0 if there is no secret. */
  currentVersion(path: string): number;
  customMetadata(path: string): Readonly<Record<string, string>> | undefined;
  /** KV v2: soft-deletes the newest version, or the given ones; KV v1: removes the secret. */
  delete(path: string, versions?: readonly number[]): void;
  undelete(path: string, versions: readonly number[]): void;
  destroy(path: string, versions: readonly number[]): void;
  /** Removes the secret with all its versions. */
  remove(path: string): void;
}

export interface VaultServer {
  /** `http://127.0.0.1:PORT`, or https. */
  readonly url: string;
  readonly port: number;
  readonly rootToken: string;
  readonly clock: Clock;
  readonly faults: Faults<LoggedRequest>;
  /** The last 20,000 requests, oldest first. */
  readonly requests: readonly LoggedRequest[];
  readonly stats: Readonly<ListenerStats>;
  /** The number of successful AppRole logins, over all mounts. */
  readonly logins: number;
  state: State;

  clearRequests(): void;
  namespace(path: string): void;
  /** `path` includes the namespaces, which must exist. */
  mount(path: string, options?: MountOptions): void;
  unmount(path: string): void;
  kv(mountPath: string): KvHandle;
  /** The data of every secret in every KV mount, including older and deleted versions. */
  everything(): unknown[];
  /** Paths in the rules are relative to the namespace. */
  policy(name: string, rules: PolicyRules, namespace?: string): void;
  /** The id of a new token. */
  token(options?: TokenOptions): string;
  revokeToken(token: string): void;
  appRole(options?: AppRoleOptions): AppRoleHandle;
  /** Creates a user, and the auth method if there is none yet. */
  user(options: UserOptions): Passwords;
  kubernetesRole(options: KubernetesRoleOptions): Kubernetes;
  /** A role that is the default one, too. */
  oidcRole(options: OidcRoleOptions): Oidc;
  seal(): void;
  unseal(): void;
  /** Makes the server a standby, with or without a known active node. */
  standby(mode?: Core['standbyMode']): void;
  close(): Promise<void>;
}

const KEPT_REQUESTS = 20_000;
const SECRET_HEADERS = new Set(['x-vault-token', 'authorization']);

type MutableLog = { -readonly [Key in keyof LoggedRequest]: LoggedRequest[Key] };

function parsedBody(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const logEntry = (request: HttpRequest, path: string, query: URLSearchParams): MutableLog => ({
  method: request.method,
  path: path.replace(/^\/v1\//, ''),
  target: request.target,
  query: Object.fromEntries(query),
  headers: Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      SECRET_HEADERS.has(name) ? '[present]' : value,
    ]),
  ),
  body: parsedBody(request.body),
  status: undefined,
});

export async function startVaultServer(options: VaultServerOptions = {}): Promise<VaultServer> {
  const core = new Core(dialectOf(options.product ?? 'vault'));
  const rootToken = options.rootToken ?? 'root';
  core.createToken({ id: rootToken, policies: ['root'], ttl: 0, orphan: true });
  core.addMount(core.root, 'secret', 'kv', {
    description: 'key/value secret storage',
    options: { version: '2' },
  });

  const faults = new Faults<LoggedRequest>();
  const requests: LoggedRequest[] = [];
  const listener = await listen({
    ...(options.port === undefined ? {} : { port: options.port }),
    ...(options.tls === undefined ? {} : { tls: options.tls }),
    handle: (request) => {
      const target = parseTarget(request.target, core);
      const entry =
        target.kind === 'path'
          ? logEntry(request, target.path, target.query)
          : logEntry(request, request.target, new URLSearchParams());
      requests.push(entry);
      if (requests.length > KEPT_REQUESTS) requests.shift();
      return {
        fault: faults.take(entry),
        apply: () => signInPage(core, request.target) ?? handleHttp(core, request, target),
        done: (status) => {
          entry.status = status;
        },
      };
    },
  });

  core.leaderAddress = listener.url;

  return {
    url: listener.url,
    port: listener.port,
    rootToken,
    clock: core.clock,
    faults,
    requests,
    stats: listener.stats,
    get logins() {
      return appRoles(core).reduce((sum, { logins }) => sum + logins, 0);
    },
    get state() {
      return core.state;
    },
    set state(state) {
      core.state = state;
    },
    clearRequests: () => {
      requests.length = 0;
    },
    namespace: (path) => {
      core.createNamespace(path);
    },
    mount: (path, mountOptions = {}) => mount(core, path, mountOptions),
    unmount: (path) => {
      const found = core.locate(trimSlashes(path));
      found.namespace.mounts.delete(`${found.path}/`);
    },
    kv: (path) => kvHandle(core, path),
    everything: () =>
      [...core.namespaces.values()]
        .flatMap(({ mounts }) => [...mounts.values()])
        .flatMap(({ engine }) => {
          if (engine instanceof KvV1) return [...engine.secrets.values()].map(plain);
          if (!(engine instanceof KvV2)) return [];
          return [...engine.secrets.values()].flatMap(({ versions }) =>
            [...versions.values()].map(({ data }) => plain(data)),
          );
        }),
    policy: (name, rules, namespace = '') => {
      namespaceAt(core, namespace).policies.set(name, policyOf(name, rules));
    },
    token: (tokenOptions = {}) => createToken(core, tokenOptions).id,
    revokeToken: (token) => {
      core.tokens.revoke(token);
    },
    appRole: (roleOptions = {}) => appRole(core, roleOptions),
    user: ({ name, password, type = 'userpass', mount = type, namespace = '', ...rest }) => {
      const { engine } = authMount(namespaceAt(core, namespace), core, mount, type);
      if (!(engine instanceof Passwords)) throw new Error(`auth/${mount} has no passwords`);
      engine.users.set(name, { policies: [], tokenTtl: 0, ...rest, password });
      return engine;
    },
    kubernetesRole: ({ name, mount = 'kubernetes', ...role }) => {
      const { engine } = authMount(core.root, core, mount, 'kubernetes');
      if (!(engine instanceof Kubernetes)) throw new Error(`auth/${mount} is not Kubernetes`);
      engine.roles.set(name, role);
      return engine;
    },
    oidcRole: ({ name, mount = 'oidc', ...role }) => {
      const { engine } = authMount(core.root, core, mount, 'oidc');
      if (!(engine instanceof Oidc)) throw new Error(`auth/${mount} is not OIDC`);
      engine.roles.set(name, {
        redirects: ['http://localhost:8250/oidc/callback'],
        tokenTtl: 3600,
        ...role,
      });
      engine.defaultRole = name;
      return engine;
    },
    seal: () => {
      core.state = 'sealed';
    },
    unseal: () => {
      core.state = 'active';
    },
    standby: (mode = 'forward') => {
      core.state = 'standby';
      core.standbyMode = mode;
    },
    close: () => listener.close(),
  };
}

/** The identity provider is beside Vault, at the same address. */
function signInPage(core: Core, target: string): HttpAnswer | undefined {
  if (!isAuthorize(target)) return undefined;
  const query = new URLSearchParams(target.split('?')[1]);
  return [...core.root.authMounts.values()]
    .map(({ engine }) => (engine instanceof Oidc ? engine.authorize(query) : undefined))
    .find((answer) => answer !== undefined);
}

const namespaceAt = (core: Core, path: string): Namespace => {
  const trimmed = trimSlashes(path);
  return core.namespace(trimmed === '' ? '' : `${trimmed}/`);
};

const authMount = (namespace: Namespace, core: Core, path: string, type: string): Mount =>
  namespace.authMounts.get(`${trimSlashes(path)}/`) ?? core.addAuthMount(namespace, path, type);

const appRoles = (core: Core): AppRole[] =>
  [...core.namespaces.values()].flatMap(({ authMounts }) =>
    [...authMounts.values()].flatMap(({ engine }) => (engine instanceof AppRole ? [engine] : [])),
  );

function createToken(core: Core, options: TokenOptions): Token {
  const { policies = [], noDefaultPolicy = false, ...rest } = options;
  const root = policies.includes('root');
  return core.createToken({
    ...rest,
    policies: noDefaultPolicy || root ? policies : ['default', ...policies],
    namespace: namespaceAt(core, options.namespace ?? '').path,
    ttl: options.ttl ?? (root ? 0 : undefined),
  });
}

function mount(core: Core, path: string, options: MountOptions): void {
  const { namespace, path: relative } = core.locate(trimSlashes(path));
  const description = options.description ?? '';
  if (options.type !== undefined && options.type !== 'kv') {
    core.addMount(namespace, relative, options.type, { description, options: {} });
    return;
  }
  const version = options.version ?? 2;
  const { engine } = core.addMount(namespace, relative, 'kv', {
    description,
    options: { version: String(version) },
  });
  if (!(engine instanceof KvV2)) return;
  engine.settings.casRequired = options.casRequired ?? false;
  engine.settings.maxVersions = options.maxVersions ?? 0;
}

function appRole(core: Core, options: AppRoleOptions): AppRoleHandle {
  const {
    name = 'strongroom',
    mount: path = 'approle',
    namespace: where = '',
    roleId,
    secretId,
    ...settings
  } = options;
  const namespace = namespaceAt(core, where);
  const mounted = authMount(namespace, core, path, 'approle');
  const { engine } = mounted;
  if (!(engine instanceof AppRole)) throw new Error(`auth/${path} is no AppRole mount`);
  const role = engine.define(name, { ...DEFAULT_ROLE, ...settings });
  role.roleId = roleId ?? role.roleId;
  return {
    roleId: role.roleId,
    secretId: engine.issueSecretId(role, { id: secretId }).id,
    get logins() {
      return engine.logins;
    },
    newSecretId: (request) => engine.issueSecretId(role, request).id,
    newWrappedSecretId: (ttlSeconds = 120, request = {}) => {
      const reply = secretIdReply(engine.issueSecretId(role, request));
      const creationPath = `auth/${mounted.path}role/${name}/secret-id`;
      return core.wrap(reply, ttlSeconds, namespace, creationPath).wrap?.token ?? '';
    },
    revokeSecretId: (secretId) => {
      role.secretIds.delete(secretId);
    },
  };
}

function kvHandle(core: Core, mountPath: string): KvHandle {
  const { namespace, path } = core.locate(trimSlashes(mountPath));
  const engine = namespace.mounts.get(`${path}/`)?.engine;
  if (engine instanceof KvV1) return kvV1Handle(engine);
  if (engine instanceof KvV2) return kvV2Handle(engine);
  throw new Error(`No KV engine is mounted at ${mountPath}`);
}

function objectOf(data: Readonly<Record<string, unknown>> | string): JsonObject {
  const value = typeof data === 'string' ? parseJson(data) : toJsonValue(data);
  if (isJsonObject(value)) return value;
  throw new Error('The data of a secret is a JSON object');
}

const plain = (data: JsonObject | undefined): Record<string, unknown> | undefined =>
  data === undefined ? undefined : (fromJsonValue(data) as Record<string, unknown>);

const kvV1Handle = (engine: KvV1): KvHandle => ({
  put: (path, data) => {
    engine.secrets.set(path, objectOf(data));
  },
  read: (path) => plain(engine.secrets.get(path)),
  paths: () => [...engine.secrets.keys()].toSorted(),
  versions: () => [],
  currentVersion: () => 0,
  customMetadata: () => undefined,
  delete: (path) => {
    engine.secrets.delete(path);
  },
  undelete: () => undefined,
  destroy: () => undefined,
  remove: (path) => {
    engine.secrets.delete(path);
  },
});

function kvV2Handle(engine: KvV2): KvHandle {
  const current = (secret: Secret | undefined) => secret?.versions.get(secret.currentVersion);
  return {
    put: (path, data, options = {}) => {
      const secret = engine.store(path, objectOf(data));
      secret.customMetadata = options.customMetadata ?? secret.customMetadata;
      secret.casRequired = options.casRequired ?? secret.casRequired;
      secret.maxVersions = options.maxVersions ?? secret.maxVersions;
    },
    read: (path) => {
      const version = current(engine.secrets.get(path));
      return version !== undefined && engine.isAlive(version) ? plain(version.data) : undefined;
    },
    paths: () => [...engine.secrets.keys()].toSorted(),
    versions: (path) =>
      [...(engine.secrets.get(path)?.versions ?? [])].map(([number, version]) => ({
        version: number,
        state: version.destroyed ? 'destroyed' : engine.isAlive(version) ? 'alive' : 'deleted',
        data: plain(version.data),
      })),
    currentVersion: (path) => engine.secrets.get(path)?.currentVersion ?? 0,
    customMetadata: (path) => engine.secrets.get(path)?.customMetadata,
    delete: (path, versions) => {
      engine.change('delete', path, versions ?? [engine.secrets.get(path)?.currentVersion ?? 0]);
    },
    undelete: (path, versions) => {
      engine.change('undelete', path, versions);
    },
    destroy: (path, versions) => {
      engine.change('destroy', path, versions);
    },
    remove: (path) => {
      engine.secrets.delete(path);
    },
  };
}
