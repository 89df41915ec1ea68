/** Reading parameters. */
import type { GetParametersByPathResult, Parameter, ParameterType } from '@aws-sdk/client-ssm';
import { AppError } from '@shared/errors';
import { mapConcurrently } from '@core/network/concurrency';
import { withDeadline } from '@core/network/deadline';
import { documentFromText } from '@core/secrets/document';
import { asRevision, type Revision } from '@core/secrets/revision';
import { Secret } from '@core/secrets/secret';
import { unexpectedAnswer } from '../aws/errors';
import { eachPage } from '../aws/pages';
import { versionsIn, snapshotOfEntries, type StoredEntries, type StoredEntry } from '../entries';
import { isFolder } from '@shared/model/layout';
import type { SecretSnapshot } from '../provider';
import type { ParameterStoreConnection } from './connection';
import { describeIfPermitted, isObject, PAGE_BOUNDS } from './describe';
import { keyIn, nameInFolder } from './names';

/** The most that GetParametersByPath and GetParameters return. */
export const PAGE = 10;

/** One version of a parameter. The time tells it from a version of a parameter of the same name before. */
export const versionOf = ({
  number,
  modifiedAt,
}: Pick<ReadParameter, 'number' | 'modifiedAt'>): string =>
  `${String(number)}@${String(modifiedAt?.getTime() ?? 0)}`;

/** The number in `versionOf`. */
export const numberIn = (version: string): number => Number.parseInt(version, 10);

export interface ReadParameter {
  readonly name: string;
  readonly text: string;
  readonly type: ParameterType | undefined;
  readonly number: number;
  readonly modifiedAt: Date | undefined;
}

/** Throws `UNEXPECTED_ANSWER` if something is missing that AWS always sends. */
export function parameterOf(answer: Parameter | undefined, operation: string): ReadParameter {
  const { Name: name, Value: text, Version: number } = answer ?? {};
  if (name === undefined || text === undefined || number === undefined) {
    throw unexpectedAnswer(operation, name);
  }
  return { name, text, number, type: answer?.Type, modifiedAt: answer?.LastModifiedDate };
}

/** The newest version, or one with this number. Throws `NOT_FOUND`. */
export async function readParameter(
  connection: ParameterStoreConnection,
  name: string,
  signal: AbortSignal,
  number?: number,
): Promise<ReadParameter> {
  const operation = 'GetParameter';
  const selector = number === undefined ? '' : `:${String(number)}`;
  const answer = await connection.call({ operation, path: name, signal }, (client, http) =>
    client.getParameter({ Name: `${name}${selector}`, WithDecryption: true }, http),
  );
  return parameterOf(answer.Parameter, operation);
}

/**
 * The variables of a folder. Environments that are one parameter and lie beside them do not count, as far as
 * ssm:DescribeParameters is permitted to tell them apart.
 */
export function readFolder(
  connection: ParameterStoreConnection,
  folder: string,
  signal: AbortSignal,
): Promise<StoredEntries> {
  // Each page has its own deadline, and there may be thousands of them.
  return withDeadline(signal, connection.options.listDeadline, async (either) => {
    const found = new Map<string, StoredEntry>();
    await eachPage(
      (token) => pageOf(connection, folder, either, token),
      ({ parameters }) => {
        for (const { name, text, number, modifiedAt } of parameters) {
          const key = keyIn(folder, name);
          if (key === undefined) continue;
          const version = versionOf({ number, modifiedAt });
          found.set(key, { value: new Secret(text), version, modifiedAt });
        }
        return parameters.length > 0;
      },
      PAGE_BOUNDS,
    );
    const mayBeObjects = [...found.values()].some(({ value }) => value.reveal().startsWith('{'));
    if (!mayBeObjects) return found;
    for (const one of (await describeIfPermitted(connection, { folder }, either)) ?? []) {
      if (isObject(one)) found.delete(keyIn(folder, one.name) ?? '');
    }
    return found;
  });
}

async function pageOf(
  connection: ParameterStoreConnection,
  folder: string,
  signal: AbortSignal,
  token: string | undefined,
): Promise<{ readonly parameters: ReadParameter[]; readonly nextToken: string | undefined }> {
  const operation = 'GetParametersByPath';
  const answer: GetParametersByPathResult = await connection.call(
    { operation, path: folder, signal },
    (client, http) =>
      client.getParametersByPath(
        {
          Path: folder,
          WithDecryption: true,
          MaxResults: PAGE,
          ...(token !== undefined && { NextToken: token }),
        },
        http,
      ),
  );
  // Some other service that answers in JSON must not pass for an empty folder.
  if (!Array.isArray(answer.Parameters)) throw unexpectedAnswer(operation, folder);
  return {
    parameters: answer.Parameters.map((one) => parameterOf(one, operation)),
    nextToken: answer.NextToken || undefined,
  };
}

/** Throws `NOT_FOUND` if there is nothing at the path. */
export async function readPath(
  connection: ParameterStoreConnection,
  path: string,
  signal: AbortSignal,
): Promise<SecretSnapshot> {
  const name = connection.names.nameOf(path);
  if (isFolder(path)) return snapshotOfEntries(path, await readFolder(connection, name, signal));
  return snapshotOf(path, await readParameter(connection, name, signal));
}

export const snapshotOf = (
  path: string,
  { text, number, modifiedAt }: ReadParameter,
): SecretSnapshot => ({
  path,
  document: documentFromText(text),
  revision: asRevision(versionOf({ number, modifiedAt })),
  version: `v${String(number)}`,
  modifiedAt,
});

/** Throws `NOT_FOUND` if AWS does not keep that version, or keeps another one of its number. */
export async function readPathVersion(
  connection: ParameterStoreConnection,
  path: string,
  revision: Revision,
  signal: AbortSignal,
): Promise<SecretSnapshot> {
  const name = connection.names.nameOf(path);
  if (!isFolder(path)) {
    return snapshotOf(path, await readParameterVersion(connection, name, revision, signal));
  }
  const entries = new Map<string, StoredEntry>();
  const readOne = async ([key, version]: [string, string]): Promise<[string, StoredEntry]> => {
    const inFolder = nameInFolder(name, key);
    const found = await readParameterVersion(connection, inFolder, version, signal);
    return [key, { value: new Secret(found.text), version, modifiedAt: found.modifiedAt }];
  };
  const { reads } = connection;
  for await (const [key, entry] of mapConcurrently(versionsIn(revision), reads, readOne)) {
    entries.set(key, entry);
  }
  return snapshotOfEntries(path, entries);
}

/** Throws `NOT_FOUND` if that version is not kept. */
export async function readParameterVersion(
  connection: ParameterStoreConnection,
  name: string,
  version: string,
  signal: AbortSignal,
): Promise<ReadParameter> {
  const found = await readParameter(connection, name, signal, numberIn(version));
  if (versionOf(found) === version) return found;
  throw new AppError('NOT_FOUND', {
    message: 'This version belongs to a parameter of the same name that was deleted.',
    hint: 'Choose another version.',
    details: { path: name },
  });
}
