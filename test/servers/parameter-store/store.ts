/** The parameters: versions, labels, tiers, tags. It knows nothing about requests or permissions. */
import { ServiceError, validationError } from '../aws/errors';
import { seconds, type ServerClock } from '../clock';
import { alreadyExists, notFound, tooManyUpdates, versionNotFound } from './errors';
import { defaultKeyId } from './kms';
import { checkNewName, type Selected } from './names';

export const parameterTypes = ['String', 'StringList', 'SecureString'] as const;
export type ParameterType = (typeof parameterTypes)[number];

export const tiers = ['Standard', 'Advanced', 'Intelligent-Tiering'] as const;
export type RequestedTier = (typeof tiers)[number];
/** Intelligent-Tiering chooses one of these for each write. */
export type Tier = Exclude<RequestedTier, 'Intelligent-Tiering'>;

export interface Version {
  readonly version: number;
  readonly value: string;
  readonly type: ParameterType;
  /** Only of a SecureString: the key as the writer named it. */
  readonly keyId: string | undefined;
  readonly tier: Tier;
  readonly description: string | undefined;
  readonly allowedPattern: string | undefined;
  /** Milliseconds since 1970. */
  readonly modifiedAt: number;
  /** The ARN of the writer. */
  readonly modifiedBy: string;
  readonly labels: Set<string>;
}

export interface Parameter {
  readonly name: string;
  readonly arn: string;
  /** Oldest first, never empty. */
  readonly versions: Version[];
  readonly tags: Map<string, string>;
}

/** Members left out keep their value on an overwrite, but for the key: then it is the default key. */
export interface Write {
  readonly value: string;
  readonly type?: ParameterType | undefined;
  readonly keyId?: string | undefined;
  readonly tier?: RequestedTier | undefined;
  readonly description?: string | undefined;
  readonly allowedPattern?: string | undefined;
}

export interface StoreSettings {
  /** Milliseconds during which a second write to the same name is refused with TooManyUpdates. */
  writeTakes: number;
  /** Milliseconds until the name of a deleted parameter can be used again. */
  nameFreeAfter: number;
  /** The limit of parameters of the Standard tier. */
  standardQuota: number;
  /** The limit of versions; the oldest one gives way. */
  versionQuota: number;
  /** The limit of labels on one version. */
  labelQuota: number;
  /** The limit of tags on one parameter. */
  tagQuota: number;
}

/** What a write is going to store: known before it takes effect, because it decides about the key. */
export interface Plan {
  readonly type: ParameterType;
  readonly tier: Tier;
  readonly keyId: string | undefined;
  readonly description: string | undefined;
  readonly allowedPattern: string | undefined;
}

/** In bytes. */
const maxSize: Readonly<Record<Tier, number>> = { Standard: 4096, Advanced: 8192 };

export const currentOf = ({ versions }: Parameter): Version => {
  const version = versions.at(-1);
  if (version === undefined) throw new Error('A parameter has at least one version.');
  return version;
};

export class ParameterStore {
  readonly settings: StoreSettings = {
    writeTakes: 0,
    nameFreeAfter: seconds(30),
    standardQuota: 10_000,
    versionQuota: 100,
    labelQuota: 10,
    tagQuota: 50,
  };
  private readonly parameters = new Map<string, Parameter>();
  private standardCount = 0;
  private readonly writtenAt = new Map<string, number>();
  private readonly deletedAt = new Map<string, number>();

  constructor(
    private readonly clock: ServerClock,
    private readonly arnPrefix: string,
  ) {}

  /** `/app/KEY` and `KEY` differ as names; both have one slash after `parameter` in the ARN. */
  arnOf(name: string): string {
    return `${this.arnPrefix}${name.startsWith('/') ? '' : '/'}${name}`;
  }

  /** Oldest first. */
  all(): Parameter[] {
    return [...this.parameters.values()];
  }

  find(name: string): Parameter | undefined {
    return this.parameters.get(name);
  }

  /** Throws ParameterNotFound. */
  get(name: string): Parameter {
    const parameter = this.parameters.get(name);
    if (parameter === undefined) throw notFound();
    return parameter;
  }

  /** Throws ParameterNotFound and ParameterVersionNotFound. */
  select({ name, selector }: Selected): { parameter: Parameter; version: Version } {
    const parameter = this.get(name);
    if (selector === undefined) return { parameter, version: currentOf(parameter) };
    const isNumber = /^\d+$/.test(selector);
    const version = parameter.versions.find(({ version: number, labels }) =>
      isNumber ? number === Number(selector) : labels.has(selector),
    );
    if (version === undefined) {
      throw versionNotFound(name, `${isNumber ? 'version' : 'label'} ${selector}`);
    }
    return { parameter, version };
  }

  /** Throws TooManyUpdates if another write to this name has just begun, or the name was just deleted. */
  admitUpdate(name: string): void {
    const now = this.clock.now();
    const { writeTakes, nameFreeAfter } = this.settings;
    if (now < (this.writtenAt.get(name) ?? -Infinity) + writeTakes) throw tooManyUpdates();
    const exists = this.parameters.has(name);
    if (!exists && now < (this.deletedAt.get(name) ?? -Infinity) + nameFreeAfter) {
      throw tooManyUpdates(
        'Failed to create the parameter since stale tags associated to the name detected. Please retry in a while or change a parameter name.',
      );
    }
    this.writtenAt.set(name, now);
  }

  /**
   * Throws ParameterAlreadyExists, ValidationException, HierarchyTypeMismatchException,
   * ParameterPatternMismatchException, InvalidAllowedPatternException, ParameterLimitExceeded and the errors
   * of `checkNewName`.
   */
  plan(name: string, write: Write, overwrite: boolean): Plan {
    checkNewName(name, this.arnOf(name));
    const existing = this.parameters.get(name);
    if (existing !== undefined && !overwrite) throw alreadyExists();
    const before = existing === undefined ? undefined : currentOf(existing);
    const type = write.type ?? before?.type;
    if (type === undefined) {
      throw validationError('A parameter type is required when you create a parameter.');
    }
    if (before !== undefined && before.type !== type) {
      throw new ServiceError(
        'HierarchyTypeMismatchException',
        `Parameter Store doesn't support changing a parameter type in a hierarchy: ${before.type} can't become ${type}. You must create a new, unique parameter.`,
      );
    }
    if (write.keyId !== undefined && type !== 'SecureString') {
      throw validationError('KeyId is required for SecureString type parameter only.');
    }
    if (/\{\{[\s\S]*\}\}/.test(write.value)) {
      throw validationError(
        'Parameter value can\'t nest another parameter. Do not use "{{}}" in the value.',
      );
    }
    const tier = this.tierFor(write, before?.tier);
    const allowedPattern = write.allowedPattern ?? before?.allowedPattern;
    checkPattern(write.value, allowedPattern);
    return {
      type,
      tier,
      keyId: type === 'SecureString' ? (write.keyId ?? defaultKeyId) : undefined,
      description: write.description ?? before?.description,
      allowedPattern,
    };
  }

  private tierFor(write: Write, before: Tier | undefined): Tier {
    const bytes = Buffer.byteLength(write.value);
    const smallest: Tier = bytes > maxSize.Standard ? 'Advanced' : 'Standard';
    if (write.tier === 'Standard' && before === 'Advanced') {
      throw validationError(
        "This parameter uses the advanced-parameter tier. You can't downgrade a parameter from the advanced-parameter tier to the standard-parameter tier. If necessary, you can delete the advanced parameter and recreate it as a standard parameter.",
      );
    }
    const wanted = write.tier === 'Intelligent-Tiering' ? smallest : (write.tier ?? 'Standard');
    const tier = before === 'Advanced' ? 'Advanced' : wanted;
    if (bytes > maxSize[tier]) {
      throw validationError(
        tier === 'Standard'
          ? 'Standard tier parameters support a maximum parameter value of 4096 characters. To create a larger parameter value, upgrade the parameter to use the advanced-parameter tier. For more information, see https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html'
          : 'Advanced tier parameters support a maximum parameter value of 8192 characters.',
      );
    }
    const added = before === undefined && tier === 'Standard';
    if (added && this.standardCount >= this.settings.standardQuota) {
      throw new ServiceError(
        'ParameterLimitExceeded',
        'You have exceeded the number of parameters for this AWS account. Delete one or more parameters and try again.',
      );
    }
    return tier;
  }

  /** Writes what `plan` returned. Throws ParameterMaxVersionLimitExceeded. */
  put(name: string, value: string, plan: Plan, modifiedBy: string): Version {
    const parameter = this.parameters.get(name) ?? {
      name,
      arn: this.arnOf(name),
      versions: [],
      tags: new Map<string, string>(),
    };
    const { versions } = parameter;
    const [oldest] = versions;
    if (oldest !== undefined && versions.length >= this.settings.versionQuota) {
      if (oldest.labels.size > 0) {
        throw new ServiceError(
          'ParameterMaxVersionLimitExceeded',
          `You attempted to create a new version of ${name} by calling the PutParameter API with the overwrite flag. Version ${oldest.version}, the oldest version, can't be deleted because it has a label associated with it. Move the label to another version of the parameter, and try again.`,
        );
      }
      versions.shift();
    }
    const before = versions.at(-1);
    if (before?.tier === 'Standard') this.standardCount -= 1;
    if (plan.tier === 'Standard') this.standardCount += 1;
    const version: Version = {
      ...plan,
      version: (before?.version ?? 0) + 1,
      value,
      modifiedAt: this.clock.now(),
      modifiedBy,
      labels: new Set(),
    };
    versions.push(version);
    this.parameters.set(name, parameter);
    return version;
  }

  /** Throws ParameterNotFound. History, labels and tags go too. */
  remove(name: string): void {
    if (currentOf(this.get(name)).tier === 'Standard') this.standardCount -= 1;
    this.parameters.delete(name);
    this.deletedAt.set(name, this.clock.now());
    this.writtenAt.delete(name);
  }

  /** Moves the labels from other versions. Throws ParameterVersionLabelLimitExceeded. */
  label({ versions }: Parameter, version: Version, labels: readonly string[]): void {
    if (new Set([...version.labels, ...labels]).size > this.settings.labelQuota) {
      throw new ServiceError(
        'ParameterVersionLabelLimitExceeded',
        'A parameter version can have maximum 10 labels. Move one or more labels to another version and try again.',
      );
    }
    for (const label of labels) {
      for (const other of versions) other.labels.delete(label);
      version.labels.add(label);
    }
  }

  /** Throws TooManyTagsError. */
  checkTagCount(tags: ReadonlySet<string>): void {
    if (tags.size > this.settings.tagQuota) throw new ServiceError('TooManyTagsError', '');
  }
}

function checkPattern(value: string, pattern: string | undefined): void {
  if (pattern === undefined) return;
  let expression: RegExp;
  try {
    expression = new RegExp(pattern);
  } catch {
    throw new ServiceError(
      'InvalidAllowedPatternException',
      `The allowed pattern isn't a regular expression: ${pattern}`,
    );
  }
  if (!expression.test(value)) {
    throw new ServiceError(
      'ParameterPatternMismatchException',
      `Parameter value, cannot be validated against allowedPattern: ${pattern}`,
    );
  }
}
