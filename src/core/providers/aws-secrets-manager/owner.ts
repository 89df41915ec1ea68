/** The mark of a declared set-up, as a tag. A tag is no version: neither value nor labels change. */
import { isAppError } from '@shared/errors';
import { isUnavailable } from '../aws/errors';
import { OWNER_MARK, ownershipOf, type Ownership } from '../provider';
import type { SecretsManagerConnection } from './connection';
import { describeIfPermitted } from './describe';

const notPermitted: Ownership = { state: 'unknown', why: 'not-permitted' };

/** Throws what any call may throw, `PERMISSION_DENIED` apart. */
export async function ownerOfSecret(
  connection: SecretsManagerConnection,
  path: string,
  signal: AbortSignal,
): Promise<Ownership> {
  try {
    const described = await describeIfPermitted(connection, path, signal);
    return described === undefined ? notPermitted : ownershipOf(described.tags.get(OWNER_MARK));
  } catch (error) {
    if (isAppError(error, 'NOT_FOUND')) return { state: 'unowned' };
    throw error;
  }
}

/** Throws `NOT_FOUND`, `SCHEDULED_FOR_DELETION` … */
export async function setOwnerOfSecret(
  connection: SecretsManagerConnection,
  path: string,
  owner: string | null,
  signal: AbortSignal,
): Promise<Ownership> {
  const operation = owner === null ? 'UntagResource' : 'TagResource';
  try {
    await connection.call({ operation, path, signal }, async (client, http) => {
      const secret = { SecretId: path };
      if (owner === null) await client.untagResource({ ...secret, TagKeys: [OWNER_MARK] }, http);
      else {
        const tags = [{ Key: OWNER_MARK, Value: owner }];
        await client.tagResource({ ...secret, Tags: tags }, http);
      }
    });
    return ownershipOf(owner ?? undefined);
  } catch (error) {
    if (isUnavailable(error)) return notPermitted;
    throw error;
  }
}
