/** From HTTP to the core and back: paths, methods, headers and the envelope of an answer. */
import { randomUUID } from 'node:crypto';
import { isJsonObject, parseJson, type JsonObject } from '@shared/model/json';
import type { HttpAnswer, HttpRequest } from '../http-listener';
import type { Core, CoreRequest } from './core';
import { handleRequest } from './dispatch';
import { goJson, goStruct } from './go-json';
import {
  errors,
  oneError,
  type AuthReply,
  type LogicalReply,
  type Reply,
  type WrapReply,
} from './reply';
import { handleAlways, health } from './system';
import { parseDuration } from './time';

const MERGE_PATCH = 'application/merge-patch+json';
const MAX_REQUEST_BYTES = 32 * 1024 * 1024;

/** The result of parsing the path of a request. */
export type ParsedTarget =
  | { readonly kind: 'path'; readonly path: string; readonly query: URLSearchParams }
  | { readonly kind: 'answer'; readonly answer: HttpAnswer };

const plainText = (status: number, body: string): HttpAnswer => ({
  status,
  headers: { 'Content-Type': 'text/plain; charset=utf-8' },
  body,
});

/** Decodes the path, and refuses the paths that Go's HTTP server refuses. */
export function parseTarget(target: string, core: Core): ParsedTarget {
  const [rawPath = '', ...rest] = target.split('?');
  let path: string;
  try {
    path = decodeURIComponent(rawPath);
  } catch {
    const valid = /^(?:[^%]|%[0-9a-f]{2})*$/i.test(rawPath);
    return {
      kind: 'answer',
      answer: valid
        ? toHttp(oneError(500, 'string field contains invalid UTF-8'), core)
        : plainText(400, '400 Bad Request'),
    };
  }
  // Characters that are not `unicode.IsPrint` in Go, such as no-break and zero-width spaces.
  if (/[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/u.test(path)) {
    return { kind: 'answer', answer: { status: 400, headers: {}, body: '' } };
  }
  const segments = path.split('/');
  const refusal = core.dialect.parentReferences(segments);
  if (refusal !== undefined) {
    return { kind: 'answer', answer: toHttp(errors(400, refusal), core) };
  }
  const clean = path.replaceAll(/\/(?:\.?\/)+/g, '/');
  if (clean !== path) {
    const location = clean.split('/').map(encodeURIComponent).join('/');
    return { kind: 'answer', answer: { status: 307, headers: { Location: location }, body: '' } };
  }
  return { kind: 'path', path, query: new URLSearchParams(rest.join('?')) };
}

const OPERATIONS: Readonly<Record<string, CoreRequest['operation']>> = {
  GET: 'read',
  LIST: 'list',
  POST: 'update',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};

const WRITES = new Set(['POST', 'PUT', 'PATCH']);

function operationOf(method: string, query: URLSearchParams): CoreRequest['operation'] | Reply {
  const operation = OPERATIONS[method];
  if (operation === undefined) return errors(405);
  const list = query.get('list');
  if (operation !== 'read' || list === null || list === '') return operation;
  if (/^(?:1|t|true)$/i.test(list)) return 'list';
  return /^(?:0|f|false)$/i.test(list) ? operation : errors(400);
}

function parseBody(method: string, body: string): JsonObject | Reply {
  if (!WRITES.has(method) || body.trim() === '') return new Map();
  try {
    const value = parseJson(body);
    if (isJsonObject(value)) return value;
    if (value === null) return new Map();
    return errors(
      400,
      'failed to decode JSON input: json: cannot unmarshal into Go value of type map[string]interface {}',
    );
  } catch (error) {
    if (error instanceof SyntaxError) {
      return errors(400, `failed to decode JSON input: ${error.message}`);
    }
    throw error;
  }
}

const bearer = (authorization: string | undefined): string =>
  /^Bearer (.+)$/.exec(authorization ?? '')?.[1] ?? '';

export function handleHttp(core: Core, request: HttpRequest, target: ParsedTarget): HttpAnswer {
  if (target.kind === 'answer') return target.answer;
  const { path, query } = target;
  if (!path.startsWith('/v1/')) return plainText(404, '404 page not found\n');
  return toHttp(answer(core, request, path.slice('/v1/'.length), query), core, request);
}

function answer(core: Core, request: HttpRequest, path: string, query: URLSearchParams): Reply {
  const { method, headers } = request;
  const namespace = headers['x-vault-namespace'] ?? '';
  if (path === 'sys/health') {
    if (method !== 'GET' && method !== 'HEAD') return errors(405);
    return health(core, namespace !== '', query);
  }
  const operation = operationOf(method, query);
  if (typeof operation !== 'string') return operation;
  const always = operation === 'read' ? handleAlways(core, path) : undefined;
  if (always !== undefined) return always;
  if (Buffer.byteLength(request.body) > MAX_REQUEST_BYTES) {
    return errors(413, 'error performing request: request body too large');
  }
  const mediaType = headers['content-type']?.split(';', 1)[0];
  if (operation === 'patch' && mediaType === undefined) {
    return errors(400, 'mime: no media type');
  }
  if (operation === 'patch' && mediaType !== MERGE_PATCH) {
    return errors(415, `PATCH requires Content-Type of ${MERGE_PATCH}, provided ${mediaType}`);
  }
  const body = parseBody(method, request.body);
  if ('kind' in body) return body;
  return handleRequest(core, {
    operation,
    path,
    namespace,
    token: (headers['x-vault-token'] || bearer(headers['authorization'])).trim(),
    wrapTtl: parseDuration(headers['x-vault-wrap-ttl'] ?? '') ?? 0,
    body,
    query,
    remoteAddress: request.remoteAddress,
  });
}

const authJson = (auth: AuthReply): string =>
  goStruct({
    client_token: auth.clientToken,
    accessor: auth.accessor,
    policies: auth.policies,
    token_policies: auth.policies,
    metadata: auth.metadata,
    lease_duration: auth.leaseDuration,
    renewable: auth.renewable,
    entity_id: auth.entityId,
    token_type: auth.tokenType,
    orphan: auth.orphan,
    mfa_requirement: null,
    num_uses: auth.numUses,
  });

const wrapJson = (wrap: WrapReply): string =>
  goStruct({
    token: wrap.token,
    accessor: wrap.accessor,
    ttl: wrap.ttl,
    creation_time: wrap.creationTime,
    creation_path: wrap.creationPath,
    wrapped_accessor: wrap.wrappedAccessor,
  });

function envelope(reply: LogicalReply, core: Core): string {
  const { auth, wrap, mountType } = reply;
  const fields = [
    ['request_id', goJson(randomUUID())],
    ['lease_id', '""'],
    ['renewable', 'false'],
    ['lease_duration', goJson(reply.leaseDuration ?? 0)],
    ['data', goJson(reply.data ?? null)],
    ['wrap_info', wrap === undefined ? 'null' : wrapJson(wrap)],
    ['warnings', goJson(reply.warnings ?? null)],
    ['auth', auth === undefined ? 'null' : authJson(auth)],
    ...(core.dialect.mountTypeInEnvelope && mountType !== undefined
      ? [['mount_type', goJson(mountType)]]
      : []),
  ];
  const flattened = reply.flattened === true ? `${goJson(reply.data ?? {}).slice(1, -1)},` : '';
  return `{${flattened}${fields.map(([name, json]) => `"${name}":${json}`).join(',')}}\n`;
}

const COMMON_HEADERS = {
  'Cache-Control': 'no-store',
  'Strict-Transport-Security': 'max-age=31536000; includeSubDomains',
} as const;

function toHttp(reply: Reply, core: Core, request?: HttpRequest): HttpAnswer {
  const namespace = request?.headers['x-vault-namespace'];
  const headers = {
    ...COMMON_HEADERS,
    'Content-Type': 'application/json',
    ...(namespace === undefined ? {} : { 'X-Vault-Namespace': namespace }),
  };
  switch (reply.kind) {
    case 'errors':
      return { status: reply.status, headers, body: `${goJson({ errors: reply.errors })}\n` };
    case 'raw':
      return { status: reply.status, headers: { ...headers, ...reply.headers }, body: reply.body };
    case 'logical':
      return { status: reply.status, headers, body: envelope(reply, core) };
  }
}
