/**
 * The KV secrets engine, version 2. Source of every rule: the API documentation at
 * https://developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2, compared with a real OpenBao.
 */
import { JsonNumber, isJsonObject, type JsonObject, type JsonValue } from '@shared/model/json';
import { booleanField, numberField, textField } from './body';
import { childrenOf, type Engine, type EngineRequest, type Operation } from './engine';
import { asFloat64, byBytes, mapValues, mergePatch, type Plain } from './go-json';
import type { Dialect } from './dialect';
import {
  errors,
  noContent,
  notFound,
  notFoundWithWarning,
  ok,
  oneError,
  unsupportedOperation,
  type Reply,
} from './reply';
import { goDuration, parseDuration, rfc3339, type Clock, type Instant } from './time';

const DEFAULT_MAX_VERSIONS = 10;

export interface Version {
  readonly createdAt: Instant;
  /** When it was or will be deleted. */
  deletedAt: Instant | undefined;
  destroyed: boolean;
  data: JsonObject | undefined;
}

export interface Settings {
  casRequired: boolean;
  /** 0: the engine's setting, or 10 if that is 0 too. */
  maxVersions: number;
  /** Seconds; 0: never, negative: never, whatever the engine's setting is. */
  deleteVersionAfter: number;
}

export interface Secret extends Settings {
  readonly createdAt: Instant;
  updatedAt: Instant;
  currentVersion: number;
  metadataVersion: number;
  customMetadata: Readonly<Record<string, string>> | undefined;
  readonly versions: Map<number, Version>;
}

const CAS_MISMATCH = 'check-and-set parameter did not match the current version';
const NO_ROOT = 'Non-listing operations on the root of a K/V v2 mount are not supported.';
const SECTIONS = ['data', 'metadata', 'delete', 'undelete', 'destroy', 'subkeys'] as const;
type Section = (typeof SECTIONS)[number];
export type Change = 'delete' | 'undelete' | 'destroy';

const isSection = (text: string): text is Section => SECTIONS.some((section) => section === text);

const HINT_VERBS: Readonly<Record<Operation, string>> = {
  read: 'get',
  list: 'list',
  create: 'put',
  update: 'put',
  patch: 'patch',
  delete: 'delete',
};

/** Thrown to answer with a refusal. */
class Refusal extends Error {
  constructor(readonly reply: Reply) {
    super('refused');
  }
}

const refuse = (status: number, text: string): never => {
  throw new Refusal(errors(status, text));
};

const goType = (value: JsonValue): string => {
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'bool';
  return value instanceof JsonNumber ? 'json.Number' : '[]interface {}';
};

/** A field that must be an object if it is present; `undefined` if it is absent. */
function objectField(body: JsonObject, name: string): JsonObject | undefined {
  const value = body.get(name);
  if (value === undefined || isJsonObject(value)) return value;
  if (value === null) return new Map();
  return refuse(
    400,
    `error converting input for field "${name}": '' expected type 'map[string]interface {}', got unconvertible type '${goType(value)}'`,
  );
}

const numberOf = (value: JsonValue | undefined): number | undefined => {
  const text = value instanceof JsonNumber ? value.source : value;
  return typeof text === 'string' && /^-?\d+$/.test(text) ? Number(text) : undefined;
};

/** `{"versions":[1,"2"]}` or `{"versions":"3"}`. */
function versionsField(body: JsonObject, missing: string): number[] {
  const field = body.get('versions');
  const list = Array.isArray(field) ? (field as readonly JsonValue[]) : [field];
  const versions = list.flatMap((item) => numberOf(item) ?? []);
  return versions.length === 0 ? refuse(400, missing) : versions;
}

/** As Go's `unicode.IsPrint`. */
const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]*$/u;

function customMetadataField(body: JsonObject): Record<string, string> | undefined {
  const field = objectField(body, 'custom_metadata');
  if (field === undefined) return undefined;
  const refuseMetadata = (why: string): never => {
    throw new Refusal(oneError(400, `custom_metadata validation failed: ${why}`));
  };
  if (field.size > 64) {
    refuseMetadata(`payload must contain at most 64 keys, provided ${String(field.size)}`);
  }
  const entries = [...field].map(([key, value]) => {
    const text = value instanceof JsonNumber ? value.source : value;
    if (typeof text !== 'string') return refuseMetadata(`value for key "${key}" is not a string`);
    const keyLength = Buffer.byteLength(key);
    const length = Buffer.byteLength(text);
    if (keyLength === 0 || keyLength > 128) {
      refuseMetadata(
        `length of key "${key}" is ${String(keyLength)} but must be 0 < len(key) <= 128`,
      );
    }
    if (length === 0 || length > 512) {
      refuseMetadata(
        `length of value for key "${key}" is ${String(length)} but must be 0 < len(value) <= 512`,
      );
    }
    if (!PRINTABLE.test(key)) {
      refuseMetadata(`key ${JSON.stringify(key)} contains unprintable characters`);
    }
    if (!PRINTABLE.test(text)) {
      refuseMetadata(`value for key "${key}" contains unprintable characters`);
    }
    return [key, text] as const;
  });
  return Object.fromEntries(entries);
}

/** A number such as 1e400, which the engine cannot take. */
function numberBeyondFloat64(value: JsonValue): string | undefined {
  if (value instanceof JsonNumber) {
    return Number.isFinite(Number(value.source)) ? undefined : value.source;
  }
  if (value instanceof Map) return numberBeyondFloat64([...(value as JsonObject).values()]);
  if (!Array.isArray(value)) return undefined;
  for (const item of value as readonly JsonValue[]) {
    const found = numberBeyondFloat64(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Keys without values, down to `depth` (0: all the way). */
function subkeys(data: JsonObject, depth: number): Plain {
  const below = (value: JsonValue, level: number): Plain => {
    if (!isJsonObject(value) || value.size === 0 || (depth > 0 && level > depth)) return null;
    return new Map([...value].map(([key, entry]) => [key, below(entry, level + 1)] as const));
  };
  return below(data, 1) ?? {};
}

export class KvV2 implements Engine {
  readonly secrets = new Map<string, Secret>();
  readonly settings: Settings = { casRequired: false, maxVersions: 0, deleteVersionAfter: 0 };
  readonly #clock: Clock;
  readonly #dialect: Dialect;

  constructor(clock: Clock, dialect: Dialect) {
    this.#clock = clock;
    this.#dialect = dialect;
  }

  exists(path: string): boolean {
    const { section, key } = split(path);
    if (section !== 'data' && section !== 'metadata') return true;
    return this.secrets.has(key);
  }

  handle(request: EngineRequest): Reply {
    try {
      return this.#route(request);
    } catch (error) {
      if (error instanceof Refusal) return error.reply;
      throw error;
    }
  }

  /** Whether a version can be read now. */
  isAlive(version: Version): boolean {
    return (
      !version.destroyed &&
      (version.deletedAt === undefined || version.deletedAt > this.#clock.now())
    );
  }

  #route(request: EngineRequest): Reply {
    const { operation, path } = request;
    if (path === 'config') return this.#config(request);
    const { section, key, rooted } = split(path);
    if (section === undefined) {
      return notFoundWithWarning(
        `Invalid path for a versioned K/V secrets engine. See the API docs for the appropriate API endpoints to use. If using the ${this.#dialect.product === 'vault' ? 'Vault' : 'OpenBao'} CLI, use '${this.#dialect.cli} kv ${HINT_VERBS[operation]}' for this operation.`,
      );
    }
    if (operation === 'list') {
      return section === 'metadata' ? this.#list(key) : unsupportedOperation;
    }
    if (rooted) return notFoundWithWarning(NO_ROOT);
    const writes = operation === 'create' || operation === 'update' || operation === 'patch';
    if (writes && (key === '' || key.endsWith('/'))) {
      return errors(400, "cannot write to a path ending in '/'");
    }
    switch (section) {
      case 'data':
        return this.#data({ ...request, path: key });
      case 'metadata':
        return this.#metadata({ ...request, path: key });
      case 'subkeys':
        return operation === 'read' ? this.#subkeys(key, request.query) : unsupportedOperation;
      case 'delete':
      case 'undelete':
      case 'destroy':
        return writes ? this.#changeVersions(section, key, request.body) : unsupportedOperation;
    }
  }

  #config({ operation, body }: EngineRequest): Reply {
    if (operation === 'read') return ok(this.#settingsReply(this.settings));
    if (operation !== 'create' && operation !== 'update') return unsupportedOperation;
    this.#applySettings(this.settings, body);
    return noContent;
  }

  #settingsReply(settings: Settings): Record<string, Plain> {
    return {
      cas_required: settings.casRequired,
      delete_version_after: goDuration(settings.deleteVersionAfter),
      max_versions: settings.maxVersions,
      ...(this.#dialect.metadataCas ? { metadata_cas_required: false } : {}),
    };
  }

  #applySettings(settings: Settings, body: JsonObject): void {
    const after = textField(body, 'delete_version_after');
    if (body.has('delete_version_after')) {
      settings.deleteVersionAfter =
        parseDuration(after) ??
        refuse(
          400,
          `error converting input for field "delete_version_after": time: invalid duration "${after}"`,
        );
    }
    settings.maxVersions = numberField(body, 'max_versions') ?? settings.maxVersions;
    settings.casRequired = booleanField(body, 'cas_required') ?? settings.casRequired;
  }

  #list(folder: string): Reply {
    const keys = childrenOf(this.secrets.keys(), folder).toSorted(byBytes);
    return keys.length === 0 ? notFound : ok({ keys });
  }

  #data(request: EngineRequest): Reply {
    const { operation, path, body, query } = request;
    switch (operation) {
      case 'read': {
        const found = this.#find(path, query);
        if (found === undefined) return notFound;
        const { secret, number, version } = found;
        const alive = this.isAlive(version);
        return ok(
          {
            data: alive ? (version.data ?? null) : null,
            metadata: this.#versionReply(secret, number, version),
          },
          { status: alive ? 200 : 404 },
        );
      }
      case 'create':
      case 'update':
        return this.#put(path, body);
      case 'patch':
        return this.#patch(path, body);
      case 'delete':
        this.change('delete', path, [this.secrets.get(path)?.currentVersion ?? 0]);
        return noContent;
      case 'list':
        return unsupportedOperation;
    }
  }

  #find(
    path: string,
    query: URLSearchParams,
  ): { secret: Secret; number: number; version: Version } | undefined {
    const secret = this.secrets.get(path);
    const asked = query.get('version') ?? '';
    if (asked !== '' && !/^-?\d+$/.test(asked)) {
      refuse(
        400,
        `Field validation failed: error converting input for field "version": '' cannot parse value as 'int': strconv.ParseInt: invalid syntax`,
      );
    }
    if (secret === undefined) return undefined;
    const number = Number(asked) > 0 ? Number(asked) : secret.currentVersion;
    const version = secret.versions.get(number);
    return version === undefined ? undefined : { secret, number, version };
  }

  #versionReply(secret: Secret, number: number, version: Version): Record<string, Plain> {
    return {
      created_time: rfc3339(version.createdAt),
      custom_metadata: secret.customMetadata ?? null,
      deletion_time: version.deletedAt === undefined ? '' : rfc3339(version.deletedAt),
      destroyed: version.destroyed,
      version: number,
    };
  }

  #put(path: string, body: JsonObject): Reply {
    const data = objectField(body, 'data');
    if (data === undefined) return errors(400, 'no data provided');
    const tooLarge = numberBeyondFloat64(data);
    if (tooLarge !== undefined) {
      return errors(
        400,
        `failed to decode JSON input: json: cannot unmarshal number ${tooLarge} into Go value of type float64`,
      );
    }
    const secret = this.secrets.get(path);
    this.#checkCas(secret, body);
    const reply = this.#currentReply(this.store(path, data));
    const extra = [...body.keys()].filter((key) => !['data', 'options', 'version'].includes(key));
    if (extra.length === 0) return ok(reply);
    return ok(reply, {
      warnings: [`Endpoint ignored these unrecognized parameters: [${extra.toSorted().join(' ')}]`],
    });
  }

  #checkCas(secret: Secret | undefined, body: JsonObject): void {
    const options = objectField(body, 'options');
    if (options?.has('cas') !== true) {
      if (this.settings.casRequired || secret?.casRequired === true) {
        refuse(400, 'check-and-set parameter required for this call');
      }
      return;
    }
    const value = options.get('cas') ?? null;
    const cas = value === null ? 0 : numberOf(value);
    if (cas === undefined) refuse(400, 'error parsing check-and-set parameter');
    if (cas !== (secret?.currentVersion ?? 0)) refuse(400, CAS_MISMATCH);
  }

  /** Writes a new version without check-and-set. */
  store(path: string, data: JsonObject): Secret {
    const now = this.#clock.now();
    const secret = this.#secretAt(path, now);
    const after = this.#deleteAfter(secret);
    const version: Version = {
      createdAt: now,
      deletedAt: after > 0 ? now + after * 1000 : undefined,
      destroyed: false,
      data: mapValues(data, asFloat64),
    };
    secret.currentVersion += 1;
    secret.updatedAt = now;
    secret.versions.set(secret.currentVersion, version);
    const oldest = secret.currentVersion - this.#maxVersions(secret);
    for (const number of secret.versions.keys()) {
      if (number <= oldest) secret.versions.delete(number);
    }
    return secret;
  }

  #currentReply(secret: Secret): Plain {
    const version = secret.versions.get(secret.currentVersion);
    return version === undefined
      ? null
      : this.#versionReply(secret, secret.currentVersion, version);
  }

  #secretAt(path: string, now: Instant): Secret {
    const existing = this.secrets.get(path);
    if (existing !== undefined) return existing;
    const created: Secret = {
      createdAt: now,
      updatedAt: now,
      currentVersion: 0,
      metadataVersion: 0,
      casRequired: false,
      maxVersions: 0,
      deleteVersionAfter: 0,
      customMetadata: undefined,
      versions: new Map(),
    };
    this.secrets.set(path, created);
    return created;
  }

  #maxVersions(secret: Secret): number {
    return secret.maxVersions || this.settings.maxVersions || DEFAULT_MAX_VERSIONS;
  }

  /** Seconds; the shorter of the secret's and the engine's setting, unless one of them is never. */
  #deleteAfter(secret: Secret): number {
    const own = secret.deleteVersionAfter;
    const engine = this.settings.deleteVersionAfter;
    if (own < 0 || engine < 0) return 0;
    if (own === 0 || engine === 0) return own + engine;
    return Math.min(own, engine);
  }

  #patch(path: string, body: JsonObject): Reply {
    const patch = objectField(body, 'data');
    if (patch === undefined) return errors(400, 'no data provided');
    const secret = this.secrets.get(path);
    const version = secret?.versions.get(secret.currentVersion);
    if (secret === undefined || version === undefined) {
      return { kind: 'raw', status: 404, body: '' };
    }
    this.#checkCas(secret, body);
    if (!this.isAlive(version)) {
      return ok(this.#versionReply(secret, secret.currentVersion, version), { status: 404 });
    }
    return ok(this.#currentReply(this.store(path, mergePatch(version.data ?? new Map(), patch))));
  }

  #changeVersions(section: Change, path: string, body: JsonObject): Reply {
    const missing =
      section === 'destroy' ? 'no version number provided' : 'No version number provided';
    this.change(section, path, versionsField(body, missing));
    return noContent;
  }

  /** Soft-deletes, undeletes or destroys versions; skips missing ones. */
  change(section: Change, path: string, numbers: readonly number[]): void {
    const secret = this.secrets.get(path);
    if (secret === undefined) return;
    const now = this.#clock.now();
    const after = this.#deleteAfter(secret);
    for (const number of numbers) {
      const version = secret.versions.get(number);
      if (version === undefined || version.destroyed) continue;
      switch (section) {
        case 'delete':
          if (this.isAlive(version)) version.deletedAt = now;
          break;
        case 'undelete':
          version.deletedAt = after > 0 ? now + after * 1000 : undefined;
          break;
        case 'destroy':
          version.destroyed = true;
          version.data = undefined;
          break;
      }
    }
  }

  #subkeys(path: string, query: URLSearchParams): Reply {
    const found = this.#find(path, query);
    if (found === undefined) return notFound;
    const { secret, number, version } = found;
    const metadata = this.#versionReply(secret, number, version);
    if (!this.isAlive(version)) return ok({ metadata, subkeys: null }, { status: 404 });
    const depth = Number(query.get('depth') ?? 0);
    return ok({ metadata, subkeys: subkeys(version.data ?? new Map(), depth) });
  }

  #metadata({ operation, path, body }: EngineRequest): Reply {
    const secret = this.secrets.get(path);
    switch (operation) {
      case 'read':
        return secret === undefined ? notFound : ok(this.#metadataReply(secret));
      case 'create':
      case 'update':
        return this.#writeMetadata(path, body);
      case 'patch':
        if (secret === undefined) return { kind: 'raw', status: 404, body: '' };
        return this.#patchMetadata(secret, body);
      case 'delete':
        this.secrets.delete(path);
        return noContent;
      case 'list':
        return unsupportedOperation;
    }
  }

  #writeMetadata(path: string, body: JsonObject): Reply {
    // An empty request succeeds and does nothing.
    if (body.size === 0) return noContent;
    const customMetadata = customMetadataField(body);
    const checked: Settings = { casRequired: false, maxVersions: 0, deleteVersionAfter: 0 };
    this.#applySettings(checked, body);
    const now = this.#clock.now();
    const secret = this.#secretAt(path, now);
    this.#applySettings(secret, body);
    if (customMetadata !== undefined) secret.customMetadata = emptyAsNone(customMetadata);
    this.#touchMetadata(secret);
    return noContent;
  }

  #patchMetadata(secret: Secret, body: JsonObject): Reply {
    const field = objectField(body, 'custom_metadata');
    if (field !== undefined) {
      // Only what a patch sets is checked: the whole may become larger than a write of it may be.
      const set = new Map([...field].filter(([, value]) => value !== null));
      const added = customMetadataField(new Map([['custom_metadata', set]]));
      const kept = Object.entries(secret.customMetadata ?? {}).filter(([key]) => !field.has(key));
      secret.customMetadata = emptyAsNone({ ...Object.fromEntries(kept), ...added });
    }
    this.#applySettings(secret, body);
    this.#touchMetadata(secret);
    return noContent;
  }

  #touchMetadata(secret: Secret): void {
    secret.metadataVersion += 1;
    secret.updatedAt = this.#clock.now();
  }

  #metadataReply(secret: Secret): Plain {
    const numbers = [...secret.versions.keys()];
    const versions = new Map(
      [...secret.versions].map(([number, version]) => [
        String(number),
        {
          created_time: rfc3339(version.createdAt),
          deletion_time: version.deletedAt === undefined ? '' : rfc3339(version.deletedAt),
          destroyed: version.destroyed,
        },
      ]),
    );
    const oldest = Math.min(...numbers);
    return {
      ...this.#settingsReply(secret),
      ...(this.#dialect.metadataCas ? { current_metadata_version: secret.metadataVersion } : {}),
      created_time: rfc3339(secret.createdAt),
      current_version: secret.currentVersion,
      custom_metadata: secret.customMetadata ?? null,
      // 0 until the first version has been dropped.
      oldest_version: numbers.length === 0 || oldest === 1 ? 0 : oldest,
      updated_time: rfc3339(secret.updatedAt),
      versions,
    };
  }
}

const emptyAsNone = (metadata: Record<string, string>): Record<string, string> | undefined =>
  Object.keys(metadata).length === 0 ? undefined : metadata;

/** `data/a/b` → section `data`, key `a/b`; `rooted` if there is no key. */
function split(path: string): { section: Section | undefined; key: string; rooted: boolean } {
  const slash = path.indexOf('/');
  const first = slash === -1 ? path : path.slice(0, slash);
  return {
    section: isSection(first) ? first : undefined,
    key: slash === -1 ? '' : path.slice(slash + 1),
    rooted: slash === -1,
  };
}
