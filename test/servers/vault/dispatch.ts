/**
 * The way of a request through the stand-in, in the order of the real server: state, namespace, token,
 * policy, engine.
 */
import { randomUUID } from 'node:crypto';
import { AppRole } from './approle';
import type { Core, CoreRequest, Namespace, NamespacedRequest } from './core';
import { trimSlashes, type Operation } from './engine';
import { Kubernetes } from './kubernetes';
import { Oidc } from './oidc';
import { Passwords } from './passwords';
import { errors, permissionDenied, type LogicalReply, type Reply } from './reply';
import { handleSystem, handleSystemWithoutToken } from './system';
import { handleTokens } from './token-auth';
import type { Token, TokenRequest } from './tokens';

/** Answers a request, and wraps the answer if the request asks for it. */
export function handleRequest(core: Core, request: CoreRequest): Reply {
  if (core.state === 'sealed' || core.state === 'uninitialised') {
    return errors(503, 'Vault is sealed');
  }
  if (core.state === 'dr-secondary') {
    return errors(400, 'path disabled in replication DR secondary mode');
  }
  const isStandby = core.state === 'standby' || core.state === 'performance-standby';
  if (isStandby && core.standbyMode !== 'forward') {
    const refusal = answerAsStandby(core.standbyMode, request);
    if (refusal !== undefined) return refusal;
  }
  const header = trimSlashes(request.namespace);
  if (header !== '' && !core.namespaces.has(`${header}/`)) {
    return errors(404, 'namespace not found');
  }
  const prefix = header === '' ? '' : `${header}/`;
  const { namespace, path } = core.locate(prefix + request.path);
  // The server asks the engine for a folder with a slash at its end.
  const folder = request.operation === 'list' && path !== '' && !path.endsWith('/');
  const reply = dispatch(core, { ...request, namespace, path: folder ? `${path}/` : path });
  return request.wrapTtl > 0 ? wrapSuccess(core, reply, request, namespace, path) : reply;
}

function answerAsStandby(
  mode: Exclude<Core['standbyMode'], 'forward'>,
  { path, operation }: CoreRequest,
): Reply | undefined {
  const isRead = operation === 'read' || operation === 'list';
  if (mode !== 'no-active-node' && 'readsBeside' in mode && isRead) return undefined;
  if (mode === 'no-active-node' || 'readsBeside' in mode) {
    return errors(500, 'local node not active but active cluster node not found');
  }
  return {
    kind: 'raw',
    status: 307,
    headers: { Location: `${mode.redirectTo}/v1/${path}` },
    body: '',
  };
}

function dispatch(core: Core, request: NamespacedRequest): Reply {
  const open = handleSystemWithoutToken(core, request) ?? logIn(core, request);
  if (open !== undefined) return open;
  const token = core.tokens.findFrom(request.token, request.remoteAddress);
  if (token === undefined) return errors(403, ...core.dialect.invalidToken);
  // The use counts even if the policy then refuses.
  core.tokens.use(token);
  return handleAuthorised(core, request, token);
}

function logIn(
  core: Core,
  { namespace, path, body, query, operation, remoteAddress }: NamespacedRequest,
): Reply | undefined {
  if (operation === 'list' || !path.startsWith('auth/')) return undefined;
  const mount = core.findMount(namespace.authMounts, path.slice('auth/'.length));
  if (mount === undefined) return undefined;
  const { engine } = mount;
  const [action, name = '', ...more] = path.slice(`auth/${mount.path}`.length).split('/');
  let outcome: TokenRequest | Reply;
  if (engine instanceof Oidc && action === 'oidc' && more.length === 0) {
    if (name === 'auth_url') return engine.authUrl(body);
    if (name !== 'callback') return undefined;
    outcome = engine.login(query);
  } else if (action !== 'login' || more.length > 0) return undefined;
  else if (engine instanceof AppRole && name === '') outcome = engine.login(body, remoteAddress);
  else if (engine instanceof Passwords && name !== '') outcome = engine.login(name, body);
  else if (engine instanceof Kubernetes && name === '') outcome = engine.login(body);
  else return undefined;
  if ('kind' in outcome) return outcome;
  const display = `${namespace.path.replaceAll('/', '-')}${namespace.path === '' ? '' : 'auth-'}${trimSlashes(mount.path).replaceAll('/', '-')}`;
  const token = core.createToken({
    ...outcome,
    namespace: namespace.path,
    displayName: display,
    path: `auth/${mount.path}login`,
  });
  const reply = core.authReply(token, token.ttl, mount.type);
  return engine instanceof Passwords && engine.asksForMore ? waitingForMore(reply) : reply;
}

/** Source: https://developer.hashicorp.com/vault/docs/auth/login-mfa */
const waitingForMore = (reply: LogicalReply): Reply => ({
  kind: 'raw',
  status: 200,
  body: JSON.stringify({
    request_id: randomUUID(),
    auth: {
      client_token: '',
      policies: reply.auth?.policies ?? [],
      lease_duration: 0,
      renewable: false,
      mfa_requirement: {
        mfa_request_id: randomUUID(),
        mfa_constraints: {
          totp: { any: [{ type: 'totp', id: randomUUID(), uses_passcode: true }] },
        },
      },
    },
  }),
});

function handleAuthorised(core: Core, request: NamespacedRequest, token: Token): Reply {
  const { namespace, path } = request;
  const auth = path.startsWith('auth/');
  const mounts = auth ? namespace.authMounts : namespace.mounts;
  const inMounts = auth ? path.slice('auth/'.length) : path;
  const mount = core.findMount(mounts, inMounts);
  const relative = mount === undefined ? '' : inMounts.slice(mount.path.length);
  const operation: Operation =
    request.operation === 'update' && mount !== undefined && !mount.engine.exists(relative)
      ? 'create'
      : request.operation;

  if (mount?.type.endsWith('system') === true) {
    return handleSystem(core, request, relative, token);
  }
  if (auth && mount?.type.endsWith('token') === true) {
    return handleTokens(core, request, relative, token);
  }
  if (!core.allows(request, token, operation)) return permissionDenied;
  if (mount === undefined) {
    return errors(404, `no handler for route "${path}". route entry not found.`);
  }
  const { body, query } = request;
  const reply = mount.engine.handle({ operation, path: relative, body, query });
  return reply.kind === 'logical' ? { ...reply, mountType: mount.type } : reply;
}

/** Keeps a successful answer and replies with a token that fetches it once. */
function wrapSuccess(
  core: Core,
  reply: Reply,
  { wrapTtl }: CoreRequest,
  namespace: Namespace,
  path: string,
): Reply {
  const filled =
    reply.kind === 'logical' && reply.status === 200 && (reply.data ?? reply.auth ?? null) !== null;
  if (!filled || path === 'sys/wrapping/unwrap') return reply;
  return core.wrap(reply, wrapTtl, namespace, path);
}
