/** The option of a field, without its dashes: `enginePath` is `engine-path`. */
export const kebab = (name: string): string =>
  name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
