/** The ParameterFilters of DescribeParameters and GetParametersByPath. Source: API reference. */
import { constraintError, ServiceError } from '../aws/errors';
import type { Input } from '../aws/input';
import { checkPath, isUnder } from './names';
import { currentOf, type Parameter } from './store';

export interface Filter {
  readonly key: string;
  readonly option: string;
  readonly values: readonly string[];
}

const keyPattern = /^(tag:.+|Name|Type|KeyId|Path|Label|Tier|DataType)$/;

const optionsOf = (key: string): readonly string[] => {
  if (key === 'Path') return ['OneLevel', 'Recursive'];
  return key === 'Name' ? ['Equals', 'BeginsWith', 'Contains'] : ['Equals', 'BeginsWith'];
};

/** `tag` in `keys` permits every tag. Throws ValidationException and the InvalidFilter errors. */
export function readFilters(input: Input, keys: readonly string[]): Filter[] {
  return (input.objects('ParameterFilters') ?? []).map((filter) => {
    const key = filter.requiredString('Key', { min: 1, max: 132 });
    if (!keyPattern.test(key)) {
      throw constraintError(
        'parameterFilters.member.key',
        `Member must satisfy regular expression pattern: ${keyPattern.source}`,
      );
    }
    if (!keys.includes(key.replace(/:.*/, ''))) {
      throw new ServiceError(
        'InvalidFilterKey',
        `The following filter key is not valid: ${key}. Valid filter keys include: [${keys.join(', ')}].`,
      );
    }
    const options = optionsOf(key);
    const option = filter.string('Option', { min: 1, max: 10 }) ?? options[0] ?? '';
    if (!options.includes(option)) {
      throw new ServiceError(
        'InvalidFilterOption',
        `The following filter option is not valid: ${option}. Valid options include: [${options.join(', ')}].`,
      );
    }
    const values = filter.strings('Values', { min: 1, max: 50 }) ?? [];
    if (values.length === 0 && !key.startsWith('tag:')) {
      throw new ServiceError(
        'InvalidFilterValue',
        `The following filter values are missing : null for filter key ${key}.`,
      );
    }
    if (key === 'Path') values.forEach(checkPath);
    return { key, option, values };
  });
}

/** All filters must match, each by any of its values. */
export const matchesFilters = (parameter: Parameter, filters: readonly Filter[]): boolean =>
  filters.every((filter) => matchesFilter(parameter, filter));

function matchesFilter(parameter: Parameter, { key, option, values }: Filter): boolean {
  if (key === 'Path') {
    return values.some((path) => isUnder(parameter.name, path, option === 'Recursive'));
  }
  return textsFor(parameter, key).some(
    (text) =>
      values.length === 0 ||
      values.some((value) =>
        option === 'Equals'
          ? text === value
          : option === 'BeginsWith'
            ? text.startsWith(value)
            : text.includes(value),
      ),
  );
}

function textsFor(parameter: Parameter, key: string): readonly string[] {
  const { type, keyId, tier } = currentOf(parameter);
  switch (key) {
    case 'Name':
      return [parameter.name];
    case 'Type':
      return [type];
    case 'KeyId':
      return keyId === undefined ? [] : [keyId];
    case 'Tier':
      return [tier];
    case 'DataType':
      return ['text'];
    case 'Label':
      return parameter.versions.flatMap(({ labels }) => [...labels]);
    default: {
      const value = parameter.tags.get(key.slice('tag:'.length));
      return value === undefined ? [] : [value];
    }
  }
}
