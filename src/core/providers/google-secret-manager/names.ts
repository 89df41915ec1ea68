/**
 * Paths of environments and ids of secrets. A path is the id of the secret that holds the environment. The
 * path of a folder is the beginning of the ids of its secrets: `shop-prod/` holds `shop-prod-DB_HOST`.
 */
import { isFolder } from '@shared/model/layout';

/** The beginning of the ids in a folder. */
export function beginningOf(folder: string): string {
  const own = isFolder(folder) ? folder.slice(0, -1) : folder;
  return /[-_]$/.test(own) ? own : `${own}-`;
}

/** The id of a variable. The true key is kept in an annotation if the id cannot hold it. */
export const idOf = (folder: string, key: string): string =>
  `${beginningOf(folder)}${key.replaceAll(/[^A-Za-z0-9_-]/g, '-')}`;

/** The annotations of a variable of a folder. Any client may read them; they hold no value. */
export const FOLDER_ANNOTATION = 'strongroom-folder';
export const KEY_ANNOTATION = 'strongroom-key';

/** `projects/P/secrets/ID` and `projects/P/secrets/ID/versions/N`: the last part. */
export const lastPart = (name: string): string => name.slice(name.lastIndexOf('/') + 1);
