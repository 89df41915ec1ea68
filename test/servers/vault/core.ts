/** The stand-in's core: namespaces, mounts, tokens and policies. Requests reach it through `dispatch`. */
import { randomUUID } from 'node:crypto';
import type { JsonObject } from '@shared/model/json';
import { AppRole } from './approle';
import type { Dialect } from './dialect';
import { trimSlashes, type Engine, type EngineRequest, type Mount, type Operation } from './engine';
import { Kubernetes } from './kubernetes';
import { KvV1 } from './kv-v1';
import { KvV2 } from './kv-v2';
import { Oidc } from './oidc';
import { Passwords } from './passwords';
import { AccessList, DEFAULT_RULES, policyOf, type Capability, type Policy } from './policy';
import { notFound, unsupportedPath, type AuthReply, type LogicalReply, type Reply } from './reply';
import { Clock, rfc3339 } from './time';
import { TokenStore, randomLetters, type Token, type TokenRequest } from './tokens';

export interface Namespace {
  /** '' for the root, else as `admin/team/`. */
  readonly path: string;
  readonly id: string;
  readonly mounts: Map<string, Mount>;
  readonly authMounts: Map<string, Mount>;
  readonly policies: Map<string, Policy>;
}

export type State =
  'active' | 'standby' | 'performance-standby' | 'dr-secondary' | 'sealed' | 'uninitialised';

export interface CoreRequest {
  readonly operation: Exclude<Operation, 'create'>;
  /** Decoded, behind `/v1/`. */
  readonly path: string;
  readonly namespace: string;
  readonly token: string;
  /** Seconds; 0: no response wrapping asked for. */
  readonly wrapTtl: number;
  readonly body: JsonObject;
  readonly query: URLSearchParams;
  readonly remoteAddress: string;
}

/** A request whose namespace has been found; `path` is relative to it. */
export interface NamespacedRequest extends Omit<CoreRequest, 'namespace'> {
  readonly namespace: Namespace;
}

/** A mount without anything behind it that the tests use: only its type counts. */
class OpaqueEngine implements Engine {
  exists(): boolean {
    return true;
  }

  handle({ operation, path }: EngineRequest): Reply {
    return operation === 'list' && path === 'keys/' ? notFound : unsupportedPath;
  }
}

export class Core {
  readonly clock = new Clock();
  readonly tokens: TokenStore;
  readonly namespaces = new Map<string, Namespace>();
  readonly clusterId = randomUUID();
  readonly clusterName = `vault-cluster-${randomLetters(8).toLowerCase()}`;
  /**
   * Where a standby sends requests: it forwards, knows no active node, redirects to a URL, or answers reads
   * by itself while the active node at a URL is gone.
   */
  standbyMode:
    | 'forward'
    | 'no-active-node'
    | { readonly redirectTo: string }
    | { readonly readsBeside: string } = 'forward';
  /** The active node of a standby that forwards. */
  leaderAddress = '';
  state: State = 'active';

  constructor(readonly dialect: Dialect) {
    this.tokens = new TokenStore(this.clock, dialect);
    this.namespaces.set('', this.#newNamespace(''));
  }

  get root(): Namespace {
    return this.namespace('');
  }

  /** Throws for a namespace that was never made. */
  namespace(path: string): Namespace {
    const found = this.namespaces.get(path);
    if (found === undefined) throw new Error(`No namespace ${path}`);
    return found;
  }

  createNamespace(path: string): Namespace {
    const full = `${trimSlashes(path)}/`;
    const existing = this.namespaces.get(full);
    if (existing !== undefined) return existing;
    const namespace = this.#newNamespace(full);
    this.namespaces.set(full, namespace);
    return namespace;
  }

  /** Splits a full path into the deepest namespace on it and the rest. */
  locate(path: string): { namespace: Namespace; path: string } {
    let deepest = this.root;
    for (const namespace of this.namespaces.values()) {
      if (`${path}/`.startsWith(namespace.path) && namespace.path.length > deepest.path.length) {
        deepest = namespace;
      }
    }
    return { namespace: deepest, path: path.slice(deepest.path.length) };
  }

  addMount(
    namespace: Namespace,
    path: string,
    type: string,
    details: { description?: string; options?: Readonly<Record<string, string>> | null } = {},
  ): Mount {
    return this.#register(
      namespace.mounts,
      path,
      type,
      this.#engine(type, details.options),
      details,
    );
  }

  addAuthMount(namespace: Namespace, path: string, type: string, description = ''): Mount {
    return this.#register(namespace.authMounts, path, type, this.#authEngine(type), {
      description,
    });
  }

  #authEngine(type: string): Engine {
    switch (type) {
      case 'approle':
        return new AppRole(this.clock, this.dialect);
      case 'userpass':
      case 'ldap':
        return new Passwords(type);
      case 'kubernetes':
        return new Kubernetes();
      case 'oidc':
        return new Oidc(() => this.leaderAddress);
      default:
        return new OpaqueEngine();
    }
  }

  #engine(type: string, options: Readonly<Record<string, string>> | null | undefined): Engine {
    if (type !== 'kv') return new OpaqueEngine();
    return options?.['version'] === '2' ? new KvV2(this.clock, this.dialect) : new KvV1();
  }

  #register(
    mounts: Map<string, Mount>,
    path: string,
    type: string,
    engine: Engine,
    details: { description?: string; options?: Readonly<Record<string, string>> | null },
  ): Mount {
    const full = `${trimSlashes(path)}/`;
    const mount: Mount = {
      path: full,
      type,
      description: details.description ?? '',
      options: details.options ?? null,
      accessor: `${type}_${randomLetters(8).toLowerCase()}`,
      uuid: randomUUID(),
      engine,
    };
    mounts.set(full, mount);
    return mount;
  }

  #newNamespace(path: string): Namespace {
    const namespace: Namespace = {
      path,
      id: path === '' ? 'root' : randomLetters(6),
      mounts: new Map(),
      authMounts: new Map(),
      policies: new Map([['default', policyOf('default', DEFAULT_RULES)]]),
    };
    const prefix = path === '' ? '' : 'ns_';
    this.addMount(namespace, 'sys', `${prefix}system`, {
      description: 'system endpoints used for control, policy and debugging',
    });
    this.addMount(namespace, 'identity', `${prefix}identity`, { description: 'identity store' });
    this.addMount(namespace, 'cubbyhole', `${prefix}cubbyhole`, {
      description: 'per-token private secret storage',
    });
    this.addAuthMount(namespace, 'token', `${prefix}token`, 'token based credentials');
    return namespace;
  }

  /** The mount that a path relative to its namespace belongs to; longest first. */
  findMount(mounts: ReadonlyMap<string, Mount>, path: string): Mount | undefined {
    let best: Mount | undefined;
    for (const mount of mounts.values()) {
      if (`${path}/`.startsWith(mount.path) && mount.path.length > (best?.path.length ?? 0)) {
        best = mount;
      }
    }
    return best;
  }

  createToken(request: TokenRequest): Token {
    const namespace = this.namespace(request.namespace ?? '');
    return this.tokens.create({
      ...request,
      namespaceId: namespace.path === '' ? undefined : namespace.id,
    });
  }

  isRoot(token: Token): boolean {
    return token.policies.includes('root');
  }

  accessList(token: Token): AccessList {
    const namespace = this.namespaces.get(token.namespace);
    const rules = token.policies.map((name) => namespace?.policies.get(name)?.rules ?? {});
    return new AccessList(rules, token.namespace);
  }

  /** `path` is full, namespace included. */
  capabilities(token: Token, path: string): readonly (Capability | 'root')[] {
    return this.isRoot(token) ? ['root'] : this.accessList(token).capabilities(path);
  }

  authReply(
    token: Token,
    leaseDuration: number,
    mountType: string,
    warnings?: readonly string[],
  ): LogicalReply {
    const auth: AuthReply = {
      clientToken: token.id,
      accessor: token.accessor,
      policies: token.policies,
      metadata: token.metadata,
      leaseDuration,
      renewable: token.renewable,
      entityId: token.entityId,
      tokenType: token.type,
      orphan: token.orphan,
      numUses: Math.max(0, token.usesLeft),
    };
    return { kind: 'logical', status: 200, data: null, auth, warnings, mountType };
  }

  allows({ namespace, path }: NamespacedRequest, token: Token, operation: Operation): boolean {
    const capability: Capability = operation;
    return this.isRoot(token) || this.accessList(token).allows(namespace.path + path, capability);
  }

  wrap(reply: LogicalReply, ttl: number, namespace: Namespace, path: string): LogicalReply {
    const token = this.createToken({
      policies: ['response-wrapping'],
      ttl,
      numUses: 1,
      namespace: namespace.path,
      wrapped: { reply, path },
    });
    return {
      kind: 'logical',
      status: 200,
      data: null,
      wrap: {
        token: token.id,
        accessor: token.accessor,
        ttl,
        creationTime: rfc3339(token.createdAt),
        creationPath: path,
        wrappedAccessor: reply.accessor ?? reply.auth?.accessor,
      },
    };
  }
}
