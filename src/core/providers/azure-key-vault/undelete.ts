/** Recovering deleted secrets. */
import { AppError, isAppError } from '@shared/errors';
import { isFolder } from '../layout';
import type { KeyVaultConnection } from './connection';
import { keyIn } from './read';
import { getSecret, listDeleted, recoverSecret } from './secrets';

/** Milliseconds between two looks whether a recovery is done. */
const PAUSE = 500;

/** Looks. Azure says that a recovery takes some seconds. */
const LOOKS = 40;

/** Does nothing if there is a secret at the path. Throws `NOT_FOUND` if the vault keeps none. */
export async function undeletePath(
  connection: KeyVaultConnection,
  path: string,
  signal: AbortSignal,
): Promise<void> {
  const names = isFolder(path) ? await deletedIn(connection, path, signal) : [path];
  if (names.length === 0) throw gone(path);
  for (const name of names) await undelete(connection, name, signal);
}

async function undelete(
  connection: KeyVaultConnection,
  name: string,
  signal: AbortSignal,
): Promise<void> {
  const { api, runtime } = connection;
  if (await isThere(connection, name, signal)) return;
  try {
    await recoverSecret(api, name, signal);
  } catch (error) {
    throw isAppError(error, 'NOT_FOUND') ? gone(name) : error;
  }
  for (let look = 0; look < LOOKS; look += 1) {
    if (await isThere(connection, name, signal)) return;
    await runtime.wait(PAUSE, signal);
  }
  throw new AppError('TIMED_OUT', {
    message: 'Azure has not finished the recovery of the secret.',
    hint: 'Pull it again in a minute.',
    details: { path: name },
  });
}

async function isThere(
  { api }: KeyVaultConnection,
  name: string,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    await getSecret(api, name, signal);
    return true;
  } catch (error) {
    if (isAppError(error, 'NOT_FOUND')) return false;
    throw error;
  }
}

async function deletedIn(
  connection: KeyVaultConnection,
  path: string,
  signal: AbortSignal,
): Promise<string[]> {
  const deleted = await listDeleted(connection.api, signal);
  return deleted.filter((item) => keyIn(path, item) !== undefined).map(({ name }) => name);
}

const gone = (path: string): AppError =>
  new AppError('NOT_FOUND', {
    message: 'The vault keeps nothing of a secret of this name.',
    likelyCause: 'It was purged, or the time to recover it has passed.',
    hint: 'Write it again.',
    details: { path },
  });
