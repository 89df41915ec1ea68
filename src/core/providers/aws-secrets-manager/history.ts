/** The versions of a secret. */
import type {
  ListSecretVersionIdsResponse,
  SecretVersionsListEntry,
} from '@aws-sdk/client-secrets-manager';
import { AppError } from '@shared/errors';
import { type History, type SecretVersion } from '../provider';
import { asRevision } from '@core/secrets/revision';
import { eachPage } from '../aws/pages';
import type { SecretsManagerConnection } from './connection';
import { describeByListing, describeIfPermitted } from './describe';
import { isUnavailable, unexpectedAnswer } from '../aws/errors';
import { versionLabel } from './read';
import { PENDING_LABEL } from './write';

/**
 * All versions that AWS still keeps, those without a label too. Without that permission those with a
 * label, out of DescribeSecret or the listing; these tell no times.
 */
export async function listVersions(
  connection: SecretsManagerConnection,
  path: string,
  signal: AbortSignal,
): Promise<History> {
  try {
    const entries = await allVersions(connection, path, signal);
    return { isKept: true, isComplete: true, versions: newestFirst(entries.map(versionOf)) };
  } catch (error) {
    if (!isUnavailable(error)) throw error;
  }
  const known =
    (await describeIfPermitted(connection, path, signal)) ??
    (await describeByListing(connection, path, signal));
  if (known === undefined) throw new AppError('NOT_FOUND', { details: { path } });
  const versions = [...known.labels].map(([id, labels]) =>
    versionOf({ VersionId: id, VersionStages: [...labels] }),
  );
  return { isKept: true, isComplete: false, versions: newestFirst(versions) };
}

interface VersionsPage {
  readonly versions: readonly SecretVersionsListEntry[];
  readonly nextToken: string | undefined;
}

async function allVersions(
  connection: SecretsManagerConnection,
  path: string,
  signal: AbortSignal,
): Promise<SecretVersionsListEntry[]> {
  const operation = 'ListSecretVersionIds';
  const entries = new Map<string | undefined, SecretVersionsListEntry>();
  const pageAt = async (nextToken: string | undefined): Promise<VersionsPage> => {
    const page: ListSecretVersionIdsResponse = await connection.call(
      { operation, path, signal },
      (client, http) =>
        client.listSecretVersionIds(
          {
            SecretId: path,
            IncludeDeprecated: true,
            MaxResults: 100,
            ...(nextToken !== undefined && { NextToken: nextToken }),
          },
          http,
        ),
    );
    if (!Array.isArray(page.Versions)) throw unexpectedAnswer(operation, path);
    return { versions: page.Versions, nextToken: page.NextToken || undefined };
  };
  await eachPage(pageAt, ({ versions }) => {
    const before = entries.size;
    for (const version of versions) entries.set(version.VersionId, version);
    return entries.size > before;
  });
  return [...entries.values()];
}

function versionOf(entry: SecretVersionsListEntry): SecretVersion {
  const { VersionId: id, VersionStages: labels = [], CreatedDate: createdAt } = entry;
  if (id === undefined) throw unexpectedAnswer('ListSecretVersionIds');
  return {
    revision: asRevision(id),
    version: versionLabel(id),
    state: labels.includes('AWSCURRENT') ? 'current' : 'past',
    labels: labels.filter((label) => label !== PENDING_LABEL),
    createdAt,
  };
}

/** By time, if it is known; at the same time the current version first, then the previous one. */
function newestFirst(versions: readonly SecretVersion[]): SecretVersion[] {
  const rank = ({ labels }: SecretVersion): number =>
    labels.includes('AWSCURRENT') ? 0 : labels.includes('AWSPREVIOUS') ? 1 : 2;
  return versions.toSorted(
    (a, b) => (b.createdAt?.getTime() ?? 0) - (a.createdAt?.getTime() ?? 0) || rank(a) - rank(b),
  );
}
