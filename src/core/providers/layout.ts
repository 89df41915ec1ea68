/**
 * How an environment is stored: as one secret that holds a JSON object, or as one secret for each variable
 * under a folder. The path says which, as people write it: the path of a folder ends in a slash.
 */
export const isFolder = (path: string): boolean => path.endsWith('/');
