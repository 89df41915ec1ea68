/**
 * A length in pixels that grows with the text size. Virtualised lists place rows in pixels, and these must
 * fit larger text too.
 */
export const scaled = (px: number): number =>
  (px * Number.parseFloat(getComputedStyle(document.documentElement).fontSize)) / 16;
