/** The result of a suite, from the report of its runner. */
import { readFileSync } from 'node:fs';

/**
 * @typedef {object} Result
 * @property {number} passed
 * @property {number} failed
 * @property {number} skipped
 * @property {string[]} ran names of the tests that ran
 * @property {string[]} skippedNames
 * @property {string[]} failedNames
 */

/** @returns {Result} */
const nothing = () => ({
  passed: 0,
  failed: 0,
  skipped: 0,
  ran: [],
  skippedNames: [],
  failedNames: [],
});

/**
 * @param {Result} result
 * @param {'passed' | 'failed' | 'skipped'} outcome
 * @param {string} name
 */
function count(result, outcome, name) {
  result[outcome] += 1;
  if (outcome === 'skipped') result.skippedNames.push(name);
  else result.ran.push(name);
  if (outcome === 'failed') result.failedNames.push(name);
}

/**
 * The result of a single check.
 *
 * @param {string} name
 * @param {boolean} isSound
 * @returns {Result}
 */
export function checkResult(name, isSound) {
  const result = nothing();
  count(result, isSound ? 'passed' : 'failed', name);
  return result;
}

/**
 * The result of something that could not run here.
 *
 * @param {string} name
 * @returns {Result}
 */
export function skippedResult(name) {
  const result = nothing();
  count(result, 'skipped', name);
  return result;
}

/**
 * A result whose names say where it comes from.
 *
 * @param {string} prefix
 * @param {Result} result
 * @returns {Result}
 */
export function named(prefix, result) {
  /** @param {readonly string[]} names */
  const all = (names) => names.map((name) => `${prefix} ${name}`);
  const { ran, skippedNames, failedNames } = result;
  return {
    ...result,
    ran: all(ran),
    skippedNames: all(skippedNames),
    failedNames: all(failedNames),
  };
}

/**
 * Several results as one.
 *
 * @param {readonly Result[]} results
 * @returns {Result}
 */
export const together = (results) =>
  results.reduce(
    (one, other) => ({
      passed: one.passed + other.passed,
      failed: one.failed + other.failed,
      skipped: one.skipped + other.skipped,
      ran: [...one.ran, ...other.ran],
      skippedNames: [...one.skippedNames, ...other.skippedNames],
      failedNames: [...one.failedNames, ...other.failedNames],
    }),
    nothing(),
  );

/**
 * Adds a failure if the runner failed without a failed test, or ran no test although it should have.
 *
 * @param {Result} result
 * @param {{ readonly name: string, readonly exitCode: number | null, readonly mayBeAllSkipped?: boolean }} run
 * @returns {Result}
 */
export function judge(result, { name, exitCode, mayBeAllSkipped = false }) {
  if (result.failed > 0) return result;
  if (exitCode !== 0) count(result, 'failed', `${name}: ended with ${String(exitCode)}`);
  else if (result.passed === 0 && !(mayBeAllSkipped && result.skipped > 0)) {
    count(result, 'failed', `${name}: ran no test`);
  }
  return result;
}

/**
 * @param {string} file
 * @returns {unknown}
 */
function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/**
 * @typedef {object} VitestReport
 * @property {{
 *   name: string,
 *   status: string,
 *   assertionResults: { status: string, ancestorTitles: string[], title: string }[],
 * }[]} testResults
 */

/**
 * A test that a report names.
 *
 * @typedef {object} ReportedTest
 * @property {string} file
 * @property {readonly string[]} titles from the outermost to the test
 * @property {'passed' | 'failed' | 'skipped'} outcome
 */

/**
 * Every test of a report.
 *
 * @param {string} file written by Vitest's JSON reporter
 * @returns {ReportedTest[]}
 */
export function readVitestTests(file) {
  const report = /** @type {VitestReport | undefined} */ (readReport(file));
  return (report?.testResults ?? []).flatMap(({ name, assertionResults }) =>
    assertionResults.map(({ status, ancestorTitles, title }) => ({
      file: name,
      titles: [...ancestorTitles, title],
      outcome: status === 'passed' || status === 'failed' ? status : 'skipped',
    })),
  );
}

/**
 * @param {string} file written by Vitest's JSON reporter
 * @returns {Result}
 */
export function readVitest(file) {
  const result = nothing();
  const report = /** @type {VitestReport | undefined} */ (readReport(file));
  for (const { name, status, assertionResults } of report?.testResults ?? []) {
    // A file that could not be loaded fails without a test.
    if (status === 'failed' && assertionResults.every((test) => test.status !== 'failed')) {
      count(result, 'failed', name);
    }
    for (const { status: outcome, ancestorTitles, title } of assertionResults) {
      const isRun = outcome === 'passed' || outcome === 'failed';
      count(result, isRun ? outcome : 'skipped', [...ancestorTitles, title].join(' › '));
    }
  }
  return result;
}

/**
 * @typedef {object} PlaywrightSuite
 * @property {string} title
 * @property {PlaywrightSuite[]} [suites]
 * @property {{
 *   title: string,
 *   tests: {
 *     projectName: string,
 *     status: string,
 *     annotations: { type: string, description?: string }[],
 *   }[],
 * }[]} [specs]
 */

/**
 * @param {string} file written by Playwright's JSON reporter
 * @returns {{ suites: PlaywrightSuite[], errors: unknown[] }}
 */
const readPlaywrightReport = (file) =>
  /** @type {{ suites: PlaywrightSuite[], errors: unknown[] } | undefined} */ (
    readReport(file)
  ) ?? { suites: [], errors: [] };

/**
 * Every test of a suite and of the suites in it, with the titles above it.
 *
 * @param {PlaywrightSuite} suite
 * @param {readonly string[]} above
 * @returns {Generator<{ titles: string[], test: NonNullable<PlaywrightSuite['specs']>[number]['tests'][number] }>}
 */
function* testsOf(suite, above = []) {
  const titles = [...above, suite.title];
  for (const { title, tests } of suite.specs ?? []) {
    for (const test of tests) yield { titles: [...titles, title], test };
  }
  for (const inner of suite.suites ?? []) yield* testsOf(inner, titles);
}

/** What Playwright calls the reasons for which a test was skipped. */
const REASONS = ['skip', 'fixme'];

/**
 * @param {string} file written by Playwright's JSON reporter
 * @returns {Result}
 */
export function readPlaywright(file) {
  const result = nothing();
  const { suites, errors } = readPlaywrightReport(file);
  for (const { titles, test } of suites.flatMap((suite) => [...testsOf(suite)])) {
    const name = [`[${test.projectName}]`, ...titles].join(' › ');
    const why = test.annotations
      .filter(({ type }) => REASONS.includes(type))
      .map(({ description }) => description)
      .filter(Boolean);
    if (test.status === 'skipped') count(result, 'skipped', [name, ...why].join(' — '));
    else count(result, test.status === 'expected' ? 'passed' : 'failed', name);
  }
  if (errors.length > 0) count(result, 'failed', 'Playwright itself');
  return result;
}

/**
 * Every test of a report, in each project.
 *
 * @param {string} file written by Playwright's JSON reporter
 * @returns {ReportedTest[]}
 */
export const readPlaywrightTests = (file) =>
  readPlaywrightReport(file)
    .suites.flatMap((suite) => [...testsOf(suite)])
    .map(({ titles: [name = '', ...titles], test: { status } }) => ({
      file: name,
      titles,
      outcome: status === 'expected' ? 'passed' : status === 'skipped' ? 'skipped' : 'failed',
    }));

/**
 * What the tests noted down under one type of annotation, each once.
 *
 * @param {string} file written by Playwright's JSON reporter
 * @param {string} type
 * @returns {string[]}
 */
export function readAnnotations(file, type) {
  const { suites } = readPlaywrightReport(file);
  const noted = suites
    .flatMap((suite) => [...testsOf(suite)])
    .flatMap(({ test }) => test.annotations)
    .filter((annotation) => annotation.type === type)
    .map(({ description = '' }) => description);
  return [...new Set(noted)];
}
