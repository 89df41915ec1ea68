/** Recovering deleted secrets. */
import { AppError, isAppError } from '@shared/errors';
import { isFolder } from '@shared/model/layout';
import type { KeyVaultConnection } from './connection';
import { keyIn } from './names';
import { namesIn } from './read';
import { getSecret, listDeleted, recoverSecret } from './secrets';

/** Milliseconds between two looks whether Azure is done. */
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
  if (names.length === 0 && (await namesIn(connection, path, signal)).size === 0) throw gone(path);
  for (const name of names) await undelete(connection, name, signal);
}

/** As `undeletePath`, for one secret. */
export async function undelete(
  connection: KeyVaultConnection,
  name: string,
  signal: AbortSignal,
): Promise<void> {
  const { api, runtime } = connection;
  for (let look = 0; look < LOOKS; look += 1) {
    if (await isThere(connection, name, signal)) return;
    try {
      await recoverSecret(api, name, signal);
    } catch (error) {
      // It may be recovered by now, or about to be.
      if (isAppError(error, 'NOT_FOUND')) {
        if (await isThere(connection, name, signal)) return;
        if (look === 0) throw gone(name);
      } else if (!isBusy(error)) throw error;
    }
    await runtime.wait(PAUSE, signal);
  }
  throw new AppError('TIMED_OUT', {
    message: 'Azure has not finished the recovery of the secret.',
    hint: 'Pull it again in a minute.',
    details: { path: name },
  });
}

/**
 * Runs a write, again and again while the secret is being deleted, purged or recovered. A recovered one can be
 * read some time before it can be written.
 */
export async function whenFree<T>(
  { runtime }: KeyVaultConnection,
  signal: AbortSignal,
  write: () => Promise<T>,
): Promise<T> {
  for (let look = 1; ; look += 1) {
    try {
      return await write();
    } catch (error) {
      if (look === LOOKS || !isBusy(error)) throw error;
    }
    await runtime.wait(PAUSE, signal);
  }
}

const isBusy = (error: unknown): boolean =>
  isAppError(error) && error.details?.serverCode?.startsWith('ObjectIsBeing') === true;

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
    // It is there, and disabled.
    if (isAppError(error, 'REQUEST_REFUSED')) return true;
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
