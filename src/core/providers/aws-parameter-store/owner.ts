/**
 * The mark of a declared set-up, as a tag. In a folder every parameter has it, and one is enough to own the
 * folder: a parameter that somebody added has none. A tag is no version of a parameter.
 */
import { AppError, isAppError } from '@shared/errors';
import { isFolder } from '@shared/model/layout';
import { isUnavailable } from '../aws/errors';
import { OWNER_MARK, ownershipOf, type Ownership } from '../provider';
import type { ParameterStoreConnection } from './connection';
import { describeAll, isObject, type Which } from './describe';

const notPermitted: Ownership = { state: 'unknown', why: 'not-permitted' };

/** Throws what any call may throw, `PERMISSION_DENIED` apart. */
export async function ownerAt(
  connection: ParameterStoreConnection,
  path: string,
  signal: AbortSignal,
): Promise<Ownership> {
  try {
    if (!isFolder(path)) return await markOf(connection, connection.names.nameOf(path), signal);
    const [first] = await parametersAt(connection, path, signal, OWNER_MARK);
    return first === undefined ? { state: 'unowned' } : await markOf(connection, first, signal);
  } catch (error) {
    if (isAppError(error, 'NOT_FOUND')) return { state: 'unowned' };
    if (isUnavailable(error)) return notPermitted;
    throw error;
  }
}

/** Throws `NOT_FOUND` … Parameters that have the mark already are left alone. */
export async function setOwnerAt(
  connection: ParameterStoreConnection,
  path: string,
  owner: string | null,
  signal: AbortSignal,
): Promise<Ownership> {
  try {
    for (const name of await toChange(connection, path, owner, signal)) {
      await setMark(connection, name, owner, signal);
    }
    return ownershipOf(owner ?? undefined);
  } catch (error) {
    if (isUnavailable(error)) return notPermitted;
    throw error;
  }
}

/** The parameters whose mark differs from `owner`. */
async function toChange(
  connection: ParameterStoreConnection,
  path: string,
  owner: string | null,
  signal: AbortSignal,
): Promise<string[]> {
  if (!isFolder(path)) return [connection.names.nameOf(path)];
  if (owner === null) return parametersAt(connection, path, signal, OWNER_MARK);
  const all = await parametersAt(connection, path, signal);
  if (all.length === 0) throw new AppError('NOT_FOUND', { details: { path } });
  const marked = new Set(await parametersAt(connection, path, signal, OWNER_MARK, owner));
  return all.filter((name) => !marked.has(name));
}

/** The names of the variables of a folder; only those with a tag, or with a value of it. */
async function parametersAt(
  connection: ParameterStoreConnection,
  path: string,
  signal: AbortSignal,
  tag?: string,
  value?: string,
): Promise<string[]> {
  const folder = connection.names.nameOf(path);
  const which: Which = { folder, ...(tag !== undefined && { tag: { key: tag, value } }) };
  const described = await describeAll(connection, which, signal);
  return described.filter((one) => !isObject(one)).map(({ name }) => name);
}

async function markOf(
  connection: ParameterStoreConnection,
  name: string,
  signal: AbortSignal,
): Promise<Ownership> {
  const answer = await connection.call(
    { operation: 'ListTagsForResource', path: name, signal },
    (client, http) =>
      client.listTagsForResource({ ResourceType: 'Parameter', ResourceId: name }, http),
  );
  return ownershipOf(answer.TagList?.find(({ Key }) => Key === OWNER_MARK)?.Value);
}

async function setMark(
  connection: ParameterStoreConnection,
  name: string,
  owner: string | null,
  signal: AbortSignal,
): Promise<void> {
  const operation = owner === null ? 'RemoveTagsFromResource' : 'AddTagsToResource';
  await connection.call({ operation, path: name, signal }, async (client, http) => {
    const resource = { ResourceType: 'Parameter', ResourceId: name } as const;
    if (owner === null) {
      await client.removeTagsFromResource({ ...resource, TagKeys: [OWNER_MARK] }, http);
    } else {
      const tags = [{ Key: OWNER_MARK, Value: owner }];
      await client.addTagsToResource({ ...resource, Tags: tags }, http);
    }
  });
}
