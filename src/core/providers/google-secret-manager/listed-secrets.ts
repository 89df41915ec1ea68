import { FOLDER_ANNOTATION } from './names';
import type { GoogleSecret } from './secrets';

/** A listing, in a form in which each folder is found at once. */
export interface ListedSecrets {
  readonly byFolder: ReadonlyMap<string, readonly GoogleSecret[]>;
  /** Those that do not name their folder. */
  readonly unmarked: readonly GoogleSecret[];
}

export function groupedByFolder(secrets: readonly GoogleSecret[]): ListedSecrets {
  const byFolder = new Map<string, GoogleSecret[]>();
  const unmarked: GoogleSecret[] = [];
  for (const secret of secrets) {
    const folder = secret.annotations?.[FOLDER_ANNOTATION];
    if (folder === undefined) unmarked.push(secret);
    else {
      const others = byFolder.get(folder) ?? [];
      others.push(secret);
      byFolder.set(folder, others);
    }
  }
  return { byFolder, unmarked };
}
