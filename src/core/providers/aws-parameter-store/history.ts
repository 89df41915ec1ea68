/**
 * The versions of an environment. A parameter keeps its last 100 versions; a deleted one keeps none. A folder
 * has no versions: they are put together from those of its parameters.
 */
import type { GetParameterHistoryResult } from '@aws-sdk/client-ssm';
import { AppError } from '@shared/errors';
import { mapConcurrently } from '@core/network/concurrency';
import { asRevision } from '@core/secrets/revision';
import { unexpectedAnswer } from '../aws/errors';
import { eachPage } from '../aws/pages';
import { historyOfEntries } from '../entries';
import { isFolder } from '@shared/model/layout';
import type { History, SecretVersion } from '../provider';
import type { ParameterStoreConnection } from './connection';
import { PAGE_BOUNDS, type Description } from './describe';
import { nameInFolder } from './names';
import { readFolder, versionOf } from './read';

/** The most that GetParameterHistory returns. */
const PAGE = 50;

interface Version extends Description {
  readonly by: string | undefined;
  readonly labels: readonly string[];
}

/** Oldest first. */
export async function versionsOfParameter(
  connection: ParameterStoreConnection,
  name: string,
  signal: AbortSignal,
): Promise<Version[]> {
  const operation = 'GetParameterHistory';
  const found: Version[] = [];
  await eachPage(
    async (token) => {
      const answer: GetParameterHistoryResult = await connection.call(
        { operation, path: name, signal },
        (client, http) =>
          client.getParameterHistory(
            {
              Name: name,
              WithDecryption: false,
              MaxResults: PAGE,
              ...(token !== undefined && { NextToken: token }),
            },
            http,
          ),
      );
      if (!Array.isArray(answer.Parameters)) throw unexpectedAnswer(operation, name);
      return { versions: answer.Parameters, nextToken: answer.NextToken || undefined };
    },
    ({ versions }) => {
      for (const one of versions) {
        if (one.Version === undefined) throw unexpectedAnswer(operation, name);
        found.push({
          name,
          type: one.Type,
          number: one.Version,
          modifiedAt: one.LastModifiedDate,
          description: one.Description,
          keyId: one.KeyId,
          tier: one.Tier,
          by: personOf(one.LastModifiedUser),
          labels: one.Labels ?? [],
        });
      }
      return versions.length > 0;
    },
    PAGE_BOUNDS,
  );
  return found.toSorted((a, b) => a.number - b.number);
}

/** The name at the end of an ARN. */
const personOf = (arn: string | undefined): string | undefined =>
  arn?.slice(arn.lastIndexOf(':') + 1) || undefined;

export async function listVersions(
  connection: ParameterStoreConnection,
  path: string,
  signal: AbortSignal,
): Promise<History> {
  const name = connection.names.nameOf(path);
  if (isFolder(path)) return folderHistory(connection, path, signal);
  const versions = await versionsOfParameter(connection, name, signal);
  const newest = versions.at(-1)?.number;
  return {
    isKept: true,
    isComplete: true,
    versions: versions.toReversed().map(({ number, modifiedAt, by, labels }): SecretVersion => ({
      revision: asRevision(versionOf({ number, modifiedAt })),
      version: `v${String(number)}`,
      state: number === newest ? 'current' : 'past',
      labels,
      createdAt: modifiedAt,
      createdBy: by,
    })),
  };
}

/** Not complete: what was deleted from the folder is gone from all of its versions. */
async function folderHistory(
  connection: ParameterStoreConnection,
  path: string,
  signal: AbortSignal,
): Promise<History> {
  const folder = connection.names.nameOf(path);
  const keys = [...(await readFolder(connection, folder, signal)).keys()];
  if (keys.length === 0) throw new AppError('NOT_FOUND', { details: { path } });
  const changes: (Version & { readonly key: string })[] = [];
  const read = async (key: string) => {
    const name = nameInFolder(folder, key);
    return (await versionsOfParameter(connection, name, signal)).map((one) => ({ ...one, key }));
  };
  const { GetParameterHistory: limit } = connection.limits;
  for await (const found of mapConcurrently(keys, limit, read)) changes.push(...found);
  const at = ({ modifiedAt }: Version): number => modifiedAt?.getTime() ?? 0;
  changes.sort((a, b) => at(a) - at(b) || a.number - b.number);

  return historyOfEntries(
    changes.map((change) => ({
      key: change.key,
      version: versionOf(change),
      at: change.modifiedAt,
      by: change.by,
    })),
  );
}
