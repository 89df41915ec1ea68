/**
 * How an environment is stored: `object`, as one secret that holds a JSON object, or `entries`, as one secret
 * for each variable under a folder. The path says which, as people write it: the path of a folder ends in a
 * slash.
 */
export const layouts = ['object', 'entries'] as const;
export type Layout = (typeof layouts)[number];

export const isFolder = (path: string): boolean => path.endsWith('/');

export const layoutOf = (path: string): Layout => (isFolder(path) ? 'entries' : 'object');

/** The same place in another layout. */
export const pathIn = (path: string, layout: Layout): string => {
  const bare = path.replace(/\/+$/, '');
  return layout === 'entries' ? `${bare}/` : bare;
};

/** The name of an environment that was found at a path. */
export const nameAt = (path: string): string => (path === '/' ? path : pathIn(path, 'object'));
