/** What Secrets Manager tells of a secret without its value. */
import type {
  DescribeSecretResponse,
  ListSecretsResponse,
  SecretListEntry,
} from '@aws-sdk/client-secrets-manager';
import type { Connection } from './connection';
import { isUnavailable } from './errors';

export interface Description {
  /** Staging labels by VersionId. A version without any label is not in it. */
  readonly labels: ReadonlyMap<string, readonly string[]>;
  readonly changedAt: Date | undefined;
  /** The end of the recovery window, where the secret is scheduled for deletion. */
  readonly deletedAt: Date | undefined;
}

/** Throws `NOT_FOUND`, `PERMISSION_DENIED` … The permission is not one of the guide's. */
export async function describeSecret(
  connection: Connection,
  path: string,
  signal: AbortSignal,
): Promise<Description> {
  const answer: DescribeSecretResponse = await connection.call(
    { operation: 'DescribeSecret', path, signal },
    (client, http) => client.describeSecret({ SecretId: path }, http),
  );
  return descriptionOf(answer, answer.VersionIdsToStages);
}

/** The same, or `undefined` where that call is not to be had. */
export async function describeIfPermitted(
  connection: Connection,
  path: string,
  signal: AbortSignal,
): Promise<Description | undefined> {
  try {
    return await describeSecret(connection, path, signal);
  } catch (error) {
    if (isUnavailable(error)) return undefined;
    throw error;
  }
}

/**
 * The same out of the listing, which the guide's permissions allow: up to five minutes old.
 * `undefined` where the listing does not hold it, or not yet.
 */
export async function describeByListing(
  connection: Connection,
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
  const entry = answer.SecretList?.find(({ Name }) => Name === path);
  return entry && descriptionOf(entry, entry.SecretVersionsToStages);
}

const descriptionOf = (
  { LastChangedDate: changedAt, DeletedDate: deletedAt }: DescribeSecretResponse | SecretListEntry,
  labels: Readonly<Record<string, string[]>> | undefined,
): Description => ({ labels: new Map(Object.entries(labels ?? {})), changedAt, deletedAt });

/** The VersionId that a label is on. */
export const labelledVersion = ({ labels }: Description, label: string): string | undefined =>
  [...labels].find(([, names]) => names.includes(label))?.[0];
