/** Secrets and versions as JSON. Members with a default value are left out, as in proto3. */
import {
  rfc3339,
  secretName,
  versionName,
  type Secret,
  type StoredMetadata,
  type Version,
  type VersionStatus,
} from './store';

export type Json = Readonly<Record<string, unknown>>;

/** The numbers of an enum, which clients with `$alt=json;enum-encoding=int` get in place of names. */
const STATES = { ENABLED: 1, DISABLED: 2, DESTROYED: 3 } as const;

const object = <T>(map: ReadonlyMap<string, T>): Json | undefined =>
  map.size === 0 ? undefined : Object.fromEntries(map);

const compact = (members: Json): Json =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));

const millis = (time: number | undefined): string | undefined =>
  time === undefined ? undefined : rfc3339(time * 1000);

/** `metadata`: another state than the current one, for lists that lag. */
export function secretJson(
  secret: Secret,
  metadata: StoredMetadata = secret.metadata.current,
): Json {
  const { replication } = secret;
  return compact({
    name: secretName(secret),
    replication:
      replication?.kind === 'userManaged'
        ? { userManaged: { replicas: replication.replicas } }
        : replication && { automatic: {} },
    createTime: rfc3339(secret.createdAt),
    labels: object(metadata.labels),
    topics: metadata.topics.length === 0 ? undefined : metadata.topics.map((name) => ({ name })),
    expireTime: millis(metadata.expireTime),
    etag: metadata.etag,
    versionAliases: object(
      new Map([...metadata.versionAliases].map(([alias, number]) => [alias, String(number)])),
    ),
    annotations: object(metadata.annotations),
    versionDestroyTtl:
      metadata.versionDestroyTtl === undefined
        ? undefined
        : `${String(metadata.versionDestroyTtl)}s`,
  });
}

/** `status`: another state than the current one, for lists that lag. */
export function versionJson(
  secret: Secret,
  version: Version,
  status: VersionStatus = version.status.current,
): Json {
  const { replication } = secret;
  return compact({
    name: versionName(secret, version),
    createTime: rfc3339(version.createdAt),
    destroyTime: millis(status.destroyTime),
    state: status.state,
    replicationStatus:
      replication?.kind === 'userManaged'
        ? { userManaged: { replicas: replication.replicas } }
        : replication && { automatic: {} },
    etag: status.etag,
    clientSpecifiedPayloadChecksum: version.checksumGiven || undefined,
    scheduledDestroyTime: millis(status.scheduledDestroyTime),
  });
}

/** Replaces the names of states by their numbers, in a version or in a list of versions. */
export function withNumericEnums(json: Json): Json {
  const { state, versions } = json;
  if (typeof state === 'string' && state in STATES) {
    return { ...json, state: STATES[state as keyof typeof STATES] };
  }
  if (!Array.isArray(versions)) return json;
  return { ...json, versions: (versions as Json[]).map(withNumericEnums) };
}
