/**
 * `npm run security:mutations`: breaks each promise of docs/security.md in a copy of the project, and fails unless its
 * test notices. `npm run security:mutations -- WORD …` tries those that have one of the words in what they do, in the
 * file that they change, or in that of their test.
 */
import { rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { endWithNpm } from './lib/processes.mjs';
import { say } from './lib/say.mjs';
import { writeSecurityPage } from './security-doc.mjs';
import { brokenBefore, copyProject, tryMutation } from './security/mutate.mjs';
import { mutations } from './security/mutations.mjs';
import { recordMutation } from './security/outcomes.mjs';

endWithNpm();
const words = process.argv.slice(2);
const chosen = mutations.filter(
  ({ what, file, test }) =>
    words.length === 0 || words.some((word) => `${what} ${file} ${test}`.includes(word)),
);
const tests = [...new Set(chosen.map(({ test }) => test))];
/** A copy for each that runs at the same time. */
const folders = Array.from({ length: Math.min(availableParallelism(), tests.length) }, copyProject);
process.once('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** @type {import('./security/mutate.mjs').Verdict['outcome'][]} */
const outcomes = [];

/**
 * @param {string} folder
 * @param {string} test
 */
async function tryAll(folder, test) {
  const own = chosen.filter((each) => each.test === test);
  const broken = await brokenBefore(folder, own);
  for (const promise of broken) say(`Fails without a mutation: ${test}: ${promise}`);
  for (const mutation of own) {
    const isBroken = mutation.promises.some((promise) => broken.includes(promise));
    /** @type {import('./security/mutate.mjs').Verdict} */
    const verdict = isBroken
      ? { outcome: 'not run', survived: [] }
      : await tryMutation(folder, mutation);
    outcomes.push(verdict.outcome);
    recordMutation(mutation.what, verdict.outcome);
    const notes = verdict.survived.map((promise) => `\n          ${test}: ${promise}`);
    say(`${verdict.outcome.padEnd(9)} ${mutation.what}${notes.join('')}`);
  }
}

/** @param {string} folder */
const work = async (folder) => {
  for (let next = tests.shift(); next !== undefined; next = tests.shift()) {
    await tryAll(folder, next);
  }
};
await Promise.all(folders.map(work));
await writeSecurityPage();

const count = (/** @type {string} */ wanted) =>
  outcomes.filter((outcome) => outcome === wanted).length;
const figures = ['killed', 'survived', 'not run'].map(
  (outcome) => `${String(count(outcome))} ${outcome}`,
);
process.stdout.write(`${figures.join(', ')}\n`);
process.exitCode = outcomes.length > 0 && count('killed') === outcomes.length ? 0 : 1;
