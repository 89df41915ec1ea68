/** The AppRole auth method. Source: https://developer.hashicorp.com/vault/api-docs/auth/approle */
import { randomUUID } from 'node:crypto';
import { isJsonObject, parseJson, type JsonObject } from '@shared/model/json';
import { booleanField, listField, numberField, secondsField, textField, textMap } from './body';
import { inCidrs } from './cidrs';
import type { Dialect } from './dialect';
import type { Engine, EngineRequest } from './engine';
import { byBytes } from './go-json';
import {
  errors,
  noContent,
  notFound,
  ok,
  oneError,
  unsupportedOperation,
  unsupportedPath,
  type LogicalReply,
  type Reply,
} from './reply';
import type { Clock, Instant } from './time';
import type { TokenRequest } from './tokens';

export interface RoleSettings {
  readonly policies: readonly string[];
  readonly bindSecretId: boolean;
  /** Seconds; 0: the server's default. */
  readonly tokenTtl: number;
  readonly tokenMaxTtl: number;
  readonly tokenPeriod: number;
  readonly tokenNumUses: number;
  readonly tokenBoundCidrs: readonly string[];
  readonly tokenNoDefaultPolicy: boolean;
  /** Seconds; 0: never expires. */
  readonly secretIdTtl: number;
  /** 0: without limit. */
  readonly secretIdNumUses: number;
  readonly secretIdBoundCidrs: readonly string[];
}

export const DEFAULT_ROLE: RoleSettings = {
  policies: [],
  bindSecretId: true,
  tokenTtl: 0,
  tokenMaxTtl: 0,
  tokenPeriod: 0,
  tokenNumUses: 0,
  tokenBoundCidrs: [],
  tokenNoDefaultPolicy: false,
  secretIdTtl: 0,
  secretIdNumUses: 0,
  secretIdBoundCidrs: [],
};

export interface SecretId {
  readonly id: string;
  readonly accessor: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly cidrs: readonly string[];
  readonly ttl: number;
  readonly numUses: number;
  readonly expiresAt: Instant | undefined;
  usesLeft: number;
}

export interface Role {
  readonly name: string;
  roleId: string;
  settings: RoleSettings;
  readonly entityId: string;
  readonly secretIds: Map<string, SecretId>;
}

export interface SecretIdRequest {
  readonly id?: string | undefined;
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  readonly cidrs?: readonly string[] | undefined;
  readonly ttl?: number | undefined;
  readonly numUses?: number | undefined;
}

const INVALID = errors(400, 'invalid role or secret ID');

function metadataField(body: JsonObject): Record<string, string> {
  const text = textField(body, 'metadata');
  const metadata = text === '' ? undefined : parseJson(text);
  if (!isJsonObject(metadata)) return {};
  return textMap(metadata);
}

export class AppRole implements Engine {
  readonly roles = new Map<string, Role>();
  /** The number of successful logins. */
  logins = 0;
  readonly #clock: Clock;
  readonly #dialect: Dialect;

  constructor(clock: Clock, dialect: Dialect) {
    this.#clock = clock;
    this.#dialect = dialect;
  }

  exists(path: string): boolean {
    const name = /^role\/([^/]+)$/.exec(path)?.[1];
    return name === undefined || this.roles.has(name);
  }

  define(name: string, settings: RoleSettings): Role {
    const existing = this.roles.get(name);
    if (existing !== undefined) {
      existing.settings = settings;
      return existing;
    }
    const role: Role = {
      name,
      roleId: randomUUID(),
      settings,
      entityId: randomUUID(),
      secretIds: new Map(),
    };
    this.roles.set(name, role);
    return role;
  }

  issueSecretId(role: Role, request: SecretIdRequest = {}): SecretId {
    const ttl = request.ttl ?? role.settings.secretIdTtl;
    const numUses = request.numUses ?? role.settings.secretIdNumUses;
    const secretId: SecretId = {
      id: request.id ?? randomUUID(),
      accessor: randomUUID(),
      metadata: request.metadata ?? {},
      cidrs: request.cidrs ?? [],
      ttl,
      numUses,
      expiresAt: ttl > 0 ? this.#clock.now() + ttl * 1000 : undefined,
      usesLeft: numUses,
    };
    role.secretIds.set(secretId.id, secretId);
    return secretId;
  }

  /** The token to create, or a refusal. Uses the SecretID once. */
  login(body: JsonObject, address: string): TokenRequest | Reply {
    const roleId = textField(body, 'role_id');
    if (roleId === '') return errors(this.#dialect.missingRoleIdStatus, 'missing role_id');
    const role = [...this.roles.values()].find((candidate) => candidate.roleId === roleId);
    if (role === undefined) return INVALID;
    const { settings } = role;
    let metadata: Readonly<Record<string, string>> = {};
    if (settings.bindSecretId) {
      const id = textField(body, 'secret_id');
      if (id === '') return errors(400, 'missing secret_id');
      const secretId = this.#liveSecretId(role, id);
      if (secretId === undefined) return INVALID;
      if (secretId.usesLeft === 1) role.secretIds.delete(id);
      else if (secretId.usesLeft > 1) secretId.usesLeft -= 1;
      if (secretId.cidrs.length > 0 && !inCidrs(address, secretId.cidrs)) {
        const owner = secretId.numUses === 0 ? 'secret ID' : 'secret ID of limited uses';
        return errors(400, this.#dialect.cidrRefused(address, owner));
      }
      metadata = secretId.metadata;
    }
    if (settings.secretIdBoundCidrs.length > 0 && !inCidrs(address, settings.secretIdBoundCidrs)) {
      return errors(400, this.#dialect.cidrRefused(address, 'role'));
    }
    this.logins += 1;
    return {
      policies: settings.tokenNoDefaultPolicy
        ? settings.policies
        : ['default', ...settings.policies],
      ttl: settings.tokenTtl || undefined,
      maxTtl: settings.tokenMaxTtl || undefined,
      period: settings.tokenPeriod || undefined,
      numUses: settings.tokenNumUses,
      boundCidrs: settings.tokenBoundCidrs,
      orphan: true,
      entityId: role.entityId,
      metadata: { role_name: role.name, ...metadata },
    };
  }

  #liveSecretId(role: Role, id: string): SecretId | undefined {
    const secretId = role.secretIds.get(id);
    if (secretId?.expiresAt === undefined || secretId.expiresAt > this.#clock.now())
      return secretId;
    role.secretIds.delete(id);
    return undefined;
  }

  handle(request: EngineRequest): Reply {
    const [first, name = '', ...rest] = request.path.split('/');
    if (first !== 'role') return unsupportedPath;
    if (name === '') {
      if (request.operation !== 'list') return unsupportedPath;
      const keys = [...this.roles.keys()].toSorted(byBytes);
      return keys.length === 0 ? notFound : ok({ keys });
    }
    const part = rest.filter((segment) => segment !== '').join('/');
    if (part === '') return this.#role(name, request);
    const role = this.roles.get(name);
    switch (part) {
      case 'role-id':
        return this.#roleId(role, request);
      case 'secret-id':
      case 'custom-secret-id':
        return this.#secretIds(role, name, request);
      default:
        return unsupportedPath;
    }
  }

  #role(name: string, { operation, body }: EngineRequest): Reply {
    switch (operation) {
      case 'create':
      case 'update': {
        const settings = settingsFrom(body, this.roles.get(name)?.settings ?? DEFAULT_ROLE);
        if (!settings.bindSecretId && settings.secretIdBoundCidrs.length === 0) {
          return oneError(500, 'at least one constraint should be enabled on the role');
        }
        this.define(name, settings);
        return noContent;
      }
      case 'read': {
        const role = this.roles.get(name);
        return role === undefined ? notFound : ok(describe(role.settings));
      }
      case 'delete':
        this.roles.delete(name);
        return noContent;
      case 'list':
      case 'patch':
        return unsupportedOperation;
    }
  }

  #roleId(role: Role | undefined, { operation, body }: EngineRequest): Reply {
    if (role === undefined) return notFound;
    if (operation === 'read') return ok({ role_id: role.roleId });
    if (operation !== 'create' && operation !== 'update') return unsupportedOperation;
    role.roleId = textField(body, 'role_id');
    return noContent;
  }

  #secretIds(role: Role | undefined, name: string, { operation, body }: EngineRequest): Reply {
    if (role === undefined) return errors(404, `role "${name}" does not exist`);
    if (operation === 'list') {
      const keys = [...role.secretIds.values()].map(({ accessor }) => accessor);
      return keys.length === 0 ? notFound : ok({ keys });
    }
    if (operation !== 'create' && operation !== 'update') return unsupportedOperation;
    const secretId = this.issueSecretId(role, {
      id: textField(body, 'secret_id') || undefined,
      metadata: metadataField(body),
      cidrs: listField(body, 'cidr_list'),
      ttl: secondsField(body, 'ttl'),
      numUses: numberField(body, 'num_uses'),
    });
    return secretIdReply(secretId);
  }
}

export const secretIdReply = (secretId: SecretId): LogicalReply =>
  ok(
    {
      secret_id: secretId.id,
      secret_id_accessor: secretId.accessor,
      secret_id_num_uses: secretId.numUses,
      secret_id_ttl: secretId.ttl,
    },
    { accessor: secretId.accessor },
  );

const settingsFrom = (body: JsonObject, before: RoleSettings): RoleSettings => ({
  policies: listField(body, 'token_policies') ?? listField(body, 'policies') ?? before.policies,
  bindSecretId: booleanField(body, 'bind_secret_id') ?? before.bindSecretId,
  tokenTtl: secondsField(body, 'token_ttl') ?? before.tokenTtl,
  tokenMaxTtl: secondsField(body, 'token_max_ttl') ?? before.tokenMaxTtl,
  tokenPeriod: secondsField(body, 'token_period') ?? before.tokenPeriod,
  tokenNumUses: numberField(body, 'token_num_uses') ?? before.tokenNumUses,
  tokenBoundCidrs: listField(body, 'token_bound_cidrs') ?? before.tokenBoundCidrs,
  tokenNoDefaultPolicy:
    booleanField(body, 'token_no_default_policy') ?? before.tokenNoDefaultPolicy,
  secretIdTtl: secondsField(body, 'secret_id_ttl') ?? before.secretIdTtl,
  secretIdNumUses: numberField(body, 'secret_id_num_uses') ?? before.secretIdNumUses,
  secretIdBoundCidrs: listField(body, 'secret_id_bound_cidrs') ?? before.secretIdBoundCidrs,
});

const describe = (settings: RoleSettings) => ({
  bind_secret_id: settings.bindSecretId,
  local_secret_ids: false,
  secret_id_bound_cidrs:
    settings.secretIdBoundCidrs.length === 0 ? null : settings.secretIdBoundCidrs,
  secret_id_num_uses: settings.secretIdNumUses,
  secret_id_ttl: settings.secretIdTtl,
  token_bound_cidrs: settings.tokenBoundCidrs,
  token_explicit_max_ttl: 0,
  token_max_ttl: settings.tokenMaxTtl,
  token_no_default_policy: settings.tokenNoDefaultPolicy,
  token_num_uses: settings.tokenNumUses,
  token_period: settings.tokenPeriod,
  token_policies: settings.policies,
  token_strictly_bind_ip: false,
  token_ttl: settings.tokenTtl,
  token_type: 'default',
});
