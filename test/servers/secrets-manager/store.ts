/** The secrets: versions, staging labels, deletion. It knows nothing about requests. */
import { randomInt, randomUUID } from 'node:crypto';
import { ServiceError } from '../aws/errors';
import { days, hours, minutes, type ServerClock } from '../clock';
import { alreadyExists, invalidParameter, invalidRequest, limitExceeded, notFound } from './errors';

export type SecretValue =
  | { readonly kind: 'string'; readonly text: string }
  | { readonly kind: 'binary'; readonly bytes: Buffer };

/** The fault of a secret's key: `denied` is a missing kms:Decrypt or kms:GenerateDataKey. */
export type KmsFault = 'decrypt' | 'encrypt' | 'denied';

export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

export interface Version {
  readonly id: string;
  readonly value: SecretValue;
  readonly createdAt: number;
  /** Position in order of creation. */
  readonly sequence: number;
  readonly labels: Set<string>;
  accessedAt: number | undefined;
}

export interface SecretAttributes {
  description?: string | undefined;
  kmsKeyId?: string | undefined;
  owningService?: string | undefined;
  tags?: readonly Tag[] | undefined;
}

export interface Secret extends SecretAttributes {
  readonly name: string;
  readonly arn: string;
  readonly createdAt: number;
  /** Position in order of creation: two secrets may have the same millisecond. */
  readonly sequence: number;
  readonly versions: Map<string, Version>;
  changedAt: number;
  accessedAt: number | undefined;
  deletion:
    { readonly requestedAt: number; readonly endsAt: number; readonly forced: boolean } | undefined;
  kmsFault: KmsFault | undefined;
}

/** The state of a secret after a change. A lagging listing shows an old state. */
interface Appearance {
  readonly at: number;
  /** Undefined when the secret had gone. */
  readonly secret: ListedSecret | undefined;
}

export interface ListedSecret extends SecretAttributes {
  readonly name: string;
  readonly arn: string;
  readonly createdAt: number;
  readonly sequence: number;
  readonly changedAt: number;
  readonly deletionEndsAt: number | undefined;
  readonly labelsByVersion: ReadonlyMap<string, readonly string[]>;
}

export interface StoreSettings {
  /** ListSecrets shows the state of this long ago: at AWS up to five minutes. */
  listingLag: number;
  /** How long ForceDeleteWithoutRecovery works in the background, in milliseconds. */
  forcedDeletionTakes: number;
  /** Above this number, unlabelled versions older than a day are removed; if there are none, a write fails. */
  versionQuota: number;
  /** The limit of staging labels on one secret. */
  labelQuota: number;
}

export const current = 'AWSCURRENT';
export const previous = 'AWSPREVIOUS';
export const pending = 'AWSPENDING';

const versionsKeptFor = hours(24);
const defaultRecoveryDays = 30;
/** Twice the longest lag that AWS documents. */
const remembered = minutes(10);

export const sameValue = (a: SecretValue, b: SecretValue): boolean =>
  a.kind === 'string'
    ? b.kind === 'string' && a.text === b.text
    : b.kind === 'binary' && a.bytes.equals(b.bytes);

export const sortedLabels = (labels: Iterable<string>): string[] =>
  [...labels].toSorted((a, b) => (a < b ? -1 : 1));

export class SecretStore {
  readonly settings: StoreSettings = {
    listingLag: 0,
    forcedDeletionTakes: 0,
    versionQuota: 100,
    labelQuota: 20,
  };
  private readonly secrets = new Map<string, Secret>();
  /** The secrets that are being deleted, so that finding the ones that are due is cheap. */
  private readonly deleting = new Set<Secret>();
  /** By ARN: a name can be used again by another secret. */
  private readonly appearances = new Map<string, Appearance[]>();
  private sequence = 0;

  constructor(
    private readonly clock: ServerClock,
    readonly arnPrefix: string,
  ) {}

  now(): number {
    return this.clock.now();
  }

  /** Every secret that exists, scheduled for deletion or not, oldest first. */
  all(): Secret[] {
    this.purge();
    return [...this.secrets.values()];
  }

  find(secretId: string): Secret | undefined {
    this.purge();
    if (!secretId.startsWith('arn:')) return this.secrets.get(secretId);
    if (!secretId.startsWith(this.arnPrefix)) return undefined;
    const rest = secretId.slice(this.arnPrefix.length);
    const complete = this.secrets.get(rest.slice(0, -7));
    if (complete?.arn === secretId) return complete;
    // A partial ARN that ends like a complete one is taken as complete, and not found.
    return /-[A-Za-z0-9]{6}$/.test(rest) ? undefined : this.secrets.get(rest);
  }

  /** Throws ResourceNotFoundException. */
  get(secretId: string): Secret {
    const secret = this.find(secretId);
    if (secret === undefined) throw notFound();
    return secret;
  }

  /** As `get`; throws InvalidRequestException while the secret is scheduled for deletion. */
  getActive(secretId: string): Secret {
    const secret = this.get(secretId);
    if (secret.deletion !== undefined) {
      throw invalidRequest(
        "You can't perform this operation on the secret because it was marked for deletion.",
      );
    }
    return secret;
  }

  /** As `getActive`; throws InvalidRequestException when another service owns the secret. */
  getWritable(secretId: string): Secret {
    const secret = this.getActive(secretId);
    if (secret.owningService !== undefined) {
      throw invalidRequest(
        `The secret is managed by ${secret.owningService}, and you must use that service to update it.`,
      );
    }
    return secret;
  }

  create(
    name: string,
    initial: { readonly versionId: string; readonly value: SecretValue } | undefined,
    attributes: SecretAttributes = {},
  ): { readonly secret: Secret; readonly created: boolean } {
    const existing = this.find(name);
    if (existing?.deletion !== undefined) {
      throw invalidRequest(
        "You can't create this secret because a secret with this name is already scheduled for deletion.",
      );
    }
    if (existing !== undefined) {
      const same = initial === undefined ? undefined : existing.versions.get(initial.versionId);
      if (same !== undefined && initial !== undefined && sameValue(same.value, initial.value)) {
        return { secret: existing, created: false };
      }
      throw alreadyExists(`The operation failed because the secret ${name} already exists.`);
    }
    const now = this.clock.now();
    const secret: Secret = {
      ...attributes,
      name,
      arn: `${this.arnPrefix}${name}-${arnSuffix()}`,
      createdAt: now,
      sequence: this.sequence++,
      versions: new Map(),
      changedAt: now,
      accessedAt: undefined,
      deletion: undefined,
      kmsFault: undefined,
    };
    this.secrets.set(name, secret);
    if (initial === undefined) this.changed(secret);
    else this.addVersion(secret, initial.versionId, initial.value, [current]);
    return { secret, created: true };
  }

  /** Idempotent by version id: the same id with the same value changes nothing. */
  putVersion(
    secret: Secret,
    versionId: string,
    value: SecretValue,
    labels: readonly string[],
  ): Version {
    const existing = secret.versions.get(versionId);
    if (existing !== undefined) {
      if (sameValue(existing.value, value)) return existing;
      throw alreadyExists(
        `You can't use ClientRequestToken ${versionId} because that value is already in use for a version of secret ${secret.arn}.`,
      );
    }
    // The first version becomes the current one, whatever labels were requested.
    const wanted = secret.versions.size === 0 ? [...new Set([current, ...labels])] : labels;
    return this.addVersion(secret, versionId, value, wanted);
  }

  private addVersion(
    secret: Secret,
    id: string,
    value: SecretValue,
    labels: readonly string[],
  ): Version {
    if (secret.kmsFault === 'denied') {
      throw new ServiceError('AccessDeniedException', 'Access to KMS is not allowed');
    }
    if (secret.kmsFault === 'encrypt') {
      throw new ServiceError(
        'EncryptionFailure',
        "Secrets Manager can't encrypt the protected secret text using the provided KMS key. Check that the KMS key is available, enabled, and not in an invalid state.",
      );
    }
    const inUse = new Set(labels);
    for (const version of secret.versions.values()) {
      for (const label of version.labels) inUse.add(label);
    }
    if (inUse.size > this.settings.labelQuota) {
      throw limitExceeded('You exceeded the maximum number of staging labels allowed on a secret.');
    }
    this.makeRoom(secret);
    const version: Version = {
      id,
      value,
      createdAt: this.clock.now(),
      sequence: this.sequence++,
      labels: new Set(),
      accessedAt: undefined,
    };
    secret.versions.set(id, version);
    const outgoing = labels.includes(current) ? labelled(secret, current) : undefined;
    for (const label of labels) this.attach(secret, label, version);
    // Observed at AWS: a put that replaces the current version also ends its pending rotation.
    outgoing?.labels.delete(pending);
    this.changed(secret);
    return version;
  }

  /** Keeps the newest hundred versions, versions younger than a day, and labelled versions. */
  private makeRoom(secret: Secret): void {
    const oldest = this.clock.now() - versionsKeptFor;
    for (const version of secret.versions.values()) {
      if (secret.versions.size < this.settings.versionQuota) return;
      if (version.labels.size === 0 && version.createdAt < oldest) {
        secret.versions.delete(version.id);
      }
    }
    if (secret.versions.size >= this.settings.versionQuota) {
      throw limitExceeded('You exceeded the maximum number of versions allowed on a secret.');
    }
  }

  private attach(secret: Secret, label: string, version: Version): void {
    const holder = labelled(secret, label);
    if (holder === version) return;
    holder?.labels.delete(label);
    version.labels.add(label);
    if (label !== current || holder === undefined) return;
    for (const other of secret.versions.values()) other.labels.delete(previous);
    holder.labels.add(previous);
  }

  /**
   * Moves, adds or removes one label. The move is a compare-and-swap: it fails when
   * `removeFrom` is not the version that has the label.
   * Source: API reference, UpdateSecretVersionStage.
   */
  moveLabel(
    secret: Secret,
    label: string,
    removeFrom: string | undefined,
    moveTo: string | undefined,
  ): void {
    if (removeFrom === undefined && moveTo === undefined) {
      throw invalidParameter(
        'You must specify a value for at least one of MoveToVersionId and RemoveFromVersionId.',
      );
    }
    const target = moveTo === undefined ? undefined : secret.versions.get(moveTo);
    if (moveTo !== undefined && target === undefined) {
      throw notFound(`Secrets Manager can't find the specified secret version: ${moveTo}.`);
    }
    if (removeFrom !== undefined && !secret.versions.has(removeFrom)) {
      throw notFound(`Secrets Manager can't find the specified secret version: ${removeFrom}.`);
    }
    const holder = labelled(secret, label);
    if (removeFrom !== undefined && holder?.id !== removeFrom) {
      throw invalidParameter(
        `When you move staging label ${label}, if you specify RemoveFromVersionId, it must be set to the version that currently has the staging label ${label}.`,
      );
    }
    if (target === undefined) {
      if (label === current) {
        throw invalidParameter(
          "You can only move staging label AWSCURRENT to a different secret version. It can't be completely removed.",
        );
      }
      holder?.labels.delete(label);
    } else {
      if (holder !== undefined && holder !== target && removeFrom === undefined) {
        throw invalidParameter(
          `The parameter RemoveFromVersionId can't be empty. Staging label ${label} is currently attached to version ${holder.id}, so you must explicitly reference that version in RemoveFromVersionId.`,
        );
      }
      if (holder === undefined && labelCount(secret) >= this.settings.labelQuota) {
        throw limitExceeded(
          'You exceeded the maximum number of staging labels allowed on a secret.',
        );
      }
      this.attach(secret, label, target);
    }
    this.changed(secret);
  }

  scheduleDeletion(secret: Secret, recoveryDays = defaultRecoveryDays): number {
    const now = this.clock.now();
    const endsAt = now + days(recoveryDays);
    secret.deletion = { requestedAt: now, endsAt, forced: false };
    this.deleting.add(secret);
    this.changed(secret);
    return endsAt;
  }

  forceDeletion(secret: Secret): number {
    const now = this.clock.now();
    secret.deletion = {
      requestedAt: now,
      endsAt: now + this.settings.forcedDeletionTakes,
      forced: true,
    };
    this.deleting.add(secret);
    this.changed(secret);
    this.purge();
    return now;
  }

  /** Throws InvalidRequestException when a forced deletion has started. */
  restore(secret: Secret): void {
    if (secret.deletion?.forced === true) {
      throw invalidRequest(
        "You can't perform this operation on the secret because it was marked for deletion.",
      );
    }
    secret.deletion = undefined;
    this.deleting.delete(secret);
    this.changed(secret);
  }

  update(secret: Secret, attributes: SecretAttributes): void {
    if (attributes.description !== undefined) secret.description = attributes.description;
    if (attributes.kmsKeyId !== undefined) secret.kmsKeyId = attributes.kmsKeyId;
    this.changed(secret);
  }

  /** Throws InvalidParameterException for more than AWS allows. */
  setTags(secret: Secret, tags: readonly Tag[]): void {
    if (tags.length > 50) {
      throw invalidParameter('You have exceeded the maximum number of tags allowed: 50.');
    }
    secret.tags = tags;
    this.changed(secret);
  }

  read(secret: Secret, version: Version): SecretValue {
    if (secret.kmsFault === 'denied') {
      throw new ServiceError('AccessDeniedException', 'Access to KMS is not allowed');
    }
    if (secret.kmsFault === 'decrypt') {
      throw new ServiceError(
        'DecryptionFailure',
        "Secrets Manager can't decrypt the protected secret text using the provided KMS key.",
      );
    }
    const today = Math.floor(this.clock.now() / days(1)) * days(1);
    secret.accessedAt = today;
    version.accessedAt = today;
    return version.value;
  }

  /** The secrets as ListSecrets shows them, `listingLag` late. Oldest first. */
  listing(): ListedSecret[] {
    this.purge();
    const now = this.clock.now();
    const asOf = now - this.settings.listingLag;
    const listed: ListedSecret[] = [];
    for (const [arn, history] of this.appearances) {
      const secret = history.findLast(({ at }) => at <= asOf)?.secret;
      if (secret !== undefined) listed.push(secret);
      const last = history.at(-1);
      if (last?.secret === undefined && (last?.at ?? 0) <= now - remembered) {
        this.appearances.delete(arn);
      }
    }
    return listed;
  }

  private changed(secret: Secret): void {
    secret.changedAt = this.clock.now();
    this.remember(secret, {
      description: secret.description,
      kmsKeyId: secret.kmsKeyId,
      owningService: secret.owningService,
      tags: secret.tags,
      name: secret.name,
      arn: secret.arn,
      createdAt: secret.createdAt,
      sequence: secret.sequence,
      changedAt: secret.changedAt,
      deletionEndsAt: secret.deletion?.endsAt,
      labelsByVersion: labelsByVersion(secret),
    });
  }

  private remember(secret: Secret, listed: ListedSecret | undefined, at = this.clock.now()): void {
    const history = this.appearances.get(secret.arn) ?? [];
    history.push({ at, secret: listed });
    // A lag may be set later, so past states are kept.
    const needed = this.clock.now() - remembered;
    while ((history[1]?.at ?? Infinity) <= needed || history.length > 200) history.shift();
    this.appearances.set(secret.arn, history);
  }

  /** Removes the secrets whose recovery window has ended. */
  private purge(): void {
    const now = this.clock.now();
    for (const secret of this.deleting) {
      if (secret.deletion === undefined || secret.deletion.endsAt > now) continue;
      this.deleting.delete(secret);
      this.secrets.delete(secret.name);
      this.remember(secret, undefined, secret.deletion.endsAt);
    }
  }
}

export const labelled = (secret: Secret, label: string): Version | undefined => {
  for (const version of secret.versions.values()) {
    if (version.labels.has(label)) return version;
  }
  return undefined;
};

const labelCount = (secret: Secret): number => {
  let count = 0;
  for (const version of secret.versions.values()) count += version.labels.size;
  return count;
};

/** Versions without a label are left out, as DescribeSecret leaves them out. */
export function labelsByVersion(secret: Secret): ReadonlyMap<string, readonly string[]> {
  const result = new Map<string, readonly string[]>();
  for (const version of secret.versions.values()) {
    if (version.labels.size > 0) result.set(version.id, sortedLabels(version.labels));
  }
  return result;
}

export const newVersionId = (): string => randomUUID();

const arnAlphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

const arnSuffix = (): string =>
  Array.from({ length: 6 }, () => arnAlphabet.charAt(randomInt(arnAlphabet.length))).join('');
