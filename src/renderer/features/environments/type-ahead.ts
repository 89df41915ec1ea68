/** A pause that begins another word. */
const PAUSE_MS = 700;

/** Keys of the window, which no name begins with. */
const isWritten = (key: string): boolean => key.length === 1 && !/[/?\s]/.test(key);

/**
 * Finds a row by the first letters of its label, as lists of a system do. The function takes a key, the labels
 * and the index of the row with the focus; it returns the index of the next row that begins with what was typed.
 */
export function createTypeAhead(now: () => number = () => performance.now()) {
  let typed = '';
  let last = -Infinity;
  return (key: string, labels: readonly string[], at: number): number | undefined => {
    if (!isWritten(key)) return undefined;
    const time = now();
    const isNew = time - last > PAUSE_MS;
    last = time;
    typed = isNew ? key.toLowerCase() : typed + key.toLowerCase();
    // The first letter goes on to the next row; more letters may keep the row.
    const from = isNew ? at + 1 : at;
    for (let step = 0; step < labels.length; step += 1) {
      const index = (from + step) % labels.length;
      if (labels[index]?.toLowerCase().startsWith(typed) === true) return index;
    }
    return undefined;
  };
}
