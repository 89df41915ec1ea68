import { listedByFolder, type ListedByFolder } from '../entries';
import { FOLDER_TAG } from './names';
import type { Item } from './secrets';

export type ListedSecrets = ListedByFolder<Item>;

/** Leaves out the secrets that Azure manages for certificates, and those that are disabled. */
export const groupedByFolder = (items: readonly Item[]): ListedSecrets =>
  listedByFolder(
    items.filter(({ isManaged, isEnabled }) => isEnabled && !isManaged),
    ({ tags }) => tags[FOLDER_TAG],
  );
