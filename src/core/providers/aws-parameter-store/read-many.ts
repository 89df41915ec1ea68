/** Reading many environments: those in one parameter ten a call, folders one by one. */
import { concernsConnection, isAppError, isAuthenticationFailure } from '@shared/errors';
import { isFolder } from '@shared/model/layout';
import { mapConcurrently } from '@core/network/concurrency';
import { errorFromAnswer, unexpectedAnswer } from '../aws/errors';
import type { ReadOutcome } from '../provider';
import { readEach } from '../read-each';
import type { ParameterStoreConnection } from './connection';
import { PAGE, parameterOf, readPath, snapshotOf } from './read';

interface BatchResult {
  readonly outcomes: readonly ReadOutcome[];
  /** Paths that the call did not settle. A call for each of them says more. */
  readonly left: readonly string[];
}

/** One outcome for each path, in any order. Throws `CANCELLED` and nothing else. */
export async function* readMany(
  connection: ParameterStoreConnection,
  paths: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<ReadOutcome, void, undefined> {
  const { reads } = connection;
  const wanted = [...new Set(paths)];
  const objects = wanted.filter((path) => !isFolder(path));
  const alone = wanted.filter(isFolder);
  const batches: string[][] = [];
  while (objects.length > 1) batches.push(objects.splice(0, PAGE));
  alone.push(...objects);
  const read = (batch: readonly string[]) => readBatch(connection, batch, signal);
  for await (const { outcomes, left } of mapConcurrently(batches, reads, read)) {
    yield* outcomes;
    alone.push(...left);
  }
  yield* readEach(alone, reads, (path) => readPath(connection, path, signal));
}

/**
 * AWS answers with an error for the whole batch if one name is refused or one KMS key cannot be used. Only a
 * failure of the connection applies to all names.
 */
async function readBatch(
  connection: ParameterStoreConnection,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<BatchResult> {
  const operation = 'GetParameters';
  try {
    const pathOf = new Map(paths.map((path) => [connection.names.nameOf(path), path]));
    const answer = await connection.call({ operation, signal }, (client, http) =>
      client.getParameters({ Names: [...pathOf.keys()], WithDecryption: true }, http),
    );
    // Another service that answers in JSON must not look like a store without parameters.
    if (!Array.isArray(answer.Parameters)) throw unexpectedAnswer(operation);
    const { service, settings } = connection;
    const host = (await connection.endpoint()).hostname;
    const outcomes = new Map<string, ReadOutcome>();
    for (const one of answer.Parameters) {
      const found = parameterOf(one, operation);
      const path = pathOf.get(found.name);
      if (path !== undefined) outcomes.set(path, { path, snapshot: snapshotOf(path, found) });
    }
    for (const name of answer.InvalidParameters ?? []) {
      const path = pathOf.get(name);
      if (path === undefined) continue;
      const context = { service, settings, host, operation, path: name };
      outcomes.set(path, { path, error: errorFromAnswer({ name: 'ParameterNotFound' }, context) });
    }
    return { outcomes: [...outcomes.values()], left: paths.filter((path) => !outcomes.has(path)) };
  } catch (error) {
    if (!isAppError(error) || error.code === 'CANCELLED') throw error;
    const isForAll = concernsConnection(error.code) || isAuthenticationFailure(error.code);
    return isForAll
      ? { outcomes: paths.map((path) => ({ path, error })), left: [] }
      : { outcomes: [], left: paths };
  }
}
