/** The operations of Parameter Store: authorise, act on the store, shape the answer. */
import { createHash } from 'node:crypto';
import { constraintError, ServiceError, validationError } from '../aws/errors';
import type { Input } from '../aws/input';
import { authorize, type AccessKey } from '../aws/principals';
import type { Pager } from '../paging';
import { versionNotFound } from './errors';
import { matchesFilters, readFilters } from './filters';
import type { KeyRing } from './kms';
import { checkName, checkPath, isUnder, parseSelector } from './names';
import {
  currentOf,
  parameterTypes,
  tiers,
  type Parameter,
  type ParameterStore,
  type Version,
} from './store';

export interface Call {
  readonly input: Input;
  readonly principal: AccessKey;
  readonly store: ParameterStore;
  readonly kms: KeyRing;
  readonly pager: Pager;
  /** The ARN that operations without a parameter are authorised with: everything in the account. */
  readonly accountArn: string;
}

type Answer = { readonly [member: string]: unknown };

type Operation = (call: Call) => Answer;

/** JSON 1.1 writes a time as seconds since 1970, with a fraction. */
const time = (milliseconds: number): number => milliseconds / 1000;

const nameLimits = { min: 1, max: 2048 } as const;

function authorizeName({ principal, store }: Call, action: string, name: string): void {
  authorize(principal, { action: `ssm:${action}`, resource: store.arnOf(name) });
}

/** Checks the name of a parameter that should exist, and the permission. */
function requiredName(call: Call, action: string, member = 'Name'): string {
  const name = call.input.requiredString(member, nameLimits);
  authorizeName(call, action, name);
  checkName(name);
  return name;
}

/** Keys and values of tags may have no other characters: no braces, quotes or commas. */
const tagText = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/** Throws ValidationException. */
function readTags(input: Input): Map<string, string> {
  const tags = new Map<string, string>();
  for (const tag of input.objects('Tags', { max: 1000 }) ?? []) {
    const key = tag.requiredString('Key', { min: 1, max: 128 });
    const value = tag.requiredString('Value', { max: 256 });
    for (const [member, text] of [
      ['key', key],
      ['value', value],
    ] as const) {
      if (!tagText.test(text)) {
        throw constraintError(
          `tags.1.member.${member}`,
          `Member must satisfy regular expression pattern: ${tagText.source}`,
        );
      }
    }
    tags.set(key, value);
  }
  return tags;
}

function putParameter(call: Call): Answer {
  const { input, store, kms, principal } = call;
  const name = input.requiredString('Name', nameLimits);
  const write = {
    value: input.requiredString('Value', { min: 1 }),
    type: input.oneOf('Type', parameterTypes),
    keyId: input.string('KeyId', { min: 1, max: 256 }),
    tier: input.oneOf('Tier', tiers),
    description: input.string('Description', { max: 1024 }),
    allowedPattern: input.string('AllowedPattern', { max: 1024 }),
  };
  const dataType = input.string('DataType', { max: 128 });
  const overwrite = input.boolean('Overwrite');
  const tags = readTags(input);
  authorizeName(call, 'PutParameter', name);
  if (tags.size > 0) authorizeName(call, 'AddTagsToResource', name);
  if (overwrite && tags.size > 0) {
    throw validationError(
      "Invalid request: tags and overwrite can't be used together. To create a parameter with tags, please remove overwrite flag. To update tags for an existing parameter, please use AddTagsToResource or RemoveTagsFromResource.",
    );
  }
  if (dataType !== undefined && dataType !== 'text') {
    throw validationError(
      `The following data type is not supported: ${dataType} (Data type names are all lowercase.)`,
    );
  }
  if (input.has('Policies')) {
    throw validationError('The stand-in has no parameter policies.');
  }
  store.checkTagCount(new Set(tags.keys()));
  const plan = store.plan(name, write, overwrite);
  if (plan.keyId !== undefined) {
    kms.use(plan.keyId, plan.tier === 'Standard' ? 'Encrypt' : 'GenerateDataKey', principal);
  }
  store.admitUpdate(name);
  const { version, tier } = store.put(name, write.value, plan, principal.arn);
  const parameter = store.get(name);
  for (const [key, value] of tags) parameter.tags.set(key, value);
  return { Version: version, Tier: tier };
}

/** What a SecureString is without decryption: the same text each time. */
const ciphertext = ({ arn }: Parameter, { version, value }: Version): string =>
  `AQICAH${createHash('sha512')
    .update(JSON.stringify([arn, version, value]))
    .digest('base64')}`;

/** Throws the errors of `KeyRing.use`. */
function valueOf(call: Call, parameter: Parameter, version: Version, decrypt: boolean): string {
  if (version.keyId === undefined) return version.value;
  if (!decrypt) return ciphertext(parameter, version);
  call.kms.use(version.keyId, 'Decrypt', call.principal);
  return version.value;
}

const parameterEntry = (
  call: Call,
  { parameter, version }: { parameter: Parameter; version: Version },
  { decrypt, selector }: { decrypt: boolean; selector?: string | undefined },
): Answer => ({
  Name: parameter.name,
  Type: version.type,
  Value: valueOf(call, parameter, version, decrypt),
  Version: version.version,
  Selector: selector === undefined ? undefined : `:${selector}`,
  LastModifiedDate: time(version.modifiedAt),
  ARN: parameter.arn,
  DataType: 'text',
});

function getParameter(call: Call): Answer {
  const { input, store } = call;
  const selected = parseSelector(input.requiredString('Name', nameLimits));
  const decrypt = input.boolean('WithDecryption');
  authorizeName(call, 'GetParameter', selected.name);
  checkName(selected.name);
  const { selector } = selected;
  return { Parameter: parameterEntry(call, store.select(selected), { decrypt, selector }) };
}

const batchLimit = 10;

function requiredNames({ input }: Call): string[] {
  const names = input.strings('Names', { min: 1, max: batchLimit });
  if (names === undefined) throw constraintError('names', 'Member must not be null');
  return [...new Set(names)];
}

function getParameters(call: Call): Answer {
  const decrypt = call.input.boolean('WithDecryption');
  const wanted = requiredNames(call).map((text) => ({ text, selected: parseSelector(text) }));
  for (const { selected } of wanted) {
    authorizeName(call, 'GetParameters', selected.name);
    checkName(selected.name);
  }
  const parameters: Answer[] = [];
  const invalid: string[] = [];
  for (const { text, selected } of wanted) {
    try {
      const found = call.store.select(selected);
      parameters.push(parameterEntry(call, found, { decrypt, selector: selected.selector }));
    } catch (error) {
      if (!isMissing(error)) throw error;
      invalid.push(text);
    }
  }
  return { Parameters: parameters, InvalidParameters: invalid };
}

const isMissing = (error: unknown): boolean =>
  error instanceof ServiceError &&
  ['ParameterNotFound', 'ParameterVersionNotFound'].includes(error.code);

function getParametersByPath(call: Call): Answer {
  const { input, store, pager } = call;
  const path = input.requiredString('Path', nameLimits);
  const recursive = input.boolean('Recursive');
  const decrypt = input.boolean('WithDecryption');
  const maxResults = input.integer('MaxResults', { min: 1, max: batchLimit }) ?? batchLimit;
  const nextToken = input.string('NextToken');
  const filters = readFilters(input, ['Type', 'KeyId', 'Label', 'DataType', 'tag']);
  // Only the path is authorised: levels below it come along, even those that a policy denies.
  authorizeName(call, 'GetParametersByPath', path);
  checkPath(path);
  const page = pager.page({
    items: store
      .all()
      .filter(({ name }) => isUnder(name, path, recursive))
      .filter((parameter) => matchesFilters(parameter, filters)),
    keyOf: ({ name }) => [name],
    maxResults,
    nextToken,
    question: JSON.stringify(['GetParametersByPath', path, recursive, filters]),
  });
  return {
    Parameters: page.items.map((parameter) =>
      parameterEntry(call, { parameter, version: currentOf(parameter) }, { decrypt }),
    ),
    NextToken: page.nextToken,
  };
}

const metadata = ({ name }: Parameter, version: Version): Answer => ({
  Name: name,
  Type: version.type,
  KeyId: version.keyId,
  LastModifiedDate: time(version.modifiedAt),
  LastModifiedUser: version.modifiedBy,
  Description: version.description,
  AllowedPattern: version.allowedPattern,
  Version: version.version,
  Tier: version.tier,
  Policies: [],
  DataType: 'text',
});

function getParameterHistory(call: Call): Answer {
  const { input, store, pager } = call;
  const decrypt = input.boolean('WithDecryption');
  const maxResults = input.integer('MaxResults', { min: 1, max: 50 }) ?? 50;
  const nextToken = input.string('NextToken');
  const parameter = store.get(requiredName(call, 'GetParameterHistory'));
  const page = pager.page({
    items: parameter.versions,
    keyOf: ({ version }) => [version],
    maxResults,
    nextToken,
    question: JSON.stringify(['GetParameterHistory', parameter.name]),
  });
  return {
    Parameters: page.items.map((version) => ({
      ...metadata(parameter, version),
      Value: valueOf(call, parameter, version, decrypt),
      Labels: [...version.labels],
    })),
    NextToken: page.nextToken,
  };
}

function describeParameters(call: Call): Answer {
  const { input, store, pager, principal, accountArn } = call;
  const maxResults = input.integer('MaxResults', { min: 1, max: 50 }) ?? 50;
  const nextToken = input.string('NextToken');
  const filters = readFilters(input, ['Path', 'Name', 'Type', 'KeyId', 'Tier', 'DataType', 'tag']);
  authorize(principal, { action: 'ssm:DescribeParameters', resource: accountArn });
  const page = pager.page({
    items: store.all().filter((parameter) => matchesFilters(parameter, filters)),
    keyOf: ({ name }) => [name],
    maxResults,
    nextToken,
    question: JSON.stringify(['DescribeParameters', filters]),
  });
  return {
    Parameters: page.items.map((parameter) => ({
      ...metadata(parameter, currentOf(parameter)),
      ARN: parameter.arn,
    })),
    NextToken: page.nextToken,
  };
}

function deleteParameter(call: Call): Answer {
  call.store.remove(requiredName(call, 'DeleteParameter'));
  return {};
}

function deleteParameters(call: Call): Answer {
  const { store } = call;
  const names = requiredNames(call);
  for (const name of names) {
    authorizeName(call, 'DeleteParameters', name);
    checkName(name);
  }
  const deleted = names.filter((name) => store.find(name) !== undefined);
  for (const name of deleted) store.remove(name);
  return {
    DeletedParameters: deleted,
    InvalidParameters: names.filter((name) => !deleted.includes(name)),
  };
}

const isLabel = (label: string): boolean =>
  /^[a-zA-Z_.-][a-zA-Z0-9_.-]*$/.test(label) && !/^(aws|ssm)/i.test(label);

function labelParameterVersion(call: Call): Answer {
  const { input, store } = call;
  const labels = input.strings('Labels', { min: 1, max: 10 }) ?? [];
  const number = input.integer('ParameterVersion');
  const name = requiredName(call, 'LabelParameterVersion');
  const parameter = store.get(name);
  const version =
    number === undefined
      ? currentOf(parameter)
      : parameter.versions.find((candidate) => candidate.version === number);
  if (version === undefined) throw versionNotFound(name, `version ${number}`);
  const [valid, invalid] = [labels.filter(isLabel), labels.filter((label) => !isLabel(label))];
  store.admitUpdate(name);
  store.label(parameter, version, valid);
  return { InvalidLabels: invalid, ParameterVersion: version.version };
}

/** The parameter that a request about tags means. Throws InvalidResourceType and InvalidResourceId. */
function resource(call: Call, action: string): Parameter {
  const { input, store } = call;
  const type = input.requiredString('ResourceType');
  const name = input.requiredString('ResourceId', { min: 1 });
  authorizeName(call, action, name);
  if (type !== 'Parameter') throw new ServiceError('InvalidResourceType', '');
  const parameter = store.find(name);
  if (parameter === undefined) throw new ServiceError('InvalidResourceId', '');
  return parameter;
}

function addTagsToResource(call: Call): Answer {
  const { input, store } = call;
  const added = readTags(input);
  const { name, tags } = resource(call, 'AddTagsToResource');
  store.checkTagCount(new Set([...tags.keys(), ...added.keys()]));
  store.admitUpdate(name);
  for (const [key, value] of added) tags.set(key, value);
  return {};
}

function removeTagsFromResource(call: Call): Answer {
  const { input, store } = call;
  const keys = input.strings('TagKeys') ?? [];
  const { name, tags } = resource(call, 'RemoveTagsFromResource');
  store.admitUpdate(name);
  for (const key of keys) tags.delete(key);
  return {};
}

function listTagsForResource(call: Call): Answer {
  const { tags } = resource(call, 'ListTagsForResource');
  return { TagList: [...tags].map(([Key, Value]) => ({ Key, Value })) };
}

export const operations = {
  PutParameter: putParameter,
  GetParameter: getParameter,
  GetParameters: getParameters,
  GetParametersByPath: getParametersByPath,
  GetParameterHistory: getParameterHistory,
  DescribeParameters: describeParameters,
  DeleteParameter: deleteParameter,
  DeleteParameters: deleteParameters,
  LabelParameterVersion: labelParameterVersion,
  AddTagsToResource: addTagsToResource,
  RemoveTagsFromResource: removeTagsFromResource,
  ListTagsForResource: listTagsForResource,
} as const satisfies Record<string, Operation>;

export type OperationName = keyof typeof operations;

export const isOperation = (name: string): name is OperationName => Object.hasOwn(operations, name);
