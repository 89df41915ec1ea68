import { editDistance } from './edit-distance';

/** Names like the one that was typed, the nearest first; at most three. */
export const namesLike = (typed: string, names: Iterable<string>): string[] =>
  [...names]
    .map((name) => ({ name, far: editDistance(typed.toLowerCase(), name.toLowerCase()) }))
    .filter(({ name, far }) => name !== typed && far <= Math.max(2, Math.floor(typed.length / 3)))
    .toSorted((a, b) => a.far - b.far || (a.name < b.name ? -1 : 1))
    .slice(0, 3)
    .map(({ name }) => name);
