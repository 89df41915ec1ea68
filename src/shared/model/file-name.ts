import { slug } from './slug';

/** Characters. Each has four bytes at most, so a name with its ending fits into 255 bytes. */
const LONGEST = 50;

/** Turns a name that a person typed into a part of a file name; empty if no character can be used. */
export const fileNamePart = (name: string): string =>
  Array.from(slug(name).replaceAll('/', '-')).slice(0, LONGEST).join('');
