/** Listing the environments among the secrets. */
import { AppError, isAppError } from '@shared/errors';
import { withDeadline } from '@core/network/deadline';
import type { Listing, ListOptions } from '../provider';
import type { KeyVaultConnection } from './connection';
import { groupedByFolder } from './listed-secrets';
import { FOLDER_TAG } from './names';
import { listSecrets, type Item } from './secrets';

/** Milliseconds. A vault returns 25 a page. */
const LIST_DEADLINE = 300_000;

/**
 * The paths of the environments that these secrets make up. The secret of a certificate is none:
 * it holds a key file, and only the vault changes it.
 */
export const environmentsIn = (secrets: readonly Item[]): Set<string> =>
  new Set(
    secrets.filter(({ isManaged }) => !isManaged).map(({ name, tags }) => tags[FOLDER_TAG] ?? name),
  );

/** Throws `PERMISSION_DENIED` if listing is refused: names can still be typed then. */
export function listEnvironments(
  { api, listings }: KeyVaultConnection,
  { signal, onFound }: ListOptions,
): Promise<Listing> {
  return withDeadline(signal, LIST_DEADLINE, async (either) => {
    try {
      const paths = new Set<string>();
      const found = await listSecrets(api, either, (secrets) => {
        for (const path of environmentsIn(secrets)) paths.add(path);
        onFound?.(paths.size);
      });
      const listing = { secrets: [...paths].toSorted().map((path) => ({ path })), unlisted: [] };
      listings.set(listing, groupedByFolder(found));
      return listing;
    } catch (error) {
      throw isAppError(error, 'PERMISSION_DENIED') ? listingRefused(error) : error;
    }
  });
}

/** A firewall refuses everything, and says so better. */
export const listingRefused = (error: AppError): AppError =>
  /^ForbiddenBy(Firewall|Connection)$/.test(error.details?.serverCode ?? '')
    ? error
    : new AppError('PERMISSION_DENIED', {
        message: 'The credentials may not list the secrets of this vault.',
        likelyCause: error.likelyCause,
        hint: `You can link environments to names that you type. To list all: ${error.hint}`,
        remedy: error.remedy,
        details: error.details,
        cause: error,
      });
