/**
 * The versions of an environment. A parameter keeps its last 100 versions; a deleted one keeps none. A folder
 * has no versions: they are put together from those of its parameters.
 */
import type { GetParameterHistoryResult, ParameterHistory } from '@aws-sdk/client-ssm';
import { AppError } from '@shared/errors';
import { mapConcurrently } from '@core/network/concurrency';
import { asRevision } from '@core/secrets/revision';
import { unexpectedAnswer } from '../aws/errors';
import { revisionOfEntries } from '../entries';
import { isFolder } from '../layout';
import type { History, SecretVersion } from '../provider';
import type { ParameterStoreConnection } from './connection';
import { MAX_PAGES } from './describe';
import { readFolder, versionOf } from './read';

/** Milliseconds. Changes of different parameters that are no further apart come from one save. */
const ONE_SAVE = 5000;

interface Version {
  readonly number: number;
  readonly modifiedAt: Date | undefined;
  readonly by: string | undefined;
  readonly labels: readonly string[];
}

async function versionsOfParameter(
  connection: ParameterStoreConnection,
  name: string,
  signal: AbortSignal,
): Promise<Version[]> {
  const operation = 'GetParameterHistory';
  const found: ParameterHistory[] = [];
  let token: string | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const asked = token;
    const answer: GetParameterHistoryResult = await connection.call(
      { operation, path: name, signal },
      (client, http) =>
        client.getParameterHistory(
          {
            Name: name,
            WithDecryption: false,
            MaxResults: 50,
            ...(asked !== undefined && { NextToken: asked }),
          },
          http,
        ),
    );
    if (!Array.isArray(answer.Parameters)) throw unexpectedAnswer(operation, name);
    found.push(...answer.Parameters);
    token = answer.NextToken || undefined;
    if (token === undefined) {
      return found.map(({ Version: number, LastModifiedDate, LastModifiedUser, Labels = [] }) => {
        if (number === undefined) throw unexpectedAnswer(operation, name);
        return {
          number,
          modifiedAt: LastModifiedDate,
          by: personOf(LastModifiedUser),
          labels: Labels,
        };
      });
    }
    if (token === asked) break;
  }
  throw unexpectedAnswer(operation, name);
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
  const newest = Math.max(...versions.map(({ number }) => number));
  return {
    isKept: true,
    isComplete: true,
    versions: versions
      .toSorted((a, b) => b.number - a.number)
      .map(({ number, modifiedAt, by, labels }): SecretVersion => ({
        revision: asRevision(versionOf(number, modifiedAt)),
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
    const name = folder === '/' ? `/${key}` : `${folder}/${key}`;
    return (await versionsOfParameter(connection, name, signal)).map((one) => ({ ...one, key }));
  };
  const { GetParametersByPath: limit } = connection.limits;
  for await (const found of mapConcurrently(keys, limit, read)) changes.push(...found);
  const at = ({ modifiedAt }: Version): number => modifiedAt?.getTime() ?? 0;
  changes.sort((a, b) => at(a) - at(b) || a.number - b.number);

  const now = new Map<string, string>();
  const inSave = new Set<string>();
  const versions: SecretVersion[] = [];
  for (const [index, change] of changes.entries()) {
    now.set(change.key, versionOf(change.number, change.modifiedAt));
    inSave.add(change.key);
    const next = changes[index + 1];
    const goesOn =
      next !== undefined &&
      at(next) - at(change) <= ONE_SAVE &&
      next.by === change.by &&
      !inSave.has(next.key);
    if (goesOn) continue;
    inSave.clear();
    versions.push({
      revision: revisionOfEntries(now),
      version: `v${String(versions.length + 1)}`,
      state: next === undefined ? 'current' : 'past',
      labels: [],
      createdAt: change.modifiedAt,
      createdBy: change.by,
    });
  }
  return { isKept: true, isComplete: false, versions: versions.toReversed() };
}
