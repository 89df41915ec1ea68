/** Lines of a text whose lines end with `\n`. */

/** Before the end of the line that holds `from`. */
export const endOfLine = (text: string, from: number): number => {
  const end = text.indexOf('\n', from);
  return end === -1 ? text.length : end;
};

export const restOfLine = (text: string, from: number): string =>
  text.slice(from, endOfLine(text, from));
