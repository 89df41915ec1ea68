/**
 * What is under a name, without its value: DescribeSecret if that is permitted, else ListSecrets, which is
 * one of the guide's five permissions and up to five minutes behind. Its answer counts only if it knows
 * what the caller knows.
 */
import { isAppError } from '@shared/errors';
import { type Glance, type GlanceOptions } from '../provider';
import { asRevision } from '@core/secrets/revision';
import type { SecretsManagerConnection } from './connection';
import {
  describeByListing,
  describeIfPermitted,
  labelledVersion,
  type Description,
} from './describe';
import { isUnavailable } from '../aws/errors';
import { versionLabel } from './read';

type Known = NonNullable<GlanceOptions['known']>;

/** Throws what any call may throw, `PERMISSION_DENIED` apart. */
export async function glanceAtSecret(
  connection: SecretsManagerConnection,
  path: string,
  known: Known | undefined,
  signal: AbortSignal,
): Promise<Glance> {
  try {
    const described = await describeIfPermitted(connection, path, signal);
    if (described !== undefined) return glanceOf(described);
    const listed = await describeByListing(connection, path, signal);
    return listed !== undefined && known !== undefined && isAsNewAs(listed, known)
      ? glanceOf(listed)
      : notPermitted;
  } catch (error) {
    if (isAppError(error, 'NOT_FOUND')) return { state: 'absent' };
    if (isUnavailable(error)) return notPermitted;
    throw error;
  }
}

const notPermitted: Glance = { state: 'unknown', why: 'not-permitted' };

/** Whether a listing knows of this version: it has a label, or has lost it to later changes. */
const isAsNewAs = ({ labels, changedAt }: Description, known: Known): boolean =>
  labels.has(known.revision) ||
  (changedAt !== undefined && known.modifiedAt !== undefined && changedAt > known.modifiedAt);

function glanceOf(description: Description): Glance {
  const { deletedAt: until } = description;
  if (until !== undefined) return { state: 'scheduled-for-deletion', until };
  const id = labelledVersion(description, 'AWSCURRENT');
  // Created without a value, which to a reader is as good as not there.
  if (id === undefined) return { state: 'absent' };
  // No time: LastChangedDate is also that of a new tag or description.
  return { state: 'present', revision: asRevision(id), version: versionLabel(id) };
}
