/** Reading parameters. */
import type { GetParametersByPathResult, Parameter } from '@aws-sdk/client-ssm';
import { AppError } from '@shared/errors';
import { documentFromText } from '@core/secrets/document';
import { asRevision, type Revision } from '@core/secrets/revision';
import { Secret } from '@core/secrets/secret';
import { unexpectedAnswer } from '../aws/errors';
import { versionsIn, snapshotOfEntries, type StoredEntries, type StoredEntry } from '../entries';
import { isFolder } from '../layout';
import type { SecretSnapshot } from '../provider';
import type { ParameterStoreConnection } from './connection';
import { describeAll, isObject, MAX_PAGES } from './describe';
import { keyOf } from './names';

/** The most that GetParametersByPath and GetParameters return. */
const PAGE = 10;

/** One version of a parameter. The time tells it from a version of a parameter of the same name before. */
export const versionOf = (number: number, modifiedAt: Date | undefined): string =>
  `${String(number)}@${String(modifiedAt?.getTime() ?? 0)}`;

/** The number in `versionOf`. */
export const numberIn = (version: string): number => Number.parseInt(version, 10);

export interface ReadParameter {
  readonly name: string;
  readonly text: string;
  readonly number: number;
  readonly modifiedAt: Date | undefined;
}

function parameterOf(answer: Parameter | undefined, operation: string): ReadParameter {
  const { Name: name, Value: text, Version: number, LastModifiedDate: modifiedAt } = answer ?? {};
  if (name === undefined || text === undefined || number === undefined) {
    throw unexpectedAnswer(operation, name);
  }
  return { name, text, number, modifiedAt };
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

/** The variables of a folder. Environments that are one parameter and lie beside them do not count. */
export async function readFolder(
  connection: ParameterStoreConnection,
  folder: string,
  signal: AbortSignal,
): Promise<StoredEntries> {
  const found = new Map<string, StoredEntry>();
  for await (const { name, text, number, modifiedAt } of parametersIn(connection, folder, signal)) {
    found.set(keyOf(name), {
      value: new Secret(text),
      version: versionOf(number, modifiedAt),
      modifiedAt,
    });
  }
  const mayBeObjects = [...found.values()].some(({ value }) => value.reveal().startsWith('{'));
  if (!mayBeObjects) return found;
  for (const parameter of await describeAll(connection, { folder }, signal)) {
    if (isObject(parameter)) found.delete(keyOf(parameter.name));
  }
  return found;
}

async function* parametersIn(
  connection: ParameterStoreConnection,
  folder: string,
  signal: AbortSignal,
): AsyncGenerator<ReadParameter, void, undefined> {
  const operation = 'GetParametersByPath';
  let token: string | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const asked = token;
    const answer: GetParametersByPathResult = await connection.call(
      { operation, path: folder, signal },
      (client, http) =>
        client.getParametersByPath(
          {
            Path: folder,
            WithDecryption: true,
            MaxResults: PAGE,
            ...(asked !== undefined && { NextToken: asked }),
          },
          http,
        ),
    );
    // A page may be empty and not be the last: only a missing token says so.
    for (const parameter of answer.Parameters ?? []) yield parameterOf(parameter, operation);
    token = answer.NextToken || undefined;
    if (token === undefined) return;
    if (token === asked) break;
  }
  throw unexpectedAnswer(operation, folder);
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
  revision: asRevision(versionOf(number, modifiedAt)),
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
  for (const [key, version] of versionsIn(revision)) {
    const inFolder = name === '/' ? `/${key}` : `${name}/${key}`;
    const found = await readParameterVersion(connection, inFolder, version, signal);
    const { modifiedAt } = found;
    entries.set(key, { value: new Secret(found.text), version, modifiedAt });
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
  if (versionOf(found.number, found.modifiedAt) === version) return found;
  throw new AppError('NOT_FOUND', {
    message: 'This version belongs to a parameter of the same name that was deleted.',
    hint: 'Choose another version.',
    details: { path: name },
  });
}
