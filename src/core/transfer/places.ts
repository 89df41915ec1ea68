/** What stands at the two ends of a move, and how they are called. */
import type { Place } from '@shared/model/migration';
import { AppError, isAbsent, isAppError } from '@shared/errors';
import { providerDescriptors } from '@shared/providers';
import type { SecretSnapshot } from '@core/providers/provider';
import type { Connection } from '@core/connections/connections';

/** `undefined` where nothing is, or where it was deleted and can be brought back. */
export async function readIfThere(
  { provider }: Connection,
  path: string,
  signal: AbortSignal,
): Promise<SecretSnapshot | undefined> {
  try {
    return await provider.read(path, { signal });
  } catch (error) {
    if (isAppError(error) && isAbsent(error.code)) return undefined;
    throw error;
  }
}

/** As `readIfThere`; what waits for its deletion counts as gone. */
export async function readIfKept(
  connection: Connection,
  path: string,
  signal: AbortSignal,
): Promise<SecretSnapshot | undefined> {
  try {
    return await readIfThere(connection, path, signal);
  } catch (error) {
    if (isAppError(error, 'SCHEDULED_FOR_DELETION')) return undefined;
    throw error;
  }
}

export const labelOf = ({ provider }: Pick<Place, 'provider'>): string =>
  providerDescriptors[provider].label;

/** The two places as a person says them: with their providers only where those differ. */
export function nameBoth(from: Place, to: Place): { from: string; to: string } {
  if (from.provider === to.provider) return { from: from.path, to: to.path };
  return { from: `${from.path} in ${labelOf(from)}`, to: `${to.path} in ${labelOf(to)}` };
}

export const copyDiffers = (from: Place, to: Place): AppError => {
  const name = nameBoth(from, to);
  return new AppError('COPY_DIFFERS', {
    message: `What is at ${name.to} is not the same as what is at ${name.from}.`,
    details: { path: to.path },
  });
};

export const sourceGone = (from: Place, to: Place): AppError => {
  const name = nameBoth(from, to);
  return new AppError('NOT_FOUND', {
    message: `There is nothing at ${name.from} any more.`,
    hint: `Look at ${name.to}: if the values are there, keep them and end this migration.`,
    details: { path: from.path },
  });
};
