/** Deleting parameters. It is final: AWS keeps no history of a deleted parameter. */
import { AppError, isAppError } from '@shared/errors';
import type { Revision } from '@core/secrets/revision';
import { unexpectedAnswer } from '../aws/errors';
import { listText } from '../check/texts';
import { assertOnlyOf } from '../entries';
import { isFolder } from '@shared/model/layout';
import type { RemoveOutcome } from '../provider';
import type { ParameterStoreConnection } from './connection';
import { nameInFolder } from './names';
import { readFolder, readParameter, versionOf } from './read';

/** The most that DeleteParameters takes. */
const BATCH = 10;

const NAMED = 5;

/** Throws `CONFLICT` if another version is there, and `NOT_FOUND` if there is nothing. */
export async function removePath(
  connection: ParameterStoreConnection,
  path: string,
  expected: Revision,
  signal: AbortSignal,
): Promise<RemoveOutcome> {
  const name = connection.names.nameOf(path);
  if (isFolder(path)) {
    await removeFolder(connection, path, expected, signal);
  } else {
    const found = await readParameter(connection, name, signal);
    if (versionOf(found) !== expected) throw new AppError('CONFLICT', { details: { path } });
    await deleteParameters(connection, [name], signal);
  }
  return { recoverable: false };
}

/** Throws `PARTLY_WRITTEN` if some were deleted when it failed. What is gone already is no conflict. */
async function removeFolder(
  connection: ParameterStoreConnection,
  path: string,
  expected: Revision,
  signal: AbortSignal,
): Promise<void> {
  const folder = connection.names.nameOf(path);
  const found = await readFolder(connection, folder, signal);
  if (found.size === 0) throw new AppError('NOT_FOUND', { details: { path } });
  assertOnlyOf(expected, new Map([...found].map(([key, { version }]) => [key, version])), path);
  const left = new Map([...found.keys()].map((key) => [nameInFolder(folder, key), key]));
  const gone: string[] = [];
  try {
    await deleteParameters(connection, [...left.keys()], signal, (name) => {
      gone.push(left.get(name) ?? name);
      left.delete(name);
    });
  } catch (error) {
    if (gone.length === 0) throw error;
    const why = isAppError(error) ? error : new AppError('INTERNAL', { cause: error });
    throw new AppError('PARTLY_WRITTEN', {
      message: `${String(gone.length)} of ${String(found.size)} parameters were deleted: ${listText(gone, NAMED)}. Still there: ${listText([...left.values()], NAMED)}.`,
      likelyCause: why.message,
      hint: `${why.hint} Then delete it again: what is left is deleted.`,
      details: why.details,
      cause: error,
    });
  }
}

/** `onDeleted` hears of each that is gone. One that was not there any more counts as deleted. */
export async function deleteParameters(
  connection: ParameterStoreConnection,
  names: readonly string[],
  signal: AbortSignal,
  onDeleted?: (name: string) => void,
): Promise<void> {
  const operation = 'DeleteParameters';
  for (let start = 0; start < names.length; start += BATCH) {
    const batch = names.slice(start, start + BATCH);
    const path = batch[0] ?? '';
    const answer = await connection.call({ operation, path, signal }, (client, http) =>
      client.deleteParameters({ Names: batch }, http),
    );
    // What was not there any more is in InvalidParameters.
    if (answer.DeletedParameters === undefined && answer.InvalidParameters === undefined) {
      throw unexpectedAnswer(operation, path);
    }
    if (onDeleted !== undefined) batch.forEach(onDeleted);
  }
}
