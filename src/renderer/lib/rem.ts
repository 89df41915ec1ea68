/**
 * Pixels of a length that grows with the text size: virtualised lists place their rows in pixels, and
 * have to follow a person's larger text.
 */
export const scaled = (px: number): number =>
  (px * Number.parseFloat(getComputedStyle(document.documentElement).fontSize)) / 16;
