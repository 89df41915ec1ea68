/** The last outcomes of the security tests and of the mutations, which docs/security.md shows. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../lib/paths.mjs';
import { mutations as known } from './mutations.mjs';
import { securityTests } from './promises.mjs';

export const outcomesFile = join(root, 'docs', 'security.json');

/**
 * @typedef {object} Outcome
 * @property {'passed' | 'failed' | 'skipped'} outcome
 * @property {number} tests how many keep the promise: one for each case of a table
 * @property {string} size `full`, or another `TORTURE_SIZE`
 * @property {string} date
 */

/**
 * @typedef {object} Outcomes
 * @property {Record<string, Record<string, Outcome>>} promises by the file of the test
 * @property {Record<string, { outcome: string, date: string }>} mutations by what they do
 */

/** @returns {Outcomes} */
export const readOutcomes = () =>
  existsSync(outcomesFile)
    ? JSON.parse(readFileSync(outcomesFile, 'utf8'))
    : { promises: {}, mutations: {} };

/**
 * In the order of their names, so that two runs differ in what has changed.
 *
 * @param {Readonly<Record<string, unknown>>} record
 * @param {(name: string) => boolean} isKnown
 */
const sorted = (record, isKnown) =>
  Object.fromEntries(
    Object.entries(record)
      .filter(([name]) => isKnown(name))
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );

/**
 * Leaves out what there is no more.
 *
 * @param {Outcomes} outcomes
 */
function write({ promises, mutations }) {
  const files = new Set(securityTests());
  const names = new Set(known.map(({ what }) => what));
  const kept = {
    promises: sorted(promises, (file) => files.has(file)),
    mutations: sorted(mutations, (what) => names.has(what)),
  };
  writeFileSync(outcomesFile, `${JSON.stringify(kept, null, 2)}\n`);
}

const today = () => new Date().toISOString().slice(0, 10);

/**
 * @param {string} what the mutation does
 * @param {string} outcome
 */
export function recordMutation(what, outcome) {
  const { promises, mutations } = readOutcomes();
  write({ promises, mutations: { ...mutations, [what]: { outcome, date: today() } } });
}

/**
 * @param {string} file
 * @param {Readonly<Record<string, Omit<Outcome, 'date'>>>} outcomes by promise
 */
export function recordPromises(file, outcomes) {
  const { promises, mutations } = readOutcomes();
  const date = today();
  const dated = Object.entries(outcomes).map(([promise, each]) => [promise, { ...each, date }]);
  write({ promises: { ...promises, [file]: Object.fromEntries(dated) }, mutations });
}
