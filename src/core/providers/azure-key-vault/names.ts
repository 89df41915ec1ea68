/**
 * Paths of environments and names of secrets. A path is the name of the secret that holds the environment.
 * The path of a folder is the beginning of the names of its secrets: `shop-prod/` holds `shop-prod-DB-HOST`.
 * Names have no underscore and ignore case, so the true key of a variable is kept in a tag.
 */
import { NOTE_MARK, fromPrintable } from '../notes';
import { isFolder } from '@shared/model/layout';

/** The beginning of the names in a folder. */
export function beginningOf(folder: string): string {
  const own = isFolder(folder) ? folder.slice(0, -1) : folder;
  return own.endsWith('-') ? own : `${own}-`;
}

export const nameOf = (folder: string, key: string): string =>
  `${beginningOf(folder)}${key.replaceAll(/[^A-Za-z0-9-]/g, '-')}`;

/** The tags of a variable of a folder. They hold no value. */
export const FOLDER_TAG = 'strongroom-folder';
export const KEY_TAG = 'strongroom-key';

/** The note of a variable of a folder; empty if there is none. */
export const noteIn = ({ tags }: Pick<Tagged, 'tags'>): string =>
  fromPrintable(tags[NOTE_MARK] ?? '');

/** `https://VAULT/secrets/NAME/VERSION`: its parts. */
export function partsOf(id: string): { readonly name: string; readonly version: string } {
  const [, , name = '', version = ''] = URL.canParse(id) ? new URL(id).pathname.split('/') : [];
  return { name, version };
}

/** A secret, as far as its place in a folder depends on it. */
export interface Tagged {
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** The key of the variable that a secret holds; `undefined` if the secret is not in this folder. */
export function keyIn(path: string, { name, tags }: Tagged): string | undefined {
  const folder = tags[FOLDER_TAG];
  if (folder !== undefined) return folder === path ? (tags[KEY_TAG] ?? name) : undefined;
  const beginning = beginningOf(path).toLowerCase();
  return name.toLowerCase().startsWith(beginning) && name.length > beginning.length
    ? name.slice(beginning.length)
    : undefined;
}
