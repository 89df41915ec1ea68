/** One line for the person at the terminal. stdout is kept for what other programs read. */

/** @param {string} line */
export const say = (line) => {
  process.stderr.write(`${line}\n`);
};
