/**
 * The default path of an environment: its name in lower case. Letters of any script, digits and slashes
 * (for folders) stay, accents are dropped, and each run of other characters becomes one hyphen.
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
