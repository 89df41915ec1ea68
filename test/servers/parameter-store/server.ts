/**
 * A stand-in for AWS Systems Manager Parameter Store and the part of STS that credentials need, in process
 * and on loopback. Written from the API reference and observed answers of the service; it shares no code
 * with the client that it tests.
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
import { KeyRing, type KmsKey } from './kms';
import { isOperation, operations } from './operations';
import { guidePermissions } from './permissions';
import {
  currentOf,
  ParameterStore,
  type ParameterType,
  type RequestedTier,
  type StoreSettings,
  type Version,
} from './store';

export interface PutOptions {
  /** SecureString unless given, or the type that the parameter has. */
  readonly type?: ParameterType;
  /** Kept on a later version unless given. */
  readonly keyId?: string;
  /** Intelligent-Tiering unless given. */
  readonly tier?: RequestedTier;
  readonly description?: string;
  readonly allowedPattern?: string;
  /** Added to the tags that the parameter has. */
  readonly tags?: Readonly<Record<string, string>>;
}

export interface ParameterView extends Version {
  readonly name: string;
  readonly arn: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Oldest first. The members above are those of the last one. */
  readonly versions: readonly Version[];
}

interface Details {
  /** Name, Names, Path or ResourceId, as the request gives them. */
  readonly names: readonly string[];
}

export class ParameterStoreServer extends AwsServer<'parameter', Details> {
  private readonly store = new ParameterStore(
    this.clock,
    `arn:aws:ssm:${this.region}:${this.account}:parameter`,
  );
  private readonly kms = new KeyRing(this.region, this.account);
  private readonly pager = new Pager(
    () => new ServiceError('InvalidNextToken', 'The specified token is not valid.'),
  );

  constructor(options: AwsServerOptions) {
    super(
      { name: 'ssm', targetPrefix: 'AmazonSSM.', noun: 'parameter', messageMember: 'message' },
      options,
    );
  }

  // Set-up

  /** A user with the permissions of the product's guide for one path, as `/app`, and no other. */
  guideAccessKey(path: string, options: Omit<AccessKeyOptions, 'allow'> = {}): AccessKey {
    const arn = this.store.arnOf(path);
    return this.accessKey({
      name: 'guide',
      ...options,
      allow: guidePermissions,
      resources: [arn, `${arn}/*`],
      statements: [
        { effect: 'Allow', actions: ['ssm:DescribeParameters'], resources: ['*'] },
        ...(options.statements ?? []),
      ],
    });
  }

  /** A key of the customer's own, with an alias (as `alias/app`) or only an id. */
  kmsKey(alias?: string): KmsKey {
    return this.kms.add(alias);
  }

  /**
   * Creates the parameter, or gives it a new version; returns its number. Rates, permissions and
   * TooManyUpdates do not apply; the rules for names and values do.
   */
  put(name: string, value: string, options: PutOptions = {}): number {
    const existing = this.store.find(name);
    const before = existing === undefined ? undefined : currentOf(existing);
    const { tags = {}, ...rest } = options;
    const plan = this.store.plan(
      name,
      {
        tier: 'Intelligent-Tiering',
        type: before?.type ?? 'SecureString',
        keyId: before?.keyId,
        ...rest,
        value,
      },
      true,
    );
    const { version } = this.store.put(name, value, plan, `arn:aws:iam::${this.account}:root`);
    for (const [key, text] of Object.entries(tags)) this.store.get(name).tags.set(key, text);
    return version;
  }

  /** Moves a label without a permission check, to the newest version unless given. */
  label(name: string, label: string, version?: number): void {
    const selector = version === undefined ? undefined : String(version);
    const found = this.store.select({ name, selector });
    this.store.label(found.parameter, found.version, [label]);
  }

  /** Deletes a parameter and its history, as another client would. */
  remove(name: string): void {
    this.store.remove(name);
  }

  get settings(): StoreSettings {
    return this.store.settings;
  }

  /** See `Pager.pageSizes`. */
  set pageSizes(sizes: readonly number[] | undefined) {
    this.pager.pageSizes = sizes;
  }

  // Inspection

  /** The names of all parameters, oldest first. */
  names(): string[] {
    return this.store.all().map(({ name }) => name);
  }

  parameter(name: string): ParameterView | undefined {
    const parameter = this.store.find(name);
    if (parameter === undefined) return undefined;
    const { arn, tags, versions } = parameter;
    return {
      ...currentOf(parameter),
      name,
      arn,
      tags: Object.fromEntries(tags),
      versions: versions.map((version) => ({ ...version, labels: new Set(version.labels) })),
    };
  }

  // Requests

  protected override perform(operation: string): Perform | undefined {
    if (!isOperation(operation)) return undefined;
    return (input, principal) =>
      operations[operation]({
        input,
        principal,
        store: this.store,
        kms: this.kms,
        pager: this.pager,
        accountArn: `arn:aws:ssm:${this.region}:${this.account}:*`,
      });
  }

  protected override describe(input: Input | undefined): Details {
    return { names: input?.texts(['Name', 'Names', 'Path', 'ResourceId']) ?? [] };
  }

  protected override targets({ names }: Details): readonly string[] {
    return names;
  }
}

export async function startParameterStoreServer(
  options: AwsServerOptions = {},
): Promise<ParameterStoreServer> {
  const server = new ParameterStoreServer(options);
  await server.start();
  return server;
}

export { awsRates } from './rates';
export { guidePermissions } from './permissions';
export type { AccessKey, Grant, Role } from '../aws/principals';
export type { KmsKey } from './kms';
