/** One line for the person at the terminal, on stderr: stdout is for other programs. */

/** @param {string} line */
export const say = (line) => {
  process.stderr.write(`${line}\n`);
};
