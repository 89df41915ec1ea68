/** The paths that a migration proposes. */
import type { Environment } from '@shared/model/environment';
import { layoutOf, nameAt, pathIn } from '@shared/model/layout';
import { slug } from '@shared/model/slug';

/** The path that fits the name, in the layout of the current path; that path itself if it fits already. */
export function proposedPath({ name, path }: Pick<Environment, 'name' | 'path'>): string {
  const fitting = slug(name);
  const isFitting = [name, fitting, ''].includes(nameAt(path)) || fitting === '';
  return isFitting ? path : pathIn(fitting, layoutOf(path));
}

const foldersOf = (path: string): string[] => nameAt(path).split('/').slice(0, -1);

/** The folder that all paths are in; empty if there is none. */
export function commonFolder(paths: readonly string[]): string {
  const [first = [], ...others] = paths.map(foldersOf);
  const differs = first.findIndex((part, at) => others.some((other) => other[at] !== part));
  return (differs === -1 ? first : first.slice(0, differs)).join('/');
}

/** The path in another folder than `from`; as it is if it is not in that. An empty folder is the root. */
export function inFolder(path: string, from: string, to: string): string {
  if (from !== '' && !path.startsWith(`${from}/`)) return path;
  const rest = from === '' ? path : path.slice(from.length + 1);
  return to === '' ? rest : `${to}/${rest}`;
}
