const FIRST_FONTS = ['1em Inter', '1em "JetBrains Mono"'];

/**
 * Resolves as soon as the fonts of Latin text are there, or cannot be loaded. What is drawn before that would
 * move: the page waits for these files, which are on this computer.
 */
export async function fontsLoaded(): Promise<void> {
  await Promise.allSettled(FIRST_FONTS.map(async (font) => document.fonts.load(font)));
}
