import { FOLDER_TAG } from './names';
import type { Item } from './secrets';

/** A listing, in a form in which each folder is found at once. Those of certificates are not in it. */
export interface ListedSecrets {
  readonly byFolder: ReadonlyMap<string, readonly Item[]>;
  /** Those that do not name their folder. */
  readonly untagged: readonly Item[];
}

export function groupedByFolder(items: readonly Item[]): ListedSecrets {
  const byFolder = new Map<string, Item[]>();
  const untagged: Item[] = [];
  for (const item of items) {
    if (item.isManaged || !item.isEnabled) continue;
    const folder = item.tags[FOLDER_TAG];
    if (folder === undefined) untagged.push(item);
    else {
      const others = byFolder.get(folder) ?? [];
      others.push(item);
      byFolder.set(folder, others);
    }
  }
  return { byFolder, untagged };
}
