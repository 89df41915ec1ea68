/** What Secrets Manager says about a secret without its value. */
import type {
  DescribeSecretResponse,
  ListSecretsResponse,
  SecretListEntry,
} from '@aws-sdk/client-secrets-manager';
import { isAppError } from '@shared/errors';
import type { SecretsManagerConnection } from './connection';
import { isUnavailable, unexpectedAnswer } from '../aws/errors';

export interface Description {
  /** Staging labels by VersionId. A version without any label is not in it. */
  readonly labels: ReadonlyMap<string, readonly string[]>;
  readonly changedAt: Date | undefined;
  /** The end of the recovery window, if the secret is scheduled for deletion. */
  readonly deletedAt: Date | undefined;
  readonly tags: ReadonlyMap<string, string>;
}

/**
 * Milliseconds for which a refusal is remembered: each one is a line in the account's audit trail, and
 * some day the permission may be given.
 */
const REFUSED_FOR = 10 * 60 * 1000;

/**
 * `undefined` if DescribeSecret, which is not one of the guide's permissions, is not permitted or not there.
 * Throws `NOT_FOUND` …
 */
export async function describeIfPermitted(
  connection: SecretsManagerConnection,
  path: string,
  signal: AbortSignal,
): Promise<Description | undefined> {
  const { runtime } = connection.options;
  const refusedAt = connection.undescribed.get(path) ?? -Infinity;
  if (runtime.monotonic() - refusedAt < REFUSED_FOR) return undefined;
  try {
    const answer: DescribeSecretResponse = await connection.call(
      { operation: 'DescribeSecret', path, signal },
      (client, http) => client.describeSecret({ SecretId: path }, http),
    );
    if (answer.Name === undefined) throw unexpectedAnswer('DescribeSecret', path);
    return descriptionOf(answer, answer.VersionIdsToStages);
  } catch (error) {
    if (!isUnavailable(error)) throw error;
    connection.undescribed.set(path, runtime.monotonic());
    return undefined;
  }
}

/**
 * The same out of the listing, which the guide's permissions allow: up to five minutes old.
 * `undefined` if the listing does not hold it, or not yet.
 */
export async function describeByListing(
  connection: SecretsManagerConnection,
  path: string,
  signal: AbortSignal,
): Promise<Description | undefined> {
  // Sorted by name: of all names that begin like this one, it is the first.
  const answer: ListSecretsResponse = await connection.call(
    { operation: 'ListSecrets', path, signal },
    (client, http) =>
      client.listSecrets(
        {
          Filters: [{ Key: 'name', Values: [path] }],
          IncludePlannedDeletion: true,
          SortBy: 'name',
          SortOrder: 'asc',
          MaxResults: 100,
        },
        http,
      ),
  );
  if (!Array.isArray(answer.SecretList)) throw unexpectedAnswer('ListSecrets', path);
  const entry = answer.SecretList.find(({ Name }) => Name === path);
  return entry && descriptionOf(entry, entry.SecretVersionsToStages);
}

const descriptionOf = (
  {
    LastChangedDate: changedAt,
    DeletedDate: deletedAt,
    Tags: tags = [],
  }: DescribeSecretResponse | SecretListEntry,
  labels: Readonly<Record<string, string[]>> | undefined,
): Description => ({
  labels: new Map(Object.entries(labels ?? {})),
  changedAt,
  deletedAt,
  tags: new Map(tags.map(({ Key = '', Value = '' }) => [Key, Value])),
});

/** The VersionId that a label is on. */
export const labelledVersion = ({ labels }: Description, label: string): string | undefined =>
  [...labels].find(([, names]) => names.includes(label))?.[0];

/** When a scheduled deletion will be done; `undefined` if that cannot be found out. */
export async function deletionDate(
  connection: SecretsManagerConnection,
  path: string,
  signal: AbortSignal,
): Promise<Date | undefined> {
  try {
    const description =
      (await describeIfPermitted(connection, path, signal)) ??
      (await describeByListing(connection, path, signal));
    return description?.deletedAt;
  } catch (error) {
    // Asked on the way to another failure, which is the one to tell.
    if (isAppError(error)) return undefined;
    throw error;
  }
}
