/** What KV v2 tells of versions, beside data and on its own. */
import { JsonNumber, isJsonObject, type JsonObject } from '@shared/model/json';
import { type SecretVersion } from '../provider';
import { asRevision, type Revision } from '@core/secrets/revision';
import type { VaultAnswer } from './answer';
import { objectAt } from './kv';

export interface Version {
  /** Its digits as they were sent. */
  readonly number: string;
  /** As Go writes a time: RFC 3339, UTC, down to the nanosecond. */
  readonly createdAt: string;
  /** When it was deleted, or will be by itself; empty if neither. */
  readonly deletedAt: string;
  readonly destroyed: boolean;
  /**
   * Only newer versions of Vault tell. See
   * https://developer.hashicorp.com/vault/docs/secrets/kv/kv-v2/cookbook/custom-metadata
   */
  readonly createdBy: string | undefined;
}

/** A version as it comes with its data. */
export interface VersionBeside extends Version {
  /** What people and programs note about the secret; `undefined` from a Vault before 1.9, which has no place for it. */
  readonly custom: ReadonlyMap<string, string> | undefined;
}

/** Of one secret. The newest version need not be there to be read, nor be kept. */
export interface Metadata {
  readonly currentNumber: string;
  /** What people and programs note about the secret. */
  readonly custom: ReadonlyMap<string, string>;
  readonly versions: ReadonlyMap<string, Version>;
}

export const versionLabel = ({ number }: Pick<Version, 'number'>): string => `v${number}`;

/** `14@2026-07-04T09:41:07.123456789Z`: the time tells two lives of a path apart. */
export const revisionOf = ({ number, createdAt }: Version): Revision =>
  asRevision(`${number}@${createdAt}`);

/** The version number in a revision; `undefined` if the text is none of ours. */
export const numberIn = (revision: Revision): string | undefined =>
  /^([1-9]\d*)@/.exec(revision)?.[1];

/** A version from the metadata that comes with its data. */
export function versionBeside(answer: VaultAnswer, metadata: JsonObject): VersionBeside {
  const number = metadata.get('version');
  if (!(number instanceof JsonNumber)) throw answer.unexpected();
  return {
    ...versionOf(answer, number.source, metadata),
    custom: metadata.has('custom_metadata') ? customIn(metadata) : undefined,
  };
}

/** `null` means no entries. */
function customIn(metadata: JsonObject): ReadonlyMap<string, string> {
  const custom = metadata.get('custom_metadata');
  const entries = isJsonObject(custom) ? [...custom] : [];
  return new Map(
    entries.flatMap(([key, value]) => (typeof value === 'string' ? [[key, value] as const] : [])),
  );
}

/** The answer to `GET metadata/:path`. */
export function metadataOf(answer: VaultAnswer): Metadata {
  const data = objectAt(answer, answer.parseLossless(), 'data');
  const current = data.get('current_version');
  if (!(current instanceof JsonNumber)) throw answer.unexpected();
  const versions = [...objectAt(answer, data, 'versions')].map(([number, facts]) => {
    if (!isJsonObject(facts)) throw answer.unexpected();
    return [number, versionOf(answer, number, facts)] as const;
  });
  return {
    currentNumber: current.source,
    custom: customIn(data),
    versions: new Map(versions),
  };
}

function versionOf(answer: VaultAnswer, number: string, facts: JsonObject): Version {
  const [createdAt, deletedAt] = [facts.get('created_time'), facts.get('deletion_time')];
  if (typeof createdAt !== 'string') throw answer.unexpected();
  const by = facts.get('created_by');
  const actor = isJsonObject(by) ? by.get('actor') : undefined;
  return {
    number,
    createdAt,
    deletedAt: typeof deletedAt === 'string' ? deletedAt : '',
    destroyed: facts.get('destroyed') === true,
    createdBy: typeof actor === 'string' && actor !== '' ? actor : undefined,
  };
}

export const isGone = ({ destroyed, deletedAt }: Version, now: number): boolean =>
  destroyed || (dateOf(deletedAt)?.getTime() ?? Infinity) <= now;

/** Whether `version` had been deleted when `other` was written, both by the clock of the server. */
export function wasDeletedBefore(version: Version, other: Version): boolean {
  const [deleted, written] = [nanoseconds(version.deletedAt), nanoseconds(other.createdAt)];
  return deleted !== undefined && written !== undefined && deleted <= written;
}

export function toSecretVersion(
  version: Version,
  currentNumber: string,
  now: number,
): SecretVersion {
  const isCurrent = version.number === currentNumber;
  const alive = isCurrent ? 'current' : 'past';
  return {
    revision: revisionOf(version),
    version: versionLabel(version),
    state: version.destroyed ? 'destroyed' : isGone(version, now) ? 'deleted' : alive,
    labels: [],
    createdAt: dateOf(version.createdAt),
    createdBy: version.createdBy,
    deletedAt: dateOf(version.deletedAt),
  };
}

export function dateOf(time: string): Date | undefined {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/** Since 1970. A `Date` knows no more than milliseconds, in which much can happen. */
function nanoseconds(time: string): bigint | undefined {
  const [, whole = '', fraction = ''] = /^([^.]+)(?:\.(\d{1,9}))?Z$/.exec(time) ?? [];
  const milliseconds = Date.parse(`${whole}Z`);
  if (Number.isNaN(milliseconds)) return undefined;
  return BigInt(milliseconds) * 1_000_000n + BigInt(fraction.padEnd(9, '0'));
}
