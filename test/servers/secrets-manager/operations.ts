/** The operations of Secrets Manager: authorise, act on the store, shape the answer. */
import { constraintError, ServiceError } from '../aws/errors';
import type { Input } from '../aws/input';
import { authorize, type AccessKey } from '../aws/principals';
import type { Pager, SortKey } from '../paging';
import { invalidParameter, invalidRequest, notFound } from './errors';
import { matchesFilters, readFilters, type Filter } from './filters';
import { checkName, clientRequestToken, secretIdOf, secretValue } from './input';
import {
  current,
  labelled,
  labelsByVersion,
  sortedLabels,
  type ListedSecret,
  type Secret,
  type SecretStore,
  type Tag,
  type Version,
} from './store';

export interface Call {
  readonly input: Input;
  readonly principal: AccessKey;
  readonly store: SecretStore;
  readonly pager: Pager;
}

type Answer = { readonly [member: string]: unknown };

type Operation = (call: Call) => Answer;

/** JSON 1.1 writes a time as seconds since 1970, with a fraction. */
const time = (milliseconds: number | undefined): number | undefined =>
  milliseconds === undefined ? undefined : milliseconds / 1000;

/** Authorises `action` on the secret that `SecretId` names, whether or not there is one. */
function authorizeSecret(
  { principal, store }: Call,
  action: string,
  secretId: string,
  stage?: string,
): void {
  authorize(principal, {
    stage,
    action: `secretsmanager:${action}`,
    // The name of a missing secret is matched as it is, so only “*” permits it.
    resource: store.find(secretId)?.arn ?? secretId,
  });
}

function authorizeAccount({ principal }: Call, action: string): void {
  authorize(principal, { action: `secretsmanager:${action}` });
}

function listSecrets(call: Call): Answer {
  const { input, store, pager } = call;
  const maxResults = input.integer('MaxResults', { min: 1, max: 100 }) ?? 100;
  const nextToken = input.string('NextToken', { min: 1, max: 4096 });
  const planned = input.boolean('IncludePlannedDeletion');
  const filters = readFilters(input);
  const sortBy =
    input.oneOf('SortBy', ['created-date', 'last-accessed-date', 'last-changed-date', 'name']) ??
    'created-date';
  const sortOrder = input.oneOf('SortOrder', ['asc', 'desc']) ?? 'asc';
  authorizeAccount(call, 'ListSecrets');

  const page = pager.page({
    items: store
      .listing()
      .filter((secret) => planned || secret.deletionEndsAt === undefined)
      .filter((secret) => matchesFilters(secret, filters)),
    keyOf: (secret) => sortKey(secret, sortBy),
    descending: sortOrder === 'desc',
    maxResults,
    nextToken,
    question: JSON.stringify(['ListSecrets', planned, filters, sortBy, sortOrder]),
  });
  return {
    SecretList: page.items.map((secret) => ({
      ...commonDetails(secret),
      LastAccessedDate: time(store.find(secret.arn)?.accessedAt),
      DeletedDate: time(secret.deletionEndsAt),
      SecretVersionsToStages: stagesMember(secret.labelsByVersion),
    })),
    NextToken: page.nextToken,
  };
}

function sortKey(secret: ListedSecret, by: string): SortKey {
  if (by === 'name') return [secret.name, secret.sequence];
  if (by === 'last-changed-date') return [secret.changedAt, secret.sequence];
  return [secret.createdAt, secret.sequence];
}

const commonDetails = (
  secret: Omit<ListedSecret, 'deletionEndsAt' | 'labelsByVersion'>,
): Answer => ({
  ARN: secret.arn,
  Name: secret.name,
  Description: secret.description,
  KmsKeyId: secret.kmsKeyId,
  OwningService: secret.owningService,
  Tags: secret.tags,
  CreatedDate: time(secret.createdAt),
  LastChangedDate: time(secret.changedAt),
});

const stagesMember = (labels: ReadonlyMap<string, readonly string[]>): Answer | undefined =>
  labels.size === 0 ? undefined : Object.fromEntries(labels);

function getSecretValue(call: Call): Answer {
  const { input, store } = call;
  const secretId = secretIdOf(input);
  const versionId = input.string('VersionId', { min: 32, max: 64 });
  const stage = input.string('VersionStage', { min: 1, max: 256 });
  authorizeSecret(call, 'GetSecretValue', secretId, stage);
  const secret = store.getActive(secretId);
  return valueEntry(store, secret, findVersion(secret, versionId, stage));
}

function findVersion(
  secret: Secret,
  versionId: string | undefined,
  stage: string | undefined,
): Version {
  if (versionId === undefined) {
    const label = stage ?? current;
    const version = labelled(secret, label);
    if (version !== undefined) return version;
    throw notFound(
      `Secrets Manager can't find the specified secret value for staging label: ${label}`,
    );
  }
  const version = secret.versions.get(versionId);
  if (version === undefined) {
    throw notFound(
      `Secrets Manager can't find the specified secret value for VersionId: ${versionId}`,
    );
  }
  if (stage !== undefined && !version.labels.has(stage)) {
    throw invalidRequest(
      'You provided a VersionStage that is not associated to the provided VersionId.',
    );
  }
  return version;
}

function valueEntry(store: SecretStore, secret: Secret, version: Version): Answer {
  const value = store.read(secret, version);
  return {
    ARN: secret.arn,
    Name: secret.name,
    VersionId: version.id,
    ...(value.kind === 'string'
      ? { SecretString: value.text }
      : { SecretBinary: value.bytes.toString('base64') }),
    VersionStages: version.labels.size === 0 ? undefined : sortedLabels(version.labels),
    CreatedDate: time(version.createdAt),
  };
}

const batchLimit = 20;

function batchGetSecretValue(call: Call): Answer {
  const { input, store, pager } = call;
  const ids = input.strings('SecretIdList', { min: 1, max: batchLimit });
  const filters = input.has('Filters') ? readFilters(input) : undefined;
  const maxResults = input.integer('MaxResults', { min: 1, max: batchLimit });
  const nextToken = input.string('NextToken', { min: 1, max: 4096 });
  if (ids !== undefined && filters !== undefined) {
    throw invalidParameter("Either 'SecretIdList' or 'Filters' must be provided, but not both.");
  }
  if (ids === undefined && filters === undefined) {
    throw invalidParameter("Either 'SecretIdList' or 'Filters' must be provided.");
  }
  if (maxResults !== undefined && filters === undefined) {
    throw invalidParameter(
      "'Filters' not specified. 'Filters' must also be specified when 'MaxResults' is provided.",
    );
  }
  authorizeAccount(call, 'BatchGetSecretValue');
  if (filters !== undefined) authorizeAccount(call, 'ListSecrets');

  const wanted = ids ?? matchingIds(store, filters ?? []);
  const page = pager.page({
    items: wanted.map((id, index) => ({ id, index })),
    keyOf: ({ index }) => [index],
    maxResults: maxResults ?? batchLimit,
    nextToken,
    question: JSON.stringify(['BatchGetSecretValue', ids ?? null, filters ?? null]),
  });
  const values: Answer[] = [];
  const errors: Answer[] = [];
  for (const { id } of page.items) {
    try {
      authorizeSecret(call, 'GetSecretValue', id);
      const secret = store.getActive(id);
      values.push(valueEntry(store, secret, findVersion(secret, undefined, undefined)));
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      errors.push({ SecretId: id, ErrorCode: error.code, Message: error.message });
    }
  }
  return { SecretValues: values, Errors: errors, NextToken: page.nextToken };
}

const matchingIds = (store: SecretStore, filters: readonly Filter[]): string[] =>
  store
    .listing()
    .filter((secret) => secret.deletionEndsAt === undefined && matchesFilters(secret, filters))
    .map((secret) => secret.arn);

function describeSecret(call: Call): Answer {
  const secretId = secretIdOf(call.input);
  authorizeSecret(call, 'DescribeSecret', secretId);
  const secret = call.store.get(secretId);
  return {
    ...commonDetails(secret),
    LastAccessedDate: time(secret.accessedAt),
    DeletedDate: time(secret.deletion?.endsAt),
    VersionIdsToStages: stagesMember(labelsByVersion(secret)),
  };
}

function readAttributes(input: Input): {
  description: string | undefined;
  kmsKeyId: string | undefined;
} {
  return {
    description: input.string('Description', { max: 2048 }),
    kmsKeyId: input.string('KmsKeyId', { max: 2048 }),
  };
}

function createSecret(call: Call): Answer {
  const { input, store, principal } = call;
  const name = input.requiredString('Name', { min: 1, max: 512 });
  const attributes = readAttributes(input);
  const tags = readTags(input);
  const token = clientRequestToken(input);
  const value = secretValue(input);
  checkName(name);
  authorize(principal, {
    action: 'secretsmanager:CreateSecret',
    resource: name,
    matchAs: `${store.arnPrefix}${name}-??????`,
  });
  const { secret } = store.create(
    name,
    value === undefined ? undefined : { versionId: token, value },
    { ...attributes, tags },
  );
  return {
    ARN: secret.arn,
    Name: secret.name,
    VersionId: value === undefined ? undefined : token,
  };
}

function readTags(input: Input): Tag[] | undefined {
  return input.objects('Tags')?.map((tag) => ({
    Key: tag.requiredString('Key', { min: 1, max: 128 }),
    Value: tag.string('Value', { max: 256 }) ?? '',
  }));
}

function putSecretValue(call: Call): Answer {
  const { input, store } = call;
  const secretId = secretIdOf(input);
  const labels = input.strings('VersionStages', { min: 1, max: 20 }) ?? [current];
  if (labels.some((label) => label === '' || label.length > 256)) {
    throw constraintError(
      'versionStages',
      'Member must satisfy constraint: [Member must have length less than or equal to 256, Member must have length greater than or equal to 1]',
    );
  }
  const token = clientRequestToken(input);
  const value = secretValue(input);
  authorizeSecret(call, 'PutSecretValue', secretId);
  if (value === undefined) {
    throw invalidRequest('You must provide either SecretString or SecretBinary.');
  }
  const secret = store.getWritable(secretId);
  const version = store.putVersion(secret, token, value, labels);
  return {
    ARN: secret.arn,
    Name: secret.name,
    VersionId: version.id,
    VersionStages: sortedLabels(version.labels),
  };
}

function updateSecret(call: Call): Answer {
  const { input, store } = call;
  const secretId = secretIdOf(input);
  const attributes = readAttributes(input);
  const token = clientRequestToken(input);
  const value = secretValue(input);
  authorizeSecret(call, 'UpdateSecret', secretId);
  const secret = store.getWritable(secretId);
  const version =
    value === undefined ? undefined : store.putVersion(secret, token, value, [current]);
  store.update(secret, attributes);
  return { ARN: secret.arn, Name: secret.name, VersionId: version?.id };
}

function updateSecretVersionStage(call: Call): Answer {
  const { input, store } = call;
  const secretId = secretIdOf(input);
  const label = input.requiredString('VersionStage', { min: 1, max: 256 });
  const removeFrom = input.string('RemoveFromVersionId', { min: 32, max: 64 });
  const moveTo = input.string('MoveToVersionId', { min: 32, max: 64 });
  authorizeSecret(call, 'UpdateSecretVersionStage', secretId);
  const secret = store.getWritable(secretId);
  store.moveLabel(secret, label, removeFrom, moveTo);
  return { ARN: secret.arn, Name: secret.name };
}

function deleteSecret(call: Call): Answer {
  const { input, store } = call;
  const secretId = secretIdOf(input);
  const recoveryDays = input.integer('RecoveryWindowInDays');
  const force = input.boolean('ForceDeleteWithoutRecovery');
  authorizeSecret(call, 'DeleteSecret', secretId);
  if (recoveryDays !== undefined && force) {
    throw invalidParameter(
      "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.",
    );
  }
  if (recoveryDays !== undefined && (recoveryDays < 7 || recoveryDays > 30)) {
    throw invalidParameter(
      'The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).',
    );
  }
  if (force) {
    const secret = store.find(secretId);
    // A forced deletion of a missing secret, or one that is being deleted, is no error.
    if (secret === undefined) return forcedAbsence(store, secretId);
    return {
      ARN: secret.arn,
      Name: secret.name,
      DeletionDate: time(store.forceDeletion(secret)),
    };
  }
  const secret = store.getWritable(secretId);
  return {
    ARN: secret.arn,
    Name: secret.name,
    DeletionDate: time(store.scheduleDeletion(secret, recoveryDays)),
  };
}

const forcedAbsence = (store: SecretStore, secretId: string): Answer => ({
  ARN: secretId.startsWith('arn:') ? secretId : `${store.arnPrefix}${secretId}`,
  Name: secretId.startsWith('arn:') ? secretId.slice(store.arnPrefix.length) : secretId,
  DeletionDate: time(store.now()),
});

function restoreSecret(call: Call): Answer {
  const secretId = secretIdOf(call.input);
  authorizeSecret(call, 'RestoreSecret', secretId);
  const secret = call.store.get(secretId);
  call.store.restore(secret);
  return { ARN: secret.arn, Name: secret.name };
}

function listSecretVersionIds(call: Call): Answer {
  const { input, store, pager } = call;
  const secretId = secretIdOf(input);
  const maxResults = input.integer('MaxResults', { min: 1, max: 100 }) ?? 100;
  const nextToken = input.string('NextToken', { min: 1, max: 4096 });
  const deprecated = input.boolean('IncludeDeprecated');
  authorizeSecret(call, 'ListSecretVersionIds', secretId);
  const secret = store.get(secretId);
  const page = pager.page({
    items: [...secret.versions.values()].filter(({ labels }) => deprecated || labels.size > 0),
    keyOf: ({ sequence }) => [sequence],
    maxResults,
    nextToken,
    question: JSON.stringify(['ListSecretVersionIds', secret.arn, deprecated]),
  });
  return {
    ARN: secret.arn,
    Name: secret.name,
    Versions: page.items.map((version) => ({
      VersionId: version.id,
      VersionStages: version.labels.size === 0 ? undefined : sortedLabels(version.labels),
      CreatedDate: time(version.createdAt),
      LastAccessedDate: time(version.accessedAt),
      KmsKeyIds: [secret.kmsKeyId ?? 'DefaultEncryptionKey'],
    })),
    NextToken: page.nextToken,
  };
}

/** Source: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_TagResource.html */
function tagResource(call: Call): Answer {
  const secretId = secretIdOf(call.input);
  const added = readTags(call.input);
  if (added === undefined) throw constraintError('tags', 'Member must not be null');
  authorizeSecret(call, 'TagResource', secretId);
  const secret = call.store.getWritable(secretId);
  const replaced = new Set(added.map(({ Key }) => Key));
  const kept = (secret.tags ?? []).filter(({ Key }) => !replaced.has(Key));
  call.store.setTags(secret, [...kept, ...added]);
  return {};
}

function untagResource(call: Call): Answer {
  const secretId = secretIdOf(call.input);
  const keys = call.input.strings('TagKeys');
  if (keys === undefined) throw constraintError('tagKeys', 'Member must not be null');
  authorizeSecret(call, 'UntagResource', secretId);
  const secret = call.store.getWritable(secretId);
  call.store.setTags(
    secret,
    (secret.tags ?? []).filter(({ Key }) => !keys.includes(Key)),
  );
  return {};
}

export const operations = {
  ListSecrets: listSecrets,
  GetSecretValue: getSecretValue,
  BatchGetSecretValue: batchGetSecretValue,
  DescribeSecret: describeSecret,
  CreateSecret: createSecret,
  PutSecretValue: putSecretValue,
  UpdateSecret: updateSecret,
  UpdateSecretVersionStage: updateSecretVersionStage,
  DeleteSecret: deleteSecret,
  RestoreSecret: restoreSecret,
  ListSecretVersionIds: listSecretVersionIds,
  TagResource: tagResource,
  UntagResource: untagResource,
} as const satisfies Record<string, Operation>;

export type OperationName = keyof typeof operations;

export const isOperation = (name: string): name is OperationName => Object.hasOwn(operations, name);
