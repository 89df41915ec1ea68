/** Listing the environments among the secrets. */
import { AppError, isAppError } from '@shared/errors';
import { withDeadline } from '@core/network/deadline';
import type { Listing, ListOptions } from '../provider';
import type { GoogleConnection } from './connection';
import { groupedByFolder } from './listed-secrets';
import { FOLDER_ANNOTATION, lastPart } from './names';
import { listSecrets, type GoogleSecret } from './secrets';

/** Milliseconds. */
const LIST_DEADLINE = 300_000;

/** The paths of the environments that these secrets make up. */
export const environmentsIn = (secrets: readonly GoogleSecret[]): Set<string> =>
  new Set(
    secrets.map(({ name, annotations }) => annotations?.[FOLDER_ANNOTATION] ?? lastPart(name)),
  );

/** Throws `PERMISSION_DENIED` if listing is refused: ids can still be typed then. */
export function listEnvironments(
  { api, settings, listings }: GoogleConnection,
  { signal, onFound }: ListOptions,
): Promise<Listing> {
  return withDeadline(signal, LIST_DEADLINE, async (either) => {
    try {
      const paths = new Set<string>();
      const found = await listSecrets(api, either, {
        onPage: (secrets) => {
          for (const path of environmentsIn(secrets)) paths.add(path);
          onFound?.(paths.size);
        },
      });
      const listing = { secrets: [...paths].toSorted().map((path) => ({ path })), unlisted: [] };
      listings.set(listing, groupedByFolder(found));
      return listing;
    } catch (error) {
      if (!isListingRefused(error)) throw error;
      const { project } = await api.credentials.find();
      throw listingRefused(error, settings.values.project, project);
    }
  });
}

/** Whether a permission is missing, and nothing is wrong with a setting. */
export const isListingRefused = (error: unknown): error is AppError =>
  isAppError(error, 'PERMISSION_DENIED') && error.details?.field === undefined;

/**
 * Secret Accessor, the role for programs, may read secrets and not list them. Google says the same of a project
 * that does not exist. `own` is the project of the credentials, if they name one.
 */
export function listingRefused(
  error: AppError,
  project: string,
  own: string | undefined,
): AppError {
  const role = `Ask for the role Secret Manager Viewer in the project ${project}. Without it, link environments to ids that you type.`;
  const isElsewhere = own !== undefined && own !== project;
  return new AppError('PERMISSION_DENIED', {
    message: `The credentials may not list the secrets of the project ${project}, or there is no such project.`,
    likelyCause: isElsewhere
      ? `Project ID is not the project you mean: the credentials are for ${own}.`
      : 'They have the role Secret Manager Secret Accessor, which reads and does not list, or Project ID is misspelt.',
    hint: isElsewhere
      ? `If your secrets are in ${own}, enter it as Project ID. Otherwise: ${role}`
      : role,
    details: {
      ...error.details,
      ...(isElsewhere && { field: 'project', suggestion: own }),
    },
    cause: error,
  });
}
