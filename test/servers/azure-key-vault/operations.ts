/** The operations on secrets: from a request to the store, and from the store to JSON. */
import type { Pager } from '../paging';
import {
  badParameter,
  invalidName,
  invalidProperty,
  secretDisabled,
  unknownVersion,
} from './errors';
import type { Attributes, Change, Content, Secret, SecretStore, Version } from './store';

export type Operation =
  | 'GetSecret'
  | 'SetSecret'
  | 'UpdateSecret'
  | 'DeleteSecret'
  | 'ListSecrets'
  | 'ListSecretVersions'
  | 'GetDeletedSecret'
  | 'ListDeletedSecrets'
  | 'RecoverDeletedSecret'
  | 'PurgeDeletedSecret';

export interface Route {
  readonly operation: Operation;
  /** As the request gives it. */
  readonly name?: string;
  readonly version?: string;
}

export interface Call {
  readonly route: Route;
  readonly query: URLSearchParams;
  readonly body: string;
  /** The start of ids and links: `https://HOST`. */
  readonly origin: string;
}

export interface Service {
  readonly store: SecretStore;
  readonly pager: Pager;
  /** As in messages: `NAME;location=REGION`. */
  readonly vaultName: string;
}

/** JSON, or nothing (204). */
export type Result = Readonly<Record<string, unknown>> | undefined;

/** Versions of the API in which the operations here do not differ. */
const apiVersions = new Set([
  '2016-10-01',
  '7.0',
  '7.1',
  '7.2',
  '7.3',
  '7.4',
  '7.5',
  '7.6',
  '2025-07-01',
]);

/** Source: “About Azure Key Vault secrets”. */
const limits = {
  valueBytes: 25_600,
  contentType: 255,
  tags: 15,
  tagName: 256,
  tagValue: 256,
  pageSize: 25,
} as const;

/** `path` is decoded and has no slash at its ends. */
export function routeOf(method: string, path: string): Route | undefined {
  const [collection, name, part, ...rest] = path.split('/');
  if (rest.length > 0) return undefined;
  if (collection === 'secrets') return secretRoute(method, name, part);
  if (collection === 'deletedsecrets') return deletedSecretRoute(method, name, part);
  return undefined;
}

function secretRoute(
  method: string,
  name: string | undefined,
  part: string | undefined,
): Route | undefined {
  if (name === undefined) return method === 'GET' ? { operation: 'ListSecrets' } : undefined;
  if (part === 'versions') {
    return method === 'GET' ? { operation: 'ListSecretVersions', name } : undefined;
  }
  const version = part === undefined ? {} : { version: part };
  if (method === 'GET') return { operation: 'GetSecret', name, ...version };
  if (method === 'PATCH') return { operation: 'UpdateSecret', name, ...version };
  if (part !== undefined) return undefined;
  if (method === 'PUT') return { operation: 'SetSecret', name };
  return method === 'DELETE' ? { operation: 'DeleteSecret', name } : undefined;
}

function deletedSecretRoute(
  method: string,
  name: string | undefined,
  part: string | undefined,
): Route | undefined {
  if (name === undefined) {
    return method === 'GET' ? { operation: 'ListDeletedSecrets' } : undefined;
  }
  if (part === 'recover') {
    return method === 'POST' ? { operation: 'RecoverDeletedSecret', name } : undefined;
  }
  if (part !== undefined) return undefined;
  if (method === 'GET') return { operation: 'GetDeletedSecret', name };
  return method === 'DELETE' ? { operation: 'PurgeDeletedSecret', name } : undefined;
}

/** Throws BadParameter for a name or a version of the API that the service does not know. */
export function checkRequest({ name }: Route, query: URLSearchParams): void {
  const version = query.get('api-version') ?? '';
  if (!apiVersions.has(version)) throw unknownVersion(version);
  if (name !== undefined && !/^[0-9a-zA-Z-]{1,127}$/.test(name)) throw invalidName(name);
}

/** Throws KeyVaultError. */
export function perform(call: Call, service: Service): Result {
  const { store } = service;
  const { operation, name = '', version: versionId } = call.route;
  const shape = new Shape(store, call.origin);
  switch (operation) {
    case 'GetSecret': {
      const version = store.version(name, versionId);
      if (!version.attributes.enabled) throw secretDisabled();
      return { value: version.value, ...shape.version(store.get(name), version) };
    }
    case 'SetSecret': {
      const content = readContent(parseBody(call.body));
      const { secret, version } = store.set(name, content);
      return { value: version.value, ...shape.version(secret, version) };
    }
    case 'UpdateSecret': {
      const version = store.update(name, versionId, readChange(parseBody(call.body)));
      return shape.version(store.get(name), version);
    }
    case 'DeleteSecret':
      return shape.deleted(store.delete(name), true);
    case 'ListSecrets':
      return list(call, service, store.live(), {
        key: (secret) => secret.name.toUpperCase(),
        show: (secret) => shape.item(secret),
      });
    case 'ListSecretVersions': {
      // A missing secret has no versions; that is no error.
      const secrets = [store.findLive(name) ?? []].flat();
      const versions = secrets.flatMap((secret) =>
        secret.versions.map((version) => ({ secret, version })),
      );
      return list(call, service, versions, {
        key: ({ version }) => version.id,
        show: ({ secret, version }) => shape.version(secret, version),
      });
    }
    case 'GetDeletedSecret':
      return shape.deleted(store.getDeleted(name), true);
    case 'ListDeletedSecrets':
      return list(call, service, store.deleted(), {
        key: (secret) => secret.name.toUpperCase(),
        show: (secret) => shape.deleted(secret, false),
      });
    case 'RecoverDeletedSecret': {
      const secret = store.recover(name);
      return shape.version(secret, newest(secret));
    }
    case 'PurgeDeletedSecret':
      store.purge(name, service.vaultName);
      return undefined;
  }
}

const newest = (secret: Secret): Version => {
  const version = secret.versions.at(-1);
  if (version === undefined) throw new Error(`${secret.name} has no version.`);
  return version;
};

/** The JSON of secrets and versions, without values. */
class Shape {
  constructor(
    private readonly store: SecretStore,
    private readonly origin: string,
  ) {}

  version(secret: Secret, version: Version): Readonly<Record<string, unknown>> {
    return {
      ...this.content(secret, version),
      id: `${this.origin}/secrets/${secret.name}/${version.id}`,
    };
  }

  /** An entry of a list: the newest version, but without its id. */
  item(secret: Secret): Readonly<Record<string, unknown>> {
    return {
      ...this.content(secret, newest(secret)),
      id: `${this.origin}/secrets/${secret.name}`,
    };
  }

  deleted(secret: Secret, withVersion: boolean): Readonly<Record<string, unknown>> {
    return {
      recoveryId: `${this.origin}/deletedsecrets/${secret.name}`,
      ...this.store.deletion(secret),
      ...(withVersion ? this.version(secret, newest(secret)) : this.item(secret)),
    };
  }

  private content(
    secret: Secret,
    { attributes, contentType, tags, created, updated }: Version,
  ): Readonly<Record<string, unknown>> {
    const { enabled, notBefore, expires } = attributes;
    return {
      ...(contentType === undefined ? {} : { contentType }),
      attributes: {
        enabled,
        ...(notBefore === undefined ? {} : { nbf: notBefore }),
        ...(expires === undefined ? {} : { exp: expires }),
        created,
        updated,
        recoveryLevel: this.store.recoveryLevel,
        recoverableDays: this.store.settings.retentionDays,
      },
      ...(tags === undefined ? {} : { tags }),
      ...(secret.managed ? { managed: true } : {}),
    };
  }
}

interface Listing<T> {
  readonly key: (item: T) => string;
  readonly show: (item: T) => Readonly<Record<string, unknown>>;
}

/** `nextLink` names the port even if it is the usual one, as the service does. */
function list<T>(
  { route, query, origin }: Call,
  { pager }: Service,
  items: readonly T[],
  { key, show }: Listing<T>,
): Result {
  const asked = query.get('maxresults');
  const pageSize = asked === null ? limits.pageSize : Number(asked);
  if (!Number.isInteger(pageSize) || pageSize < 1 || pageSize > limits.pageSize) {
    throw invalidProperty();
  }
  const url = new URL(origin);
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
  const path = [route.operation === 'ListDeletedSecrets' ? 'deletedsecrets' : 'secrets']
    .concat(route.name === undefined ? [] : [route.name, 'versions'])
    .join('/');
  const page = pager.page({
    items,
    keyOf: (item) => [key(item)],
    maxResults: pageSize,
    nextToken: query.get('$skiptoken') ?? undefined,
    question: path,
  });
  const link = [
    `${url.protocol}//${url.hostname}:${port}/${path}?api-version=${query.get('api-version') ?? ''}`,
    `$skiptoken=${page.nextToken ?? ''}`,
    ...(asked === null ? [] : [`maxresults=${asked}`]),
  ].join('&');
  return {
    value: page.items.map(show),
    nextLink: page.nextToken === undefined ? null : link,
  };
}

type Body = Readonly<Record<string, unknown>>;

const isBody = (value: unknown): value is Body =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function parseBody(text: string): Body {
  let value: unknown;
  try {
    value = JSON.parse(text === '' ? '{}' : text);
  } catch {
    throw badParameter('The request body is not valid JSON.');
  }
  if (!isBody(value)) throw invalidProperty();
  return value;
}

function readContent(body: Body): Content {
  const { value } = body;
  if (typeof value !== 'string') throw badParameter("Property 'value' is required.");
  if (Buffer.byteLength(value) > limits.valueBytes) throw invalidProperty();
  const { contentType, tags, attributes } = readChange(body);
  return {
    value,
    contentType,
    tags,
    attributes: { ...attributes, enabled: attributes?.enabled ?? true },
  };
}

const readChange = (body: Body): Change => ({
  contentType: readContentType(body['contentType']),
  tags: readTags(body['tags']),
  attributes: readAttributes(body['attributes']),
});

function readContentType(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string' || value.length > limits.contentType) throw invalidProperty();
  return value;
}

function readTags(value: unknown): Readonly<Record<string, string>> | undefined {
  if (value === undefined || value === null) return undefined;
  if (!isBody(value)) throw invalidProperty();
  const tags = Object.entries(value);
  const valid = tags.every(
    ([name, text]) =>
      name.length <= limits.tagName && typeof text === 'string' && text.length <= limits.tagValue,
  );
  if (!valid || tags.length > limits.tags) throw invalidProperty();
  return value as Readonly<Record<string, string>>;
}

function readAttributes(value: unknown): Partial<Attributes> {
  if (value === undefined || value === null) return {};
  if (!isBody(value)) throw invalidProperty();
  const { enabled } = value;
  if (enabled !== undefined && enabled !== null && typeof enabled !== 'boolean') {
    throw invalidProperty();
  }
  const notBefore = readTime(value['nbf']);
  const expires = readTime(value['exp']);
  return {
    ...(typeof enabled === 'boolean' ? { enabled } : {}),
    ...(notBefore === undefined ? {} : { notBefore }),
    ...(expires === undefined ? {} : { expires }),
  };
}

function readTime(value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0) throw invalidProperty();
  return value;
}
