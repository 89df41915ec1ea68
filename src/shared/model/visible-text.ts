/** Text from elsewhere, made safe to show: it cannot hide, reorder or overflow what stands around it. */

/** Controls, format characters such as those that turn the direction, halves of surrogates, and line ends. */
const MISLEADING = /[\p{C}\p{Zl}\p{Zp}]/gu;
/** What draws nothing and is not among those above, such as fillers of Hangul. */
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/gu;
/** More marks on one letter than any language has: they would be drawn over the lines around it. */
const STACKED = /(\p{M}{3})\p{M}+/gu;

const SIGN = '\uFFFD';
const ELLIPSIS = '…';

/**
 * One line of at most `most` characters. Misleading characters become `\uFFFD`; each is one that no name, host or
 * reason needs. `cut`: what is left out of a longer text; the middle of an address, whose end says where it leads.
 */
export function visibleText(
  text: string,
  most: number,
  { cut = 'end' }: { readonly cut?: 'end' | 'middle' } = {},
): string {
  const clean = text
    // Long before the exact cut, so that a huge text costs nothing.
    .slice(0, cut === 'end' ? 4 * most : undefined)
    .replaceAll(/\s/g, ' ')
    .replaceAll(MISLEADING, SIGN)
    .replaceAll(INVISIBLE, '')
    .replaceAll(STACKED, '$1')
    .trim();
  const characters = Array.from(clean);
  if (characters.length <= most) return clean;
  const kept = most - 1;
  if (cut === 'end') return characters.slice(0, kept).join('') + ELLIPSIS;
  const tail = Math.floor(kept / 2);
  return [...characters.slice(0, kept - tail), ELLIPSIS, ...characters.slice(-tail)].join('');
}
