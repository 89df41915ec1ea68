/** The two ends of a migration in words. */
import type { Place } from '@shared/model/migration';
import { AppError } from '@shared/errors';
import { providerDescriptors } from '@shared/providers';

export const labelOf = ({ provider }: Pick<Place, 'provider'>): string =>
  providerDescriptors[provider].label;

/** The two places as a person says them, with their providers only if those differ. */
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
