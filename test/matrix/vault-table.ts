/**
 * What Strongroom must report for each fault of a Vault server, KV v2 and v1. Written by hand from Vault's
 * documentation and source: https://developer.hashicorp.com/vault/api-docs#http-status-codes,
 * https://developer.hashicorp.com/vault/api-docs/system/health and the KV plugin.
 */
import { htmlAnswer, type Effect } from '../servers/faults';
import type { ErrorCode } from '@shared/errors';
import type { KvVersion } from '@core/providers/hashicorp-vault/mounts';
import type { Plan } from './matrix';
import { markers } from './operations';
import type { VaultRow } from './vault-scene';

const says = (
  status: number,
  errors: readonly string[],
  headers: Readonly<Record<string, string>> = {},
): Effect => ({
  kind: 'answer',
  status,
  headers,
  body: { errors: [...errors, markers.body] },
});

const page = (status: number): Effect => htmlAnswer(status, markers.body);

export const planV2: Plan = {
  moments: ['cold', 'first', 'second', 'third'],
  requests: {
    // health, wrapping/lookup, lookup-self, mounts, list, capabilities-self
    check: 6,
    list: 2,
    read: 1,
    readMany: 2,
    // look, put, look at the metadata
    write: 3,
    remove: 3,
    versions: 1,
    readVersion: 1,
    glance: 1,
    undelete: 2,
  },
  steps: {
    cold: 'health',
    first: 'health',
    second: 'authentication',
    third: 'authentication',
  },
};

export const planV1: Plan = {
  ...planV2,
  requests: {
    ...planV2.requests,
    // look, post, look
    write: 3,
    remove: 2,
    versions: 0,
    glance: 0,
    undelete: 1,
  },
  healthy: { glance: 'unknown' },
};

/** Levels of nesting, far more than a stack can hold. */
const DEPTH = 100_000;

const DEEP = `{"data":${'{"a":'.repeat(DEPTH)}"${markers.body}"${'}'.repeat(DEPTH)}}`;
const DEEP_ERROR = `{"errors":["${markers.body}"],"data":${'['.repeat(DEPTH)}${']'.repeat(DEPTH)}}`;

const answer = (status: number, body: string): Effect => ({ kind: 'answer', status, body });

/** An error of one folder is reported beside the other folders, and does not end the listing. */
const inFolder = (code: ErrorCode): Record<string, string> => ({
  'list second': `unlisted ${code}`,
});

/** A proxy in front of Vault may block health, so the next step is the one that matters. */
const afterHealth = { cold: 'authentication', first: 'authentication' } as const;

/** These answers do not say whether the token is valid; the engine is the first step that needs one. */
const atEngine = { cold: 'engine', first: 'engine', second: 'engine', third: 'engine' } as const;

/** When the engine is known. `cold` is left out: it looks like an old server without secrets. */
const warm = ['first', 'second', 'third'] as const;

/** Vault answers these with 204, without a body that could be broken. */
const bodiless = (version: KvVersion): Record<string, string> =>
  version === 2 ? { 'undelete second': 'done' } : { 'remove second': 'done' };

/**
 * The last request of a change on KV v2 reads the metadata. The credentials need no permission for it: the
 * change counts without it.
 */
const settled = (version: KvVersion): Record<string, string> =>
  version === 2 ? { 'write third': 'done' } : {};

/** Looks as if nothing were there: a client that has read the secret before reports that it is gone. */
const isEmpty = (version: KvVersion): Record<string, string> => ({
  check: 'done',
  list: 'listed less',
  glance: 'absent',
  'write first': 'CONFLICT',
  'remove first': 'CONFLICT',
  'remove third': 'done',
  ...(version === 1 && { 'write third': 'CONFLICT' }),
});

const UPGRADING =
  'Upgrading from non-versioned to versioned data. This backend will be unavailable for a brief period and will resume service shortly.';

const LOCKED =
  'API access to this namespace has been locked by an administrator - "ns" must be unlocked to gain access.';

const DELETED = JSON.stringify({
  request_id: 'r',
  data: {
    data: null,
    metadata: {
      created_time: '2026-01-01T00:00:00.000000001Z',
      custom_metadata: { owner: markers.body },
      deletion_time: '2026-01-02T00:00:00.000000001Z',
      destroyed: false,
      version: 2,
    },
  },
  warnings: null,
});

const V1_PATH = JSON.stringify({
  request_id: 'r',
  data: null,
  warnings: [
    'Invalid path for a versioned K/V secrets engine. See the API docs for the appropriate API endpoints to use.',
    markers.body,
  ],
});

const of = (version: KvVersion): readonly VaultRow[] => [
  // The connection
  {
    fault: 'a connection closed before the answer',
    code: 'CONNECTION_RESET',
    effect: { kind: 'drop', applied: false },
  },
  {
    fault: 'a connection closed in place of the answer',
    code: 'CONNECTION_RESET',
    effect: { kind: 'drop', applied: true },
  },
  {
    fault: 'a reset in the middle of the answer',
    code: 'CONNECTION_RESET',
    effect: { kind: 'reset' },
  },
  { fault: 'no answer', code: 'TIMED_OUT', effect: { kind: 'hang', applied: false }, isSlow: true },
  {
    fault: 'no answer to what was done',
    code: 'TIMED_OUT',
    effect: { kind: 'hang', applied: true },
    isSlow: true,
  },
  {
    fault: 'an answer byte by byte',
    code: 'TIMED_OUT',
    effect: { kind: 'drip', bytes: 1, everyMs: 50 },
    isSlow: true,
    except: bodiless(version),
  },

  // Answers that do not come from Vault
  { fault: 'a page with 200', code: 'UNEXPECTED_ANSWER', effect: page(200) },
  { fault: 'a page with 401', code: 'UNEXPECTED_ANSWER', effect: page(401) },
  { fault: 'a page with 403', code: 'UNEXPECTED_ANSWER', effect: page(403) },
  { fault: 'a page with 404', code: 'UNEXPECTED_ANSWER', effect: page(404) },
  { fault: 'a page with 500', code: 'UNEXPECTED_ANSWER', effect: page(500) },
  { fault: 'a page with 502', code: 'UNEXPECTED_ANSWER', effect: page(502) },
  { fault: 'a page with 503', code: 'UNEXPECTED_ANSWER', effect: page(503) },
  {
    fault: 'a page with 429',
    code: 'RATE_LIMITED',
    effect: page(429),
    except: inFolder('RATE_LIMITED'),
  },
  { fault: 'a page with 413', code: 'VALUE_TOO_LARGE', effect: page(413) },
  {
    fault: 'an answer cut short',
    code: 'UNEXPECTED_ANSWER',
    effect: { kind: 'truncate' },
    except: bodiless(version),
  },
  {
    fault: 'JSON of another service',
    code: 'UNEXPECTED_ANSWER',
    effect: answer(200, `{"ok":"${markers.body}"}`),
  },
  {
    fault: 'an error of another service',
    code: 'UNEXPECTED_ANSWER',
    effect: answer(404, `{"message":"${markers.body}"}`),
  },
  { fault: 'an empty answer', code: 'UNEXPECTED_ANSWER', effect: answer(200, '') },
  {
    fault: 'JSON nested without end',
    code: 'UNEXPECTED_ANSWER',
    moments: ['cold', 'second'],
    effect: answer(200, DEEP),
  },
  {
    fault: 'an error nested without end',
    code: 'SERVER_ERROR',
    effect: answer(500, DEEP_ERROR),
    moments: ['first'],
    steps: afterHealth,
    except: inFolder('SERVER_ERROR'),
  },
  {
    fault: 'more than 32 MiB',
    code: 'RESPONSE_TOO_LARGE',
    effect: { kind: 'pad', bytes: 32 * 1024 * 1024 },
    moments: ['first'],
    atOnce: 2,
  },
  {
    fault: 'a redirect',
    code: 'REDIRECTED',
    effect: { kind: 'redirect', to: 'https://other.example:8200/ui' },
  },
  { fault: 'a redirect to itself', code: 'REDIRECTED', effect: { kind: 'redirect' } },

  // Errors of Vault
  {
    fault: '400',
    code: 'REQUEST_REFUSED',
    effect: says(400, ['something is wrong']),
    steps: afterHealth,
    except: inFolder('REQUEST_REFUSED'),
  },
  {
    fault: '400 while an engine is upgraded',
    code: 'SERVER_ERROR',
    effect: says(400, [UPGRADING]),
    steps: afterHealth,
    except: inFolder('SERVER_ERROR'),
  },
  {
    fault: '401',
    code: 'AUTHENTICATION_FAILED',
    effect: says(401, ['unauthorized']),
    steps: afterHealth,
  },
  {
    fault: '403 of a bad token',
    code: 'TOKEN_INVALID',
    effect: says(403, ['permission denied', 'invalid token']),
    steps: afterHealth,
    except: settled(version),
  },
  {
    fault: '403 of a bad token, as OpenBao says it',
    code: 'TOKEN_INVALID',
    effect: answer(403, '{"errors":["permission denied"]}'),
    steps: afterHealth,
    except: settled(version),
  },
  {
    fault: '403 of a policy',
    code: 'PERMISSION_DENIED',
    effect: says(403, ['1 error occurred:\n\t* permission denied\n\n']),
    steps: atEngine,
    except: { ...inFolder('PERMISSION_DENIED'), ...settled(version), 'glance first': 'unknown' },
  },
  {
    fault: '403 of a locked namespace',
    code: 'PERMISSION_DENIED',
    effect: says(403, [LOCKED]),
    steps: afterHealth,
    except: { ...inFolder('PERMISSION_DENIED'), ...settled(version), 'glance first': 'unknown' },
  },
  {
    fault: '404 of no secret',
    code: 'NOT_FOUND',
    effect: answer(404, '{"errors":[]}'),
    moments: warm,
    except: { ...isEmpty(version), ...settled(version) },
  },
  {
    fault: '404 of a deleted version',
    code: 'SECRET_DELETED',
    effect: answer(404, DELETED),
    path: /^secret\/data\//,
    moments: warm,
    operations: ['read', 'readMany', 'readVersion', 'write', 'remove'],
    version: 2,
    except: {
      readVersion: 'NOT_FOUND',
      write: 'CONFLICT',
      remove: 'CONFLICT',
      'write second': 'NOT_FOUND',
      'write third': 'done',
      'remove second': 'done',
      'remove third': 'done',
    },
  },
  {
    fault: '404 of no route',
    code: 'ENGINE_NOT_FOUND',
    effect: says(404, ['no handler for route "secret/". route entry not found.']),
    steps: atEngine,
    except: settled(version),
  },
  {
    fault: '404 of a v1 path on a v2 engine',
    code: 'INVALID_CONFIGURATION',
    effect: answer(404, V1_PATH),
    version: 1,
    moments: warm,
    steps: { first: 'permissions', second: 'permissions', third: 'permissions' },
  },
  {
    fault: '405',
    code: 'ENGINE_NOT_KV',
    effect: says(405, ['1 error occurred:\n\t* unsupported operation\n\n']),
    steps: atEngine,
  },
  {
    fault: '409',
    code: 'REQUEST_REFUSED',
    effect: says(409, ['conflict']),
    steps: afterHealth,
    except: inFolder('REQUEST_REFUSED'),
  },
  {
    fault: '412',
    code: 'SERVER_ERROR',
    effect: says(412, ['required index state not present']),
    steps: afterHealth,
    except: inFolder('SERVER_ERROR'),
  },
  {
    fault: '413',
    code: 'VALUE_TOO_LARGE',
    effect: says(413, ['http: request body too large']),
    steps: afterHealth,
  },
  {
    fault: '429',
    code: 'RATE_LIMITED',
    effect: says(429, ['request path "secret/data/app": rate limit quota exceeded']),
    except: inFolder('RATE_LIMITED'),
  },
  {
    fault: '429 with Retry-After',
    code: 'RATE_LIMITED',
    effect: says(429, ['rate limit quota exceeded'], { 'Retry-After': '1' }),
    except: inFolder('RATE_LIMITED'),
  },
  { fault: '472', code: 'SERVER_STANDBY', effect: says(472, []) },
  { fault: '473', code: 'SERVER_STANDBY', effect: says(473, []) },
  {
    fault: '500',
    code: 'SERVER_ERROR',
    effect: says(500, ['internal error']),
    steps: afterHealth,
    except: inFolder('SERVER_ERROR'),
  },
  {
    fault: '500 of a lost active node',
    code: 'SERVER_STANDBY',
    effect: says(500, ['local node not active but active cluster node not found']),
    steps: afterHealth,
  },
  { fault: '501', code: 'SERVER_NOT_INITIALIZED', effect: says(501, []) },
  {
    fault: '502',
    code: 'SERVER_ERROR',
    effect: says(502, ['bad gateway']),
    steps: afterHealth,
    except: inFolder('SERVER_ERROR'),
  },
  { fault: '503 of a seal', code: 'SERVER_SEALED', effect: says(503, ['Vault is sealed']) },
  // Another write came first, and must not be overwritten.
  {
    fault: '400 of check-and-set',
    code: 'CONFLICT',
    effect: says(400, ['check-and-set parameter did not match the current version']),
    path: /^secret\/data\//,
    version: 2,
    operations: ['write'],
    moments: ['second'],
  },
];

/** The rows of one version of the engine. */
export const vaultTable = (version: KvVersion): readonly VaultRow[] =>
  of(version).filter((row) => row.version === undefined || row.version === version);
