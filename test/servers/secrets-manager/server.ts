/**
 * A stand-in for AWS Secrets Manager and the part of STS that credentials need, in process and on loopback.
 * Written from the API reference and observed answers of the service; it shares no code with the client
 * that it tests.
 */
import { ServiceError } from '../aws/errors';
import type { Input } from '../aws/input';
import type { AccessKey } from '../aws/principals';
import {
  AwsServer,
  type AccessKeyOptions,
  type AwsServerOptions,
  type Perform,
} from '../aws/server';
import { Pager } from '../paging';
import { isOperation, operations } from './operations';
import { guidePermissions } from './permissions';
import {
  current,
  labelled,
  newVersionId,
  sortedLabels,
  SecretStore,
  type KmsFault,
  type SecretAttributes,
  type SecretValue,
  type StoreSettings,
} from './store';

export interface PutOptions extends SecretAttributes {
  /** `[AWSCURRENT]` unless given. */
  readonly labels?: readonly string[];
  readonly versionId?: string;
}

export interface VersionView {
  readonly id: string;
  /** Sorted. */
  readonly labels: readonly string[];
  readonly value: string | Buffer;
  readonly createdAt: Date;
}

export interface SecretView extends SecretAttributes {
  readonly name: string;
  readonly arn: string;
  /** Oldest first. */
  readonly versions: readonly VersionView[];
  readonly current: VersionView | undefined;
  /** When the recovery window ends. */
  readonly deletionDate: Date | undefined;
}

interface Details {
  readonly secretId: string | undefined;
  /** SecretIdList of a batch. */
  readonly secretIds: readonly string[];
}

export class SecretsManagerServer extends AwsServer<'secret', Details> {
  private readonly store = new SecretStore(
    this.clock,
    `arn:aws:secretsmanager:${this.region}:${this.account}:secret:`,
  );
  private readonly pager = new Pager(
    () => new ServiceError('InvalidNextTokenException', 'The NextToken value is invalid.'),
  );

  constructor(options: AwsServerOptions) {
    super(
      {
        name: 'secretsmanager',
        targetPrefix: 'secretsmanager.',
        noun: 'secret',
        messageMember: 'Message',
      },
      options,
    );
  }

  // Set-up

  /** A user with the five permissions of the product's guide, and no other. */
  guideAccessKey(options: Omit<AccessKeyOptions, 'allow'> = {}): AccessKey {
    return this.accessKey({ name: 'guide', ...options, allow: guidePermissions });
  }

  /** Creates the secret, or gives it a new version. Returns the version's id. */
  put(name: string, value: string | Uint8Array, options: PutOptions = {}): string {
    const { labels, versionId = newVersionId(), ...attributes } = options;
    const secretValue: SecretValue =
      typeof value === 'string'
        ? { kind: 'string', text: value }
        : { kind: 'binary', bytes: Buffer.from(value) };
    const existing = this.store.find(name);
    if (existing === undefined) {
      this.store.create(name, { versionId, value: secretValue }, attributes);
    } else {
      this.store.putVersion(existing, versionId, secretValue, labels ?? [current]);
    }
    return versionId;
  }

  /** Moves a label without a permission check, as another client would. */
  moveLabel(name: string, label: string, moveTo: string): void {
    const secret = this.store.get(name);
    this.store.moveLabel(secret, label, labelled(secret, label)?.id, moveTo);
  }

  /** Makes the key of a secret fail, until called with undefined. */
  breakKms(name: string, fault: KmsFault | undefined): void {
    this.store.get(name).kmsFault = fault;
  }

  scheduleDeletion(name: string, recoveryDays = 30): void {
    this.store.scheduleDeletion(this.store.get(name), recoveryDays);
  }

  /** Removes a secret at once, like a forced deletion. */
  remove(name: string): void {
    this.store.forceDeletion(this.store.get(name));
  }

  restore(name: string): void {
    this.store.restore(this.store.get(name));
  }

  get settings(): StoreSettings {
    return this.store.settings;
  }

  /** See `Pager.pageSizes`. */
  set pageSizes(sizes: readonly number[] | undefined) {
    this.pager.pageSizes = sizes;
  }

  // Inspection

  /** The names of all secrets, scheduled for deletion or not, oldest first. */
  names(): string[] {
    return this.store.all().map(({ name }) => name);
  }

  secret(name: string): SecretView | undefined {
    const secret = this.store.find(name);
    if (secret === undefined) return undefined;
    const versions = [...secret.versions.values()].map((version): VersionView => ({
      id: version.id,
      labels: sortedLabels(version.labels),
      value: version.value.kind === 'string' ? version.value.text : version.value.bytes,
      createdAt: new Date(version.createdAt),
    }));
    return {
      name: secret.name,
      arn: secret.arn,
      description: secret.description,
      kmsKeyId: secret.kmsKeyId,
      owningService: secret.owningService,
      tags: secret.tags,
      versions,
      current: versions.find(({ labels }) => labels.includes(current)),
      deletionDate: secret.deletion === undefined ? undefined : new Date(secret.deletion.endsAt),
    };
  }

  // Requests

  protected override perform(operation: string): Perform | undefined {
    if (!isOperation(operation)) return undefined;
    return (input, principal) =>
      operations[operation]({ input, principal, store: this.store, pager: this.pager });
  }

  protected override describe(input: Input | undefined): Details {
    return {
      secretId: input?.texts(['SecretId', 'Name'])[0],
      secretIds: input?.texts(['SecretIdList']) ?? [],
    };
  }

  protected override targets({ secretId, secretIds }: Details): readonly string[] {
    return secretId === undefined ? secretIds : [secretId, ...secretIds];
  }
}

export async function startSecretsManagerServer(
  options: AwsServerOptions = {},
): Promise<SecretsManagerServer> {
  const server = new SecretsManagerServer(options);
  await server.start();
  return server;
}

export { awsRates } from './rates';
export { guidePermissions } from './permissions';
export type { AccessKey, Grant, Role } from '../aws/principals';
