/** Secrets and versions, and what may happen to them. Knows nothing of HTTP and of who asks. */
import type { ServerClock } from '../clock';
import { crc32c } from './crc32c';
import { ApiError, failedPrecondition, invalidArgument, notFound } from './errors';
import { nameOf } from './names';
import { Timeline } from './timeline';

export interface Project {
  readonly id: string;
  /** Names in answers have it in place of the id. */
  readonly number: string;
  /** Whether the Secret Manager API is enabled. */
  apiEnabled: boolean;
  /** An organisation policy: where secrets may be. `undefined`: anywhere, and automatic replication. */
  allowedLocations: readonly string[] | undefined;
}

export interface Replica {
  readonly location: string;
}

/** `undefined` for a regional secret. */
export type Replication =
  | { readonly kind: 'automatic' }
  | { readonly kind: 'userManaged'; readonly replicas: readonly Replica[] }
  | undefined;

/** What `patch` can change. */
export interface Metadata {
  readonly labels: ReadonlyMap<string, string>;
  readonly annotations: ReadonlyMap<string, string>;
  /** Alias → number of a version. */
  readonly versionAliases: ReadonlyMap<string, bigint>;
  readonly topics: readonly string[];
  /** Seconds. */
  readonly versionDestroyTtl: number | undefined;
  /** Milliseconds since 1970. */
  readonly expireTime: number | undefined;
}

export const NO_METADATA: Metadata = {
  labels: new Map(),
  annotations: new Map(),
  versionAliases: new Map(),
  topics: [],
  versionDestroyTtl: undefined,
  expireTime: undefined,
};

export interface StoredMetadata extends Metadata {
  readonly etag: string;
}

export type State = 'ENABLED' | 'DISABLED' | 'DESTROYED';

export interface VersionStatus {
  readonly state: State;
  readonly etag: string;
  /** Milliseconds since 1970. */
  readonly destroyTime?: number;
  readonly scheduledDestroyTime?: number;
}

export interface Version {
  readonly number: number;
  /** Microseconds since 1970, different for each object of the server. */
  readonly createdAt: number;
  /** `undefined` when destroyed. */
  data: Buffer | undefined;
  readonly crc32c: number;
  readonly checksumGiven: boolean;
  readonly status: Timeline<VersionStatus>;
}

/** Where a secret is. */
export interface Place {
  readonly project: Project;
  /** `undefined`: the global service. */
  readonly location: string | undefined;
  readonly id: string;
}

export interface Secret extends Place {
  /** Microseconds since 1970. */
  readonly createdAt: number;
  readonly replication: Replication;
  readonly metadata: Timeline<StoredMetadata>;
  /** Oldest first. */
  readonly versions: Version[];
  /** Milliseconds since 1970. */
  deletedAt: number | undefined;
}

export const MAX_PAYLOAD_BYTES = 65_536;

/** With the number of the project. */
export const secretName = ({ project, location, id }: Place): string =>
  nameOf({ project: project.number, location, secret: id });

export const versionName = (secret: Secret, { number }: Version): string =>
  `${secretName(secret)}/versions/${String(number)}`;

/** RFC 3339 of microseconds since 1970. */
export function rfc3339(micros: number): string {
  const second = Math.floor(micros / 1_000_000);
  const fraction = String(micros - second * 1_000_000).padStart(6, '0');
  return `${new Date(second * 1000).toISOString().slice(0, 19)}.${fraction}Z`;
}

export class SecretStore {
  private readonly secrets = new Map<string, Secret>();
  /** Those that may expire, or have a version that is to be destroyed. `settle` looks at no others. */
  private readonly scheduled = new Set<Secret>();
  /** Lists may still show them. */
  private readonly deleted: Secret[] = [];
  private lastStamp = 0;

  /**
   * How far `latest`, aliases and lists are behind, in milliseconds. Everything else sees each change at
   * once.
   */
  lag = 0;

  constructor(
    private readonly clock: ServerClock,
    /** Called when a secret is deleted or has expired. */
    private readonly removed: (secret: Secret) => void,
  ) {}

  /** Does what is due: expired secrets go, scheduled versions are destroyed. */
  settle(): void {
    const now = this.clock.now();
    for (const secret of this.scheduled) {
      const { expireTime } = secret.metadata.current;
      if (expireTime !== undefined && expireTime <= now) this.remove(secret);
      for (const version of secret.versions) {
        const { scheduledDestroyTime } = version.status.current;
        if (scheduledDestroyTime !== undefined && scheduledDestroyTime <= now) {
          this.destroyNow(version, scheduledDestroyTime);
        }
      }
    }
  }

  find(place: Place): Secret | undefined {
    return this.secrets.get(secretName(place));
  }

  /** Throws NOT_FOUND. */
  get(place: Place): Secret {
    const secret = this.find(place);
    if (secret !== undefined) return secret;
    throw notFound(`Secret [${secretName(place)}] not found.`);
  }

  /** As a list shows them: with the lag. In no order. */
  listed(project: Project, location: string | undefined): readonly Secret[] {
    const time = this.laggedTime();
    return [...this.secrets.values(), ...this.deleted].filter(
      (secret) =>
        secret.project === project &&
        secret.location === location &&
        secret.metadata.at(time) !== undefined &&
        (secret.deletedAt === undefined || secret.deletedAt > time),
    );
  }

  listedVersions(secret: Secret): readonly Version[] {
    const time = this.laggedTime();
    return secret.versions.filter(({ status }) => status.at(time) !== undefined);
  }

  /** The time that lists, `latest` and aliases show, in milliseconds since 1970. */
  laggedTime(): number {
    return this.clock.now() - this.lag;
  }

  /** Every secret, without lag, oldest first. */
  all(): readonly Secret[] {
    return [...this.secrets.values()];
  }

  /** Throws ALREADY_EXISTS and FAILED_PRECONDITION. */
  create(place: Place, replication: Replication, metadata: Metadata): Secret {
    if (this.find(place) !== undefined) {
      throw new ApiError('ALREADY_EXISTS', `Secret [${secretName(place)}] already exists.`);
    }
    checkLocations(place.project, replication ?? place.location);
    const createdAt = this.stamp();
    const secret: Secret = {
      ...place,
      createdAt,
      replication,
      metadata: new Timeline({ ...metadata, etag: etagOf(createdAt) }, this.clock.now()),
      versions: [],
      deletedAt: undefined,
    };
    this.secrets.set(secretName(place), secret);
    if (metadata.expireTime !== undefined) this.scheduled.add(secret);
    return secret;
  }

  /** Throws FAILED_PRECONDITION if `etag` is not that of the secret. */
  patch(secret: Secret, changes: Partial<Metadata>, etag: string | undefined): void {
    checkEtag(etag, secret.metadata.current.etag);
    secret.metadata.set(
      { ...secret.metadata.current, ...changes, etag: etagOf(this.stamp()) },
      this.clock.now(),
    );
    if (changes.expireTime !== undefined) this.scheduled.add(secret);
  }

  /** Throws FAILED_PRECONDITION if `etag` is not that of the secret. */
  delete(secret: Secret, etag: string | undefined): void {
    checkEtag(etag, secret.metadata.current.etag);
    this.remove(secret);
  }

  /** Throws INVALID_ARGUMENT. Does not change the etag of the secret. */
  addVersion(secret: Secret, data: Buffer, checksum?: bigint): Version {
    if (data.length === 0) throw invalidArgument('Secret Payload cannot be empty');
    if (data.length > MAX_PAYLOAD_BYTES) {
      throw invalidArgument(
        `The secret payload is ${String(data.length)} bytes, which exceeds the limit of ${String(MAX_PAYLOAD_BYTES)} bytes.`,
      );
    }
    const computed = crc32c(data);
    if (checksum !== undefined && checksum !== BigInt(computed)) {
      throw invalidArgument('The checksum in the request does not match the secret payload.');
    }
    const createdAt = this.stamp();
    const version: Version = {
      number: secret.versions.length + 1,
      createdAt,
      data: Buffer.from(data),
      crc32c: computed,
      checksumGiven: checksum !== undefined,
      status: new Timeline({ state: 'ENABLED', etag: etagOf(createdAt) }, this.clock.now()),
    };
    secret.versions.push(version);
    return version;
  }

  /** `reference` is a number, `latest` or an alias. Throws NOT_FOUND, also without such a secret. */
  locate(place: Place, reference: string): { readonly secret: Secret; readonly version: Version } {
    const secret = this.secrets.get(secretName(place));
    const version = secret && this.resolve(secret, reference);
    if (secret !== undefined && version !== undefined) return { secret, version };
    const name = secretName(place);
    throw notFound(
      reference === 'latest'
        ? `Secret [${name}] not found or has no versions.`
        : `Secret Version [${name}/versions/${reference}] not found.`,
    );
  }

  private resolve(secret: Secret, reference: string): Version | undefined {
    if (reference === 'latest') return this.listedVersions(secret).at(-1);
    const number = /^\d+$/.test(reference)
      ? BigInt(reference)
      : secret.metadata.at(this.laggedTime())?.versionAliases.get(reference);
    return secret.versions.find((version) => BigInt(version.number) === number);
  }

  /** Throws FAILED_PRECONDITION unless the version is enabled. */
  access(secret: Secret, version: Version): Buffer {
    const { state } = version.status.current;
    if (state === 'ENABLED' && version.data !== undefined) return version.data;
    throw wrongState(secret, version);
  }

  /** Throws FAILED_PRECONDITION if the version is destroyed, or `etag` is not its own. */
  enable(secret: Secret, version: Version, etag?: string): void {
    this.change(secret, version, 'ENABLED', etag);
  }

  /** Throws FAILED_PRECONDITION if the version is destroyed, or `etag` is not its own. */
  disable(secret: Secret, version: Version, etag?: string): void {
    this.change(secret, version, 'DISABLED', etag);
  }

  /** Destroys, or with `versionDestroyTtl` disables and schedules. Throws FAILED_PRECONDITION. */
  destroy(secret: Secret, version: Version, etag?: string): void {
    const { versionDestroyTtl } = secret.metadata.current;
    checkChangeable(secret, version, etag);
    const now = this.clock.now();
    if (versionDestroyTtl === undefined) {
      this.destroyNow(version, now);
      return;
    }
    const scheduledDestroyTime = now + versionDestroyTtl * 1000;
    this.scheduled.add(secret);
    version.status.set(
      { state: 'DISABLED', etag: etagOf(this.stamp()), scheduledDestroyTime },
      now,
    );
  }

  private change(
    secret: Secret,
    version: Version,
    state: 'ENABLED' | 'DISABLED',
    etag: string | undefined,
  ): void {
    checkChangeable(secret, version, etag);
    version.status.set({ state, etag: etagOf(this.stamp()) }, this.clock.now());
  }

  private destroyNow(version: Version, at: number): void {
    version.data = undefined;
    version.status.set({ state: 'DESTROYED', etag: etagOf(this.stamp()), destroyTime: at }, at);
  }

  private remove(secret: Secret): void {
    secret.deletedAt = this.clock.now();
    this.secrets.delete(secretName(secret));
    this.scheduled.delete(secret);
    this.deleted.push(secret);
    this.removed(secret);
  }

  /** Microseconds since 1970; never the same twice. */
  private stamp(): number {
    this.lastStamp = Math.max(this.clock.now() * 1000, this.lastStamp + 1);
    return this.lastStamp;
  }
}

/** Quotation marks belong to it. */
const etagOf = (micros: number): string => `"${micros.toString(16)}"`;

function checkEtag(given: string | undefined, stored: string): void {
  if (given === undefined || given === '' || given === stored) return;
  throw failedPrecondition(
    `The etag in the request [${given}] does not match the etag of the resource [${stored}].`,
  );
}

const wrongState = (secret: Secret, version: Version): ApiError =>
  failedPrecondition(
    `Secret Version [${versionName(secret, version)}] is in ${version.status.current.state} state.`,
  );

function checkChangeable(secret: Secret, version: Version, etag: string | undefined): void {
  checkEtag(etag, version.status.current.etag);
  if (version.status.current.state === 'DESTROYED') throw wrongState(secret, version);
}

function checkLocations(project: Project, place: Replication | string): void {
  const { allowedLocations, number } = project;
  if (allowedLocations === undefined || place === undefined) return;
  const locations =
    typeof place === 'string'
      ? [place]
      : place.kind === 'automatic'
        ? ['global']
        : place.replicas.map(({ location }) => location);
  const refused = locations.filter((location) => !allowedLocations.includes(location));
  if (refused.length === 0) return;
  throw failedPrecondition(
    `Constraint constraints/gcp.resourceLocations violated for [orgpolicy:projects/${number}] attempting to create a secret in [${refused.join(', ')}]. For more information, see https://cloud.google.com/resource-manager/docs/organization-policy/defining-locations.`,
  );
}
