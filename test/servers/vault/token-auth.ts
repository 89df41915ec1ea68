/** `auth/token/…`. Source: https://developer.hashicorp.com/vault/api-docs/auth/token */
import type { JsonObject } from '@shared/model/json';
import {
  booleanField,
  listField,
  numberField,
  secondsField,
  textField,
  textMapField,
} from './body';
import type { Core, NamespacedRequest } from './core';
import type { Plain } from './go-json';
import { errors, noContent, ok, permissionDenied, unsupportedPath, type Reply } from './reply';
import { rfc3339, shortDuration } from './time';
import type { Token } from './tokens';

const SELF = new Set(['lookup-self', 'renew-self', 'revoke-self']);

export function handleTokens(
  core: Core,
  request: NamespacedRequest,
  path: string,
  token: Token,
): Reply {
  const writes = request.operation === 'update';
  const operation = path === 'lookup-self' ? 'read' : request.operation;
  // A token looks itself up in its own namespace, whichever namespace the request names.
  const namespace = SELF.has(path) ? core.namespace(token.namespace) : request.namespace;
  if (!core.allows({ ...request, namespace }, token, operation)) return permissionDenied;
  switch (path) {
    case 'lookup-self':
      return ok(lookup(core, token), { mountType: 'token' });
    case 'renew-self':
      return writes ? renew(core, request.body, token) : unsupportedPath;
    case 'revoke-self':
      core.tokens.revoke(token.id);
      return noContent;
    case 'create':
      return writes ? create(core, request, token) : unsupportedPath;
    case 'revoke':
      core.tokens.revoke(textField(request.body, 'token'));
      return noContent;
    case 'lookup': {
      const other = core.tokens.find(textField(request.body, 'token'));
      return other === undefined
        ? errors(403, 'bad token')
        : ok(lookup(core, other), { mountType: 'token' });
    }
    default:
      return unsupportedPath;
  }
}

const lookup = (core: Core, token: Token): Plain => ({
  accessor: token.accessor,
  creation_time: Math.floor(token.createdAt / 1000),
  creation_ttl: token.ttl,
  display_name: token.displayName,
  entity_id: token.entityId,
  expire_time: token.expiresAt === undefined ? null : rfc3339(token.expiresAt),
  explicit_max_ttl: token.explicitMaxTtl,
  id: token.id,
  issue_time: rfc3339(token.createdAt),
  meta: token.metadata,
  num_uses: token.usesLeft,
  orphan: token.orphan,
  path: token.path,
  policies: token.policies,
  renewable: token.renewable,
  ttl: core.tokens.ttl(token),
  type: token.type,
  ...(token.period > 0 ? { period: token.period } : {}),
  ...(token.namespace === '' ? {} : { namespace_path: token.namespace }),
});

function renew(core: Core, body: JsonObject, token: Token): Reply {
  const increment = secondsField(body, 'increment') ?? 0;
  if (increment < 0) {
    return errors(
      400,
      `Field validation failed: error converting input for field "increment": cannot provide negative value '${String(increment)}'`,
    );
  }
  if (token.type === 'batch') return errors(400, 'batch tokens cannot be renewed');
  if (!token.renewable) return errors(400, 'lease is not renewable');
  const { granted, asked, max } = core.tokens.renew(token, increment);
  const capped = token.period === 0 && asked > max;
  const warnings = [
    `TTL of "${shortDuration(asked)}" exceeded the effective max_ttl of "${shortDuration(max)}"; TTL value is capped accordingly`,
  ];
  return core.authReply(token, granted, 'token', capped ? warnings : undefined);
}

function create(core: Core, { namespace, body }: NamespacedRequest, parent: Token): Reply {
  const asked = listField(body, 'policies') ?? parent.policies;
  const root = asked.includes('root');
  const plain = root || booleanField(body, 'no_default_policy') === true;
  const id = textField(body, 'id') || undefined;
  if (id?.includes('.') === true) {
    return errors(400, "custom token ID cannot have a '.' in the value");
  }
  const display = textField(body, 'display_name');
  const token = core.createToken({
    id,
    policies: plain ? asked : ['default', ...asked],
    namespace: namespace.path,
    displayName: display === '' ? 'token' : `token-${display}`,
    metadata: textMapField(body, 'meta'),
    type: textField(body, 'type') === 'batch' ? 'batch' : 'service',
    ttl: secondsField(body, 'ttl') ?? (root ? 0 : undefined),
    explicitMaxTtl: secondsField(body, 'explicit_max_ttl'),
    period: secondsField(body, 'period'),
    renewable: booleanField(body, 'renewable'),
    numUses: numberField(body, 'num_uses'),
    orphan: booleanField(body, 'no_parent') ?? false,
  });
  return core.authReply(token, token.ttl, 'token');
}
