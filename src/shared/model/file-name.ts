import { slug } from './slug';

/** Four bytes each at most, so that with an ending they fit into the 255 that file systems allow. */
const LONGEST = 50;

/** A name that somebody gave as a part of a file's name; empty where nothing of it can be used. */
export const fileNamePart = (name: string): string =>
  Array.from(slug(name).replaceAll('/', '-')).slice(0, LONGEST).join('');
