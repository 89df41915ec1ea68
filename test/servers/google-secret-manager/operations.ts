/** The operations of the API. Source: `google/cloud/secretmanager/v1/service.proto`. */
import type { Pager } from '../paging';
import { invalidArgument, notFound, permissionDenied } from './errors';
import { Fields } from './fields';
import { parseFilter } from './filter';
import { checkName, checkSecretId, nameOf, type Route, type Target } from './names';
import { isRole, type Policies, type Principal } from './principals';
import { secretJson, versionJson, type Json } from './resources';
import {
  NO_METADATA,
  secretName,
  versionName,
  type Metadata,
  type Place,
  type Project,
  type Replication,
  type Secret,
  type SecretStore,
  type Version,
} from './store';

export interface Call {
  readonly target: Target;
  /** That of the target; `undefined` if there is no such project. */
  readonly project: Project | undefined;
  readonly principal: Principal;
  readonly query: URLSearchParams;
  readonly body: string;
  readonly store: SecretStore;
  readonly policies: Policies;
  readonly pager: Pager;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Locations that a replication can name, and that have a regional endpoint. */
export const LOCATIONS = [
  'asia-northeast1',
  'asia-south1',
  'australia-southeast1',
  'europe-north1',
  'europe-west1',
  'europe-west3',
  'europe-west4',
  'europe-west6',
  'northamerica-northeast1',
  'southamerica-east1',
  'us-central1',
  'us-east1',
  'us-east4',
  'us-west1',
] as const;

const DEFAULT_PAGE_SIZE = 100;
const MAX_PAGE_SIZE = 25_000;

/** The resource whose policy decides: a project, or a secret for itself and its versions. */
const protectedBy = (project: Project, { location, secret }: Target): string =>
  nameOf({
    project: project.number,
    location: secret === undefined ? undefined : location,
    secret,
  });

/** Throws PERMISSION_DENIED, also if the project does not exist. Returns the project. */
function authorize(call: Call, permission: string): Project {
  const { project, target, principal, policies } = call;
  const allowed =
    project !== undefined && policies.allows(principal, permission, protectedBy(project, target));
  if (!allowed) throw permissionDenied(permission, nameOf(target));
  checkName(target);
  return project;
}

const placeOf = (project: Project, { location, secret = '' }: Target): Place => ({
  project,
  location,
  id: secret,
});

/** Throws PERMISSION_DENIED and NOT_FOUND. */
const secretOf = (call: Call, permission: string): Secret =>
  call.store.get(placeOf(authorize(call, permission), call.target));

/** Throws PERMISSION_DENIED and NOT_FOUND. */
const versionOf = (call: Call, permission: string): ReturnType<SecretStore['locate']> =>
  call.store.locate(placeOf(authorize(call, permission), call.target), call.target.version ?? '');

// Secrets

interface Listed {
  readonly key: number;
  readonly json: Json;
}

/** Newest first. `totalSize` is left out with a filter. */
function listOf(call: Call, member: 'secrets' | 'versions', items: readonly Listed[]): Json {
  const { query, pager, target } = call;
  const filter = query.get('filter') ?? '';
  const matches = parseFilter(filter);
  const { items: page, nextToken } = pager.page({
    items: items.filter(({ json }) => matches(json)),
    keyOf: ({ key }) => [key],
    descending: true,
    maxResults: pageSize(query),
    nextToken: query.get('pageToken') || undefined,
    question: JSON.stringify([member, nameOf(target), filter]),
  });
  return {
    ...(page.length === 0 ? {} : { [member]: page.map(({ json }) => json) }),
    ...(nextToken === undefined ? {} : { nextPageToken: nextToken }),
    ...(filter === '' && items.length > 0 ? { totalSize: items.length } : {}),
  };
}

function pageSize(query: URLSearchParams): number {
  const text = query.get('pageSize') ?? '0';
  if (!/^\d{1,9}$/.test(text)) throw invalidArgument('The page size is invalid.');
  const size = Math.min(Number(text), MAX_PAGE_SIZE);
  return size === 0 ? DEFAULT_PAGE_SIZE : size;
}

function listSecrets(call: Call): Json {
  const { store, target } = call;
  const project = authorize(call, 'secretmanager.secrets.list');
  const time = store.laggedTime();
  const items = store.listed(project, target.location).map((secret) => ({
    key: secret.createdAt,
    json: secretJson(secret, secret.metadata.at(time)),
  }));
  return listOf(call, 'secrets', items);
}

function createSecret(call: Call): Json {
  const { target, query, body, store, now } = call;
  const project = authorize(call, 'secretmanager.secrets.create');
  const id = query.get('secretId') ?? '';
  checkSecretId(id);
  const fields = Fields.parse(body).only(...SECRET_FIELDS);
  const replication = readReplication(fields, target.location);
  const metadata = { ...NO_METADATA, ...readMetadata(fields, now) };
  // A secret that does not exist yet has no version for an alias.
  checkAliases(metadata.versionAliases, []);
  return secretJson(
    store.create({ project, location: target.location, id }, replication, metadata),
  );
}

const getSecret = (call: Call): Json => secretJson(secretOf(call, 'secretmanager.secrets.get'));

/** What a mask can name, and the members of `Metadata` it changes. */
const MASKS: Readonly<Record<string, readonly (keyof Metadata)[]>> = {
  labels: ['labels'],
  annotations: ['annotations'],
  versionAliases: ['versionAliases'],
  topics: ['topics'],
  versionDestroyTtl: ['versionDestroyTtl'],
  expireTime: ['expireTime'],
  ttl: ['expireTime'],
};

const camelCase = (name: string): string =>
  name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

function updateSecret(call: Call): Json {
  const { query, body, store, now } = call;
  const secret = secretOf(call, 'secretmanager.secrets.update');
  const mask = (query.get('updateMask') ?? '').split(',').filter((path) => path !== '');
  if (mask.length === 0) throw invalidArgument('The update mask must not be empty.');
  const fields = Fields.parse(body).only(...SECRET_FIELDS);
  const given = { ...NO_METADATA, ...readMetadata(fields, now) };
  const members = mask.flatMap((path) => {
    const found = MASKS[camelCase(path)];
    if (found === undefined) throw invalidArgument(`The field [${path}] cannot be updated.`);
    return found;
  });
  if (members.includes('versionAliases')) checkAliases(given.versionAliases, secret.versions);
  const changes: Partial<Metadata> = Object.fromEntries(
    members.map((member) => [member, given[member]]),
  );
  store.patch(secret, changes, fields.text('etag'));
  return secretJson(secret);
}

function deleteSecret(call: Call): Json {
  const secret = secretOf(call, 'secretmanager.secrets.delete');
  call.store.delete(secret, call.query.get('etag') ?? undefined);
  return {};
}

const SECRET_FIELDS = [
  'name',
  'replication',
  'createTime',
  'labels',
  'topics',
  'expireTime',
  'ttl',
  'etag',
  'rotation',
  'versionAliases',
  'annotations',
  'versionDestroyTtl',
  'customerManagedEncryption',
  'tags',
  'secretType',
  'policyMember',
];

/** Throws INVALID_ARGUMENT. */
function readReplication(fields: Fields, location: string | undefined): Replication {
  const replication = fields.object('replication')?.only('automatic', 'userManaged');
  if (location !== undefined) {
    if (replication === undefined) return undefined;
    throw invalidArgument('Replication must not be set for a regional secret.');
  }
  const userManaged = replication?.object('userManaged')?.only('replicas');
  if (replication?.has('automatic') === true && userManaged === undefined) {
    return { kind: 'automatic' };
  }
  const replicas = userManaged?.objects('replicas') ?? [];
  if (replication?.has('automatic') === true || replicas.length === 0) {
    throw invalidArgument('The Secret must have a valid replication policy.');
  }
  return {
    kind: 'userManaged',
    replicas: replicas.map((replica) => {
      const name = replica.only('location', 'customerManagedEncryption').text('location') ?? '';
      if (!(LOCATIONS as readonly string[]).includes(name)) {
        throw invalidArgument(`The location [${name}] is not supported.`);
      }
      return { location: name };
    }),
  };
}

const DAY = 86_400;

/** Only what the request has. Throws INVALID_ARGUMENT. */
function readMetadata(fields: Fields, now: number): Partial<Metadata> {
  const labels = fields.map('labels');
  const annotations = fields.map('annotations');
  checkLabels(labels);
  checkAnnotations(annotations);
  const versionDestroyTtl = fields.duration('versionDestroyTtl');
  if (
    versionDestroyTtl !== undefined &&
    (versionDestroyTtl < DAY || versionDestroyTtl > 1000 * DAY)
  ) {
    throw invalidArgument('The version destroy TTL must be between 24 hours and 1000 days.');
  }
  const ttl = fields.duration('ttl');
  const expireTime = ttl === undefined ? fields.timestamp('expireTime') : now + ttl * 1000;
  if (expireTime !== undefined && expireTime <= now) {
    throw invalidArgument('The expire time must be in the future.');
  }
  return {
    labels,
    annotations,
    versionAliases: fields.int64Map('versionAliases'),
    topics: fields.objects('topics').map((topic) => topic.only('name').text('name') ?? ''),
    versionDestroyTtl,
    expireTime,
  };
}

function checkLabels(labels: ReadonlyMap<string, string>): void {
  if (labels.size > 64) throw invalidArgument('There are more than 64 labels.');
  for (const [key, value] of labels) {
    const valid =
      /^[\p{Ll}\p{Lo}][\p{Ll}\p{Lo}\p{N}_-]{0,62}$/u.test(key) &&
      /^[\p{Ll}\p{Lo}\p{N}_-]{0,63}$/u.test(value) &&
      Buffer.byteLength(key) <= 128 &&
      Buffer.byteLength(value) <= 128;
    if (!valid) throw invalidArgument(`The label [${key}: ${value}] is invalid.`);
  }
}

function checkAnnotations(annotations: ReadonlyMap<string, string>): void {
  let bytes = 0;
  for (const [key, value] of annotations) {
    if (!/^[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$/.test(key)) {
      throw invalidArgument(`The annotation key [${key}] is invalid.`);
    }
    bytes += Buffer.byteLength(key) + Buffer.byteLength(value);
  }
  if (bytes >= 16_384) throw invalidArgument('The annotations are larger than 16 KiB.');
}

function checkAliases(aliases: ReadonlyMap<string, bigint>, versions: readonly Version[]): void {
  if (aliases.size > 50) throw invalidArgument('There are more than 50 version aliases.');
  for (const [alias, number] of aliases) {
    if (!/^[A-Za-z][A-Za-z0-9_-]{0,62}$/.test(alias) || alias === 'latest' || alias === 'NEW') {
      throw invalidArgument(`The version alias [${alias}] is invalid.`);
    }
    if (number < 1n || number > BigInt(versions.length)) {
      throw invalidArgument(
        `The version alias [${alias}] names version [${String(number)}], which does not exist.`,
      );
    }
  }
}

// Versions

function addSecretVersion(call: Call): Json {
  const secret = secretOf(call, 'secretmanager.versions.add');
  const payload = Fields.parse(call.body)
    .only('parent', 'payload')
    .object('payload')
    ?.only('data', 'dataCrc32c');
  const data = payload?.bytes('data') ?? Buffer.alloc(0);
  return versionJson(secret, call.store.addVersion(secret, data, payload?.int64('dataCrc32c')));
}

function listSecretVersions(call: Call): Json {
  const { store } = call;
  const secret = secretOf(call, 'secretmanager.versions.list');
  const time = store.laggedTime();
  const items = store.listedVersions(secret).map((version) => ({
    key: version.createdAt,
    json: versionJson(secret, version, version.status.at(time)),
  }));
  return listOf(call, 'versions', items);
}

function getSecretVersion(call: Call): Json {
  const { secret, version } = versionOf(call, 'secretmanager.versions.get');
  return versionJson(secret, version);
}

function accessSecretVersion(call: Call): Json {
  const { secret, version } = versionOf(call, 'secretmanager.versions.access');
  const data = call.store.access(secret, version);
  return {
    name: versionName(secret, version),
    payload: { data: data.toString('base64'), dataCrc32c: String(version.crc32c) },
  };
}

const changeVersion =
  (verb: 'enable' | 'disable' | 'destroy') =>
  (call: Call): Json => {
    const { secret, version } = versionOf(call, `secretmanager.versions.${verb}`);
    const fields = Fields.parse(call.body).only('name', 'etag');
    call.store[verb](secret, version, fields.text('etag'));
    return versionJson(secret, version);
  };

// Policies

function policyJson(call: Call, secret: Secret): Json {
  const bindings = call.policies.of(secretName(secret));
  return { version: 1, etag: 'BwYAAAAAAAA=', ...(bindings.length === 0 ? {} : { bindings }) };
}

const getIamPolicy = (call: Call): Json =>
  policyJson(call, secretOf(call, 'secretmanager.secrets.getIamPolicy'));

function setIamPolicy(call: Call): Json {
  const secret = secretOf(call, 'secretmanager.secrets.setIamPolicy');
  const policy = Fields.parse(call.body).only('resource', 'policy', 'updateMask').object('policy');
  const bindings = (policy?.objects('bindings') ?? []).map((binding) => {
    const role = binding.text('role') ?? '';
    if (!isRole(role)) throw invalidArgument(`Role ${role} is not supported for this resource.`);
    return { role, members: binding.texts('members') };
  });
  call.policies.set(secretName(secret), bindings);
  return policyJson(call, secret);
}

/** Needs no permission. A secret that does not exist grants none. */
function testIamPermissions(call: Call): Json {
  const { target, project, principal, policies, store } = call;
  checkName(target);
  const asked = Fields.parse(call.body).only('resource', 'permissions').texts('permissions');
  const unknown = asked.find(
    (permission) => !/^secretmanager\.(secrets|versions)\./.test(permission),
  );
  if (unknown !== undefined) {
    throw invalidArgument(`Permission ${unknown} is not valid for this resource.`);
  }
  if (project === undefined) return {};
  const place = placeOf(project, target);
  if (store.find(place) === undefined) return {};
  const permissions = asked.filter((permission) =>
    policies.allows(principal, permission, secretName(place)),
  );
  return permissions.length === 0 ? {} : { permissions };
}

// Locations

const locationJson = ({ project }: Target, locationId: string): Json => ({
  name: nameOf({ project, location: locationId }),
  locationId,
});

const listLocations = ({ target }: Call): Json => ({
  locations: LOCATIONS.map((location) => locationJson(target, location)),
});

function getLocation({ target }: Call): Json {
  const { location = '' } = target;
  if ((LOCATIONS as readonly string[]).includes(location)) return locationJson(target, location);
  throw notFound(`Location [${nameOf(target)}] not found.`);
}

export const operations = {
  ListSecrets: listSecrets,
  CreateSecret: createSecret,
  GetSecret: getSecret,
  UpdateSecret: updateSecret,
  DeleteSecret: deleteSecret,
  AddSecretVersion: addSecretVersion,
  ListSecretVersions: listSecretVersions,
  GetSecretVersion: getSecretVersion,
  AccessSecretVersion: accessSecretVersion,
  EnableSecretVersion: changeVersion('enable'),
  DisableSecretVersion: changeVersion('disable'),
  DestroySecretVersion: changeVersion('destroy'),
  GetIamPolicy: getIamPolicy,
  SetIamPolicy: setIamPolicy,
  TestIamPermissions: testIamPermissions,
  ListLocations: listLocations,
  GetLocation: getLocation,
} as const satisfies Readonly<Record<string, (call: Call) => Json>>;

export type OperationName = keyof typeof operations;

const BINDINGS: Readonly<Record<string, OperationName>> = {
  'GET secrets': 'ListSecrets',
  'POST secrets': 'CreateSecret',
  'GET secret': 'GetSecret',
  'PATCH secret': 'UpdateSecret',
  'DELETE secret': 'DeleteSecret',
  'POST secret:addVersion': 'AddSecretVersion',
  'GET secret:getIamPolicy': 'GetIamPolicy',
  'POST secret:setIamPolicy': 'SetIamPolicy',
  'POST secret:testIamPermissions': 'TestIamPermissions',
  'GET versions': 'ListSecretVersions',
  'GET version': 'GetSecretVersion',
  'GET version:access': 'AccessSecretVersion',
  'POST version:enable': 'EnableSecretVersion',
  'POST version:disable': 'DisableSecretVersion',
  'POST version:destroy': 'DestroySecretVersion',
  'GET locations': 'ListLocations',
  'GET location': 'GetLocation',
};

/** `undefined` if the API has no such operation. */
export const operationOf = (method: string, { kind, verb }: Route): OperationName | undefined =>
  BINDINGS[`${method} ${kind}${verb === undefined ? '' : `:${verb}`}`];
