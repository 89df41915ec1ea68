/**
 * The default path of an environment: its name in lower case, letters of any script and digits kept,
 * accents dropped, everything else a single hyphen; slashes stay, since they make folders.
 */
export const slug = (name: string): string =>
  name
    .normalize('NFKD')
    .replaceAll(/\p{M}+/gu, '')
    .toLowerCase()
    .split('/')
    .map((segment) => segment.replaceAll(/[^\p{L}\p{N}]+/gu, '-').replaceAll(/^-+|-+$/g, ''))
    .filter((segment) => segment !== '')
    .join('/');
