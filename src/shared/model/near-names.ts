import { editDistance } from './edit-distance';

/** The most names that a message suggests. */
const SUGGESTED = 3;

/** Names that somebody may have meant, the nearest first. Upper and lower case count as the same. */
export function nearNames(typed: string, names: Iterable<string>): string[] {
  const wanted = typed.toLowerCase();
  // A third of the characters may be wrong: `prod` is not `test`.
  const furthest = Math.max(1, Math.floor(wanted.length / 3));
  return [...new Set(names)]
    .map((name) => ({ name, distance: distanceOf(wanted, name.toLowerCase()) }))
    .filter(({ distance }) => distance <= furthest)
    .toSorted((a, b) => a.distance - b.distance)
    .slice(0, SUGGESTED)
    .map(({ name }) => name);
}

/** A name that goes on where the typed one ends is as near as one with a wrong character. */
const distanceOf = (typed: string, name: string): number =>
  typed.length > 1 && name.startsWith(typed)
    ? Math.min(1, editDistance(typed, name))
    : editDistance(typed, name);
