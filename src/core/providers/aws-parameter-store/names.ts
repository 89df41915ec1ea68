/**
 * Paths of environments and names of parameters. With the prefix `/app`, the path `shop/prod` is the
 * parameter `/app/shop/prod`, and `shop/prod/` is the folder of parameters `/app/shop/prod/…`. The path `/`
 * is the prefix itself as a folder. Without a prefix, paths are names.
 */
import { AppError } from '@shared/errors';
import { isFolder } from '@shared/model/layout';

export class Names {
  /** `prefix` is empty, or starts with a slash and does not end in one. */
  constructor(readonly prefix: string) {}

  /**
   * The name of a parameter, or of a folder, without a slash at the end; `/` is the folder of all. Throws
   * `NAME_NOT_ALLOWED` with a suggestion if the slash at the start is missing, or is there beside a prefix.
   */
  nameOf(path: string): string {
    if (path === '') return '';
    const own = isFolder(path) ? path.slice(0, -1) : path;
    if (own === '') return this.prefix === '' ? '/' : this.prefix;
    if (this.prefix !== '') {
      if (own.startsWith('/')) throw this.#slashTooMany(path);
      return `${this.prefix}/${own}`;
    }
    if (path.includes('/') && !own.startsWith('/')) {
      throw wrongStart(
        path,
        `/${path}`,
        'A path in a hierarchy of parameters starts with a slash.',
        'Only a parameter outside of all hierarchies has no slash at all.',
      );
    }
    return own;
  }

  #slashTooMany(path: string): AppError {
    const inPrefix = path.startsWith(`${this.prefix}/`) ? path.slice(this.prefix.length) : path;
    return wrongStart(
      path,
      inPrefix.replace(/^\/+(?=.)/, ''),
      'The path starts with a slash.',
      `Path Prefix puts ${this.prefix}/ in front of each path.`,
    );
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

const wrongStart = (
  path: string,
  suggestion: string,
  message: string,
  likelyCause: string,
): AppError =>
  new AppError('NAME_NOT_ALLOWED', {
    message,
    likelyCause,
    hint: `Enter ${suggestion} as the path.`,
    details: { path, suggestion },
  });

const startOf = (folder: string): string => (folder === '/' ? '/' : `${folder}/`);

/** The name of the parameter of a variable. */
export const nameInFolder = (folder: string, key: string): string => startOf(folder) + key;

/**
 * The key of the variable that a parameter of a folder holds. `undefined` if it is not in the folder: AWS
 * lists `KEY`, which has no slash, together with `/KEY`, and they are two parameters.
 */
export function keyIn(folder: string, name: string): string | undefined {
  const start = startOf(folder);
  return name.startsWith(start) ? name.slice(start.length) : undefined;
}
