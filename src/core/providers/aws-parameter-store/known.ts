/** What a parameter is like before it is written over, so that it keeps what it is. */
import { isAppError } from '@shared/errors';
import type { ParameterStoreConnection } from './connection';
import { describeIfPermitted, type Description } from './describe';
import { versionsOfParameter } from './history';
import { readParameter } from './read';

/**
 * Asks the one call after the other that tells it, until one of them is permitted. The last one does not tell
 * key, tier and description. Throws `NOT_FOUND` if there is no such parameter.
 */
export async function knownAs(
  connection: ParameterStoreConnection,
  name: string,
  signal: AbortSignal,
): Promise<Description> {
  const [described] = (await describeIfPermitted(connection, { name }, signal)) ?? [];
  return described ?? knownWithoutDescribing(connection, name, signal);
}

/** The same without ssm:DescribeParameters. */
export async function knownWithoutDescribing(
  connection: ParameterStoreConnection,
  name: string,
  signal: AbortSignal,
): Promise<Description> {
  const newest = await newestInHistory(connection, name, signal);
  if (newest !== undefined) return newest;
  const { type, number, modifiedAt } = await readParameter(connection, name, signal);
  return {
    name,
    type,
    number,
    modifiedAt,
    description: undefined,
    keyId: undefined,
    tier: undefined,
  };
}

/** `undefined` if ssm:GetParameterHistory is not permitted. */
async function newestInHistory(
  connection: ParameterStoreConnection,
  name: string,
  signal: AbortSignal,
): Promise<Description | undefined> {
  try {
    return (await versionsOfParameter(connection, name, signal)).at(-1);
  } catch (error) {
    if (isAppError(error, 'PERMISSION_DENIED')) return undefined;
    throw error;
  }
}
