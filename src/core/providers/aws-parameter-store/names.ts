/**
 * Paths of environments and names of parameters. With the prefix `/app`, the path `shop/prod` is the
 * parameter `/app/shop/prod`, and `shop/prod/` is the folder of parameters `/app/shop/prod/…`. The path `/`
 * is the prefix itself as a folder. Without a prefix, paths are names.
 */
import { isFolder } from '../layout';

export class Names {
  /** `prefix` is empty, or starts with a slash and does not end in one. */
  constructor(readonly prefix: string) {}

  /** The name of a parameter, or of a folder, without a slash at the end; `/` is the folder of all. */
  nameOf(path: string): string {
    const own = isFolder(path) ? path.slice(0, -1) : path;
    if (this.prefix === '') return own === '' ? '/' : own;
    return own === '' ? this.prefix : `${this.prefix}/${own}`;
  }

  /** The path of a parameter that is an environment by itself; `undefined` outside of the prefix. */
  pathOf(name: string): string | undefined {
    if (this.prefix === '') return name;
    return name.startsWith(`${this.prefix}/`) ? name.slice(this.prefix.length + 1) : undefined;
  }

  /** The path of the folder that a parameter is in; `undefined` if it is in none. */
  folderOf(name: string): string | undefined {
    const path = this.pathOf(name);
    if (path === undefined) return undefined;
    const end = path.lastIndexOf('/');
    if (end >= 0) return path.slice(0, end + 1);
    return this.prefix === '' ? undefined : '/';
  }
}

/** The last part of a parameter's name: the key of a variable. */
export const keyOf = (name: string): string => name.slice(name.lastIndexOf('/') + 1);
