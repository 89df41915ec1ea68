/** Listing the environments among the secrets. */
import { AppError, isAppError } from '@shared/errors';
import { withDeadline } from '@core/network/deadline';
import type { Listing, ListOptions } from '../provider';
import type { GoogleConnection } from './connection';
import { FOLDER_ANNOTATION, lastPart } from './names';
import { listSecrets, type GoogleSecret } from './secrets';

/** Milliseconds. */
const LIST_DEADLINE = 300_000;

/** The paths of the environments that these secrets make up, in order. */
export const environmentsIn = (secrets: readonly GoogleSecret[]): string[] =>
  [
    ...new Set(
      secrets.map(({ name, annotations }) => annotations?.[FOLDER_ANNOTATION] ?? lastPart(name)),
    ),
  ].toSorted();

/** Throws `PERMISSION_DENIED` if listing is refused: ids can still be typed then. */
export function listEnvironments(
  { api }: GoogleConnection,
  { signal, onFound }: ListOptions,
): Promise<Listing> {
  return withDeadline(signal, LIST_DEADLINE, async (either) => {
    try {
      const found = await listSecrets(api, either, {
        onPage: (so) => onFound?.(environmentsIn(so).length),
      });
      return { secrets: environmentsIn(found).map((path) => ({ path })), unlisted: [] };
    } catch (error) {
      throw isAppError(error, 'PERMISSION_DENIED') ? listingRefused(error) : error;
    }
  });
}

/** Secret Accessor, the role for programs, may read secrets and not list them. */
export const listingRefused = (error: AppError): AppError =>
  new AppError('PERMISSION_DENIED', {
    message: 'The credentials may not list the secrets of this project.',
    likelyCause:
      'They have the role Secret Manager Secret Accessor, which reads and does not list.',
    hint: 'Ask for the role Secret Manager Viewer as well. Without it, link environments to ids that you type.',
    details: error.details,
    cause: error,
  });
