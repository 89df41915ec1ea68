/** Pieces of sentences that several providers write. */

/** `a, b and 3 more`: names at most this many, and counts the rest. */
export function listText(names: readonly string[], most: number): string {
  const named = names.slice(0, most).join(', ');
  const more = names.length - most;
  return more > 0 ? `${named} and ${String(more)} more` : named;
}

/** `1 secret`, `2 secrets`. */
export const countText = (count: number, item: string): string =>
  `${String(count)} ${item}${count === 1 ? '' : 's'}`;

/** `U+200B`, for a character that cannot be shown. */
export const codePointText = (character: string): string =>
  `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;

/** A character that is not allowed, as a sentence names it. */
export const nameOfCharacter = (character: string): string => {
  if (character === ' ') return 'a space';
  const isVisible = /[\p{L}\p{N}\p{P}\p{S}]/u.test(character);
  return isVisible ? `“${character}”` : `the character ${codePointText(character)}`;
};
