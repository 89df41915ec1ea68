/** The mark of a declared set-up, as a tag. Each version has tags; a write here carries them over. */
import { AppError, isAppError } from '@shared/errors';
import { isFolder } from '@shared/model/layout';
import { OWNER_MARK, ownershipOf, type Ownership } from '../provider';
import type { KeyVaultConnection } from './connection';
import { TAGS_MAX } from './limits';
import { keyIn, type Tagged } from './names';
import { getSecret, listSecrets, setTags } from './secrets';

const notPermitted: Ownership = { state: 'unknown', why: 'not-permitted' };

/** Throws what any call may throw, `PERMISSION_DENIED` apart. */
export async function ownerAt(
  connection: KeyVaultConnection,
  path: string,
  signal: AbortSignal,
): Promise<Ownership> {
  try {
    const secrets = await secretsAt(connection, path, signal);
    return ownershipOf(secrets.map(({ tags }) => tags[OWNER_MARK]).find((mark) => mark));
  } catch (error) {
    if (isAppError(error, 'NOT_FOUND') || isAppError(error, 'NAME_NOT_ALLOWED')) {
      return { state: 'unowned' };
    }
    if (isAppError(error, 'PERMISSION_DENIED')) return notPermitted;
    throw error;
  }
}

/** Throws `NOT_FOUND`, and `REQUEST_REFUSED` for a secret that has as many tags as Azure allows. */
export async function setOwnerAt(
  connection: KeyVaultConnection,
  path: string,
  owner: string | null,
  signal: AbortSignal,
): Promise<Ownership> {
  try {
    const secrets = await secretsAt(connection, path, signal);
    if (secrets.length === 0 && owner !== null)
      throw new AppError('NOT_FOUND', { details: { path } });
    for (const { name, tags } of secrets) {
      const { [OWNER_MARK]: before = null, ...others } = tags;
      if (before === owner) continue;
      const after = owner === null ? others : { ...others, [OWNER_MARK]: owner };
      if (Object.keys(after).length > TAGS_MAX) throw tooManyTags(name);
      await setTags(connection.api, name, after, signal);
    }
    return ownershipOf(owner ?? undefined);
  } catch (error) {
    if (isAppError(error, 'PERMISSION_DENIED')) return notPermitted;
    throw error;
  }
}

/** The secret of a path, or those of the variables of a folder. */
async function secretsAt(
  { api }: KeyVaultConnection,
  path: string,
  signal: AbortSignal,
): Promise<Tagged[]> {
  if (!isFolder(path)) return [await getSecret(api, path, signal)];
  const all = await listSecrets(api, signal);
  return all.filter((item) => !item.isManaged && item.isEnabled && keyIn(path, item) !== undefined);
}

const tooManyTags = (name: string): AppError =>
  new AppError('REQUEST_REFUSED', {
    message: `The secret ${name} has no room for the tag that says which configuration owns it.`,
    likelyCause: `Azure allows ${String(TAGS_MAX)} tags.`,
    hint: 'Remove one of its tags in Azure, then apply again.',
  });
