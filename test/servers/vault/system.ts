/** `sys/…`: mounts, policies, capabilities, wrapping, namespaces and the server's own state. */
import { isJsonObject } from '@shared/model/json';
import { listField, textField } from './body';
import type { Core, Namespace, NamespacedRequest } from './core';
import { trimSlashes, type Mount } from './engine';
import { byBytes, goStruct, type Plain } from './go-json';
import { PolicyError, parsePolicy } from './policy';
import {
  errors,
  noContent,
  notFound,
  ok,
  permissionDenied,
  unsupportedOperation,
  unsupportedPath,
  type RawReply,
  type Reply,
} from './reply';
import { rfc3339 } from './time';
import { SYSTEM_TTL_SECONDS, type Token } from './tokens';

const json = (status: number, fields: Readonly<Record<string, Plain>>): RawReply => ({
  kind: 'raw',
  status,
  body: `${goStruct(fields)}\n`,
});

/** `sys/health`: the status tells the state, unless the caller requested other numbers. */
export function health(core: Core, namespaced: boolean, query: URLSearchParams): Reply {
  if (namespaced) {
    const { status, errors: texts } = core.dialect.healthInNamespace;
    return errors(status, ...texts);
  }
  const code = (name: string, otherwise: number): number => Number(query.get(name) ?? otherwise);
  const standbyOk = query.get('standbyok') === 'true' || query.get('standbyok') === '';
  const performanceOk = query.get('perfstandbyok') === 'true' || query.get('perfstandbyok') === '';
  const active = code('activecode', 200);
  const status = {
    active,
    standby: standbyOk ? active : code('standbycode', 429),
    'performance-standby':
      standbyOk || performanceOk ? active : code('performancestandbycode', 473),
    'dr-secondary': code('drsecondarycode', 472),
    sealed: code('sealedcode', 503),
    uninitialised: code('uninitcode', 501),
  }[core.state];
  if (!Number.isInteger(status)) return errors(400);
  const sealed = core.state === 'sealed' || core.state === 'uninitialised';
  const replication = sealed ? 'unknown' : 'disabled';
  return json(status, {
    initialized: core.state !== 'uninitialised',
    sealed,
    standby: sealed || core.state === 'standby' || core.state === 'performance-standby',
    ...(core.dialect.product === 'vault'
      ? { performance_standby: core.state === 'performance-standby', enterprise: false }
      : {}),
    replication_performance_mode: replication,
    replication_dr_mode: core.state === 'dr-secondary' ? 'secondary' : replication,
    server_time_utc: Math.floor(core.clock.now() / 1000),
    version: core.dialect.version,
    ...(sealed ? {} : { cluster_name: core.clusterName, cluster_id: core.clusterId }),
  });
}

/** Source: https://developer.hashicorp.com/vault/api-docs/system/leader */
function leader(core: Core): Reply {
  const isStandby = core.state === 'standby' || core.state === 'performance-standby';
  if (!isStandby) return json(200, { ha_enabled: false });
  const { standbyMode: mode } = core;
  const address =
    mode === 'no-active-node'
      ? ''
      : mode === 'forward'
        ? core.leaderAddress
        : 'redirectTo' in mode
          ? mode.redirectTo
          : mode.readsBeside;
  return json(200, {
    ha_enabled: true,
    is_self: false,
    active_time: '0001-01-01T00:00:00Z',
    leader_address: address,
    leader_cluster_address: address.replace(/\d+$/, '8201'),
    performance_standby: core.state === 'performance-standby',
    performance_standby_last_remote_wal: 0,
  });
}

/** The answers that need no token and no certain state. `undefined` for every other path. */
export function handleAlways(core: Core, path: string): Reply | undefined {
  const initialized = core.state !== 'uninitialised';
  const sealed = core.state === 'sealed' || !initialized;
  switch (path) {
    case 'sys/init':
      return json(200, { initialized });
    case 'sys/leader':
      return leader(core);
    case 'sys/seal-status':
      return json(200, {
        type: 'shamir',
        initialized,
        sealed,
        t: 1,
        n: 1,
        progress: 0,
        nonce: '',
        recovery_seal: false,
        version: core.dialect.version,
        commit_date: '',
        migration: false,
        ...(sealed ? {} : { cluster_name: core.clusterName, cluster_id: core.clusterId }),
        storage_type: 'inmem',
      });
    default:
      return undefined;
  }
}

/** Paths that check the token themselves, or need none. */
export function handleSystemWithoutToken(
  core: Core,
  request: NamespacedRequest,
): Reply | undefined {
  const { path } = request;
  if (path === 'sys/wrapping/unwrap') return unwrap(core, request);
  if (path === 'sys/wrapping/lookup') return wrappingLookup(core, request);
  if (path === 'sys/internal/ui/mounts') return visibleMounts(core, request);
  return undefined;
}

export function handleSystem(
  core: Core,
  request: NamespacedRequest,
  path: string,
  token: Token,
): Reply {
  if (path === 'internal/ui/mounts/') return errors(404, 'unsupported path');
  if (path.startsWith('internal/ui/mounts/')) {
    return mountDetails(core, request, path.slice('internal/ui/mounts/'.length), token);
  }
  const operation = request.operation;
  if (!core.allows(request, token, operation)) return permissionDenied;
  const [area = '', ...rest] = path.split('/');
  const name = trimSlashes(rest.join('/'));
  switch (area) {
    case 'capabilities-self':
      return operation === 'update' ? capabilities(core, request, token) : unsupportedOperation;
    case 'internal':
      return name === 'ui/resultant-acl' && operation === 'read'
        ? resultantAcl(core, token)
        : unsupportedPath;
    case 'mounts':
      return mounts(core, request, name);
    case 'auth':
      return authMounts(core, request, name);
    case 'policies':
      return policies(request, name.replace(/^acl\/?/, ''));
    case 'namespaces':
      return namespaces(core, request, name);
    case 'wrapping':
      return name === 'wrap' ? wrap(request) : unsupportedPath;
    case 'seal':
      core.state = 'sealed';
      return noContent;
    default:
      return unsupportedPath;
  }
}

const describeMount = (mount: Mount): Record<string, Plain> => ({
  accessor: mount.accessor,
  config: { default_lease_ttl: 0, force_no_cache: false, max_lease_ttl: 0 },
  description: mount.description,
  external_entropy_access: false,
  local: mount.type.endsWith('cubbyhole'),
  options: mount.options,
  plugin_version: '',
  running_plugin_version: '',
  running_sha256: '',
  seal_wrap: false,
  type: mount.type,
  uuid: mount.uuid,
});

const describeAll = (list: Iterable<Mount>): Record<string, Plain> =>
  Object.fromEntries([...list].map((mount) => [mount.path, describeMount(mount)] as const));

/** `sys/internal/ui/mounts`: the mounts that the token may use; without a token, none. */
function visibleMounts(
  core: Core,
  { namespace, token: id, remoteAddress }: NamespacedRequest,
): Reply {
  if (id === '') return ok({ auth: {}, secret: {} });
  const token = core.tokens.findFrom(id, remoteAddress);
  if (token === undefined) return errors(403, ...core.dialect.invalidToken);
  const visible = (list: Iterable<Mount>, prefix: string): Mount[] =>
    [...list].filter((mount) => isVisible(core, token, namespace, prefix + mount.path));
  return ok({
    auth: describeAll(visible(namespace.authMounts.values(), 'auth/')),
    secret: describeAll(visible(namespace.mounts.values(), '')),
  });
}

const isVisible = (core: Core, token: Token, namespace: Namespace, path: string): boolean =>
  core.isRoot(token) || core.accessList(token).touches(namespace.path + path);

/** `sys/internal/ui/resultant-acl`: full paths, globs without their star, no rules with `+`. */
function resultantAcl(core: Core, token: Token): Reply {
  const { exact, glob } = core.accessList(token).resultant();
  return ok({ exact_paths: exact, glob_paths: glob, root: core.isRoot(token) });
}

function mountDetails(
  core: Core,
  { namespace, operation }: NamespacedRequest,
  asked: string,
  token: Token,
): Reply {
  if (operation !== 'read') return unsupportedOperation;
  const { namespace: inner, path } = core.locate(namespace.path + trimSlashes(asked));
  const auth = path.startsWith('auth/');
  const mount = core.findMount(
    auth ? inner.authMounts : inner.mounts,
    auth ? path.slice('auth/'.length) : path,
  );
  const prefix = auth ? 'auth/' : '';
  if (mount === undefined || !isVisible(core, token, inner, prefix + mount.path)) {
    return errors(
      403,
      `preflight capability check returned 403, please ensure client's policies grant access to path "${trimSlashes(asked)}/"`,
    );
  }
  // OpenBao writes the mount of an inner namespace with its full path, not relative to the request.
  const named = inner === namespace ? mount.path : inner.path + mount.path;
  return ok({ ...describeMount(mount), path: named }, { mountType: 'system' });
}

function capabilities(core: Core, { namespace, body }: NamespacedRequest, token: Token): Reply {
  const single = textField(body, 'path');
  const paths = listField(body, 'paths') ?? (single === '' ? [] : [single]);
  if (paths.length === 0) return errors(400, 'paths must be supplied');
  const found = Object.fromEntries(
    paths.map((path) => [path, core.capabilities(token, namespace.path + path)] as const),
  );
  const [only] = paths;
  const one = paths.length === 1 && only !== undefined ? { capabilities: found[only] } : {};
  return ok({ ...found, ...one }, { flattened: namespace.path === '', mountType: 'system' });
}

function mounts(
  core: Core,
  { namespace, operation, body }: NamespacedRequest,
  name: string,
): Reply {
  if (operation === 'read') {
    if (name === '') return ok(describeAll(namespace.mounts.values()), { flattened: true });
    if (name.endsWith('/tune')) return tuning(namespace.mounts.get(name.replace(/tune$/, '')));
    const mount = namespace.mounts.get(`${name}/`);
    return mount === undefined
      ? errors(400, `No secret engine mount at ${name}/`)
      : ok(describeMount(mount), { flattened: true });
  }
  if (operation === 'delete') {
    namespace.mounts.delete(`${name}/`);
    return noContent;
  }
  if (operation !== 'update') return unsupportedOperation;
  const type = textField(body, 'type');
  if (type === '') return errors(400, 'backend type must be specified as a string');
  const overlapping = [...namespace.mounts.keys()].find(
    (path) => path.startsWith(`${name}/`) || `${name}/`.startsWith(path),
  );
  if (overlapping !== undefined) return errors(400, `path is already in use at ${overlapping}`);
  const options = body.get('options');
  const version = isJsonObject(options) ? textField(options, 'version') : '';
  const kvVersion = type === 'kv-v2' ? '2' : type === 'kv-v1' ? '1' : version;
  core.addMount(namespace, name, type.replace(/^kv-v[12]$/, 'kv'), {
    description: textField(body, 'description'),
    options: kvVersion === '' ? {} : { version: kvVersion },
  });
  return noContent;
}

const tuning = (mount: Mount | undefined): Reply =>
  mount === undefined
    ? errors(400, 'cannot fetch sysview for path')
    : ok(
        {
          default_lease_ttl: SYSTEM_TTL_SECONDS,
          description: mount.description,
          force_no_cache: false,
          max_lease_ttl: SYSTEM_TTL_SECONDS,
          options: mount.options,
        },
        { flattened: true },
      );

function authMounts(
  core: Core,
  { namespace, operation, body }: NamespacedRequest,
  name: string,
): Reply {
  if (operation === 'read' && name === '') {
    return ok(describeAll(namespace.authMounts.values()), { flattened: true });
  }
  if (operation === 'delete') {
    namespace.authMounts.delete(`${name}/`);
    return noContent;
  }
  if (operation !== 'update') return unsupportedOperation;
  if (namespace.authMounts.has(`${name}/`)) {
    return errors(400, `path is already in use at ${name}/`);
  }
  core.addAuthMount(namespace, name, textField(body, 'type'));
  return noContent;
}

function policies({ namespace, operation, body }: NamespacedRequest, name: string): Reply {
  if (operation === 'list') {
    const root = namespace.path === '' ? ['root'] : [];
    return ok({ keys: [...[...namespace.policies.keys()].toSorted(byBytes), ...root] });
  }
  if (operation === 'read') {
    const policy = namespace.policies.get(name);
    return policy === undefined ? notFound : ok({ name, policy: policy.source });
  }
  if (operation === 'delete') {
    namespace.policies.delete(name);
    return noContent;
  }
  if (operation !== 'update') return unsupportedOperation;
  const source = textField(body, 'policy');
  if (source === '') return errors(400, "'policy' parameter not supplied or empty");
  try {
    namespace.policies.set(name, parsePolicy(name, source));
    return noContent;
  } catch (error) {
    if (error instanceof PolicyError) {
      return errors(400, `failed to parse policy: ${error.message}`);
    }
    throw error;
  }
}

function namespaces(core: Core, { namespace, operation }: NamespacedRequest, name: string): Reply {
  const path = `${namespace.path}${name}/`;
  if (operation === 'list') {
    const keys = [...core.namespaces.keys()]
      .filter((key) => key !== namespace.path && key.startsWith(namespace.path))
      .map((key) => key.slice(namespace.path.length))
      .filter((key) => /^[^/]+\/$/.test(key));
    return keys.length === 0 ? notFound : ok({ keys: keys.toSorted(byBytes) });
  }
  if (operation === 'delete') {
    core.namespaces.delete(path);
    return noContent;
  }
  if (operation === 'read') {
    const found = core.namespaces.get(path);
    return found === undefined ? notFound : ok({ id: found.id, path });
  }
  const { id } = core.createNamespace(path);
  return ok({ custom_metadata: {}, id, path });
}

const INVALID_WRAPPING = errors(400, 'wrapping token is not valid or does not exist');

const wrappingToken = ({ body, token }: NamespacedRequest): string =>
  textField(body, 'token') || token;

/** Echoes the body, so that the answer can be wrapped like any other. */
function wrap({ operation, wrapTtl, body }: NamespacedRequest): Reply {
  if (operation !== 'update') return unsupportedOperation;
  if (wrapTtl === 0) return errors(400, 'endpoint requires response wrapping to be used');
  return ok(body);
}

function unwrap(core: Core, request: NamespacedRequest): Reply {
  const id = wrappingToken(request);
  if (id === '') return errors(403, 'error validating wrapping token: token is empty');
  const token = core.tokens.find(id);
  if (token?.wrapped === undefined) return INVALID_WRAPPING;
  core.tokens.revoke(id);
  return token.wrapped.reply;
}

function wrappingLookup(core: Core, request: NamespacedRequest): Reply {
  const token = core.tokens.find(wrappingToken(request));
  if (token?.wrapped === undefined) return INVALID_WRAPPING;
  return ok({
    creation_path: token.wrapped.path,
    creation_time: rfc3339(token.createdAt),
    creation_ttl: token.ttl,
  });
}
