/** The Filters of ListSecrets and BatchGetSecretValue. Source: API reference, Filter. */
import type { Input } from '../aws/input';
import { invalidParameter } from './errors';
import type { ListedSecret } from './store';

const filterKeys = [
  'description',
  'name',
  'tag-key',
  'tag-value',
  'primary-region',
  'owning-service',
  'all',
] as const;

type FilterKey = (typeof filterKeys)[number];

export interface Filter {
  readonly key: FilterKey;
  readonly values: readonly string[];
}

/** Throws ValidationException and InvalidParameterException. */
export function readFilters(input: Input): Filter[] {
  return (input.objects('Filters', { max: 10 }) ?? []).map((filter) => {
    const key = filter.oneOf('Key', filterKeys);
    const values = filter.strings('Values', { min: 1, max: 10 });
    if (key === undefined) throw invalidParameter('Invalid filter key');
    if (values === undefined) throw invalidParameter('Invalid filter values');
    return { key, values };
  });
}

/** All filters must match, each by any of its values. A leading `!` negates a value. */
export const matchesFilters = (secret: ListedSecret, filters: readonly Filter[]): boolean =>
  filters.every(({ key, values }) =>
    values.some((value) =>
      value.startsWith('!')
        ? !matchesOne(secret, key, value.slice(1))
        : matchesOne(secret, key, value),
    ),
  );

function matchesOne(secret: ListedSecret, key: FilterKey, value: string): boolean {
  const tags = secret.tags ?? [];
  switch (key) {
    case 'name':
      return secret.name.startsWith(value);
    case 'description':
      return hasWordStarting(secret.description, value);
    case 'tag-key':
      return tags.some((tag) => tag.Key.startsWith(value));
    case 'tag-value':
      return tags.some((tag) => tag.Value.startsWith(value));
    case 'owning-service':
      return secret.owningService?.startsWith(value) === true;
    case 'primary-region':
      return false;
    case 'all':
      return value
        .split(/\s+/)
        .every((word) =>
          [
            secret.name,
            secret.description,
            secret.owningService,
            ...tags.flatMap((tag) => [tag.Key, tag.Value]),
          ].some((text) => hasWordStarting(text, word)),
        );
  }
}

const hasWordStarting = (text: string | undefined, start: string): boolean =>
  (text ?? '')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .some((word) => word.startsWith(start.toLowerCase())) ||
  text?.toLowerCase().startsWith(start.toLowerCase()) === true;
