/** Breaks a promise in a copy of the project, and looks whether its tests fail. */
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../lib/paths.mjs';
import { run } from '../lib/processes.mjs';
import { readPlaywrightTests, readVitestTests } from '../lib/results.mjs';
import { isKeptBy, patternOf } from './promises.mjs';

/** @typedef {import('./mutations.mjs').Mutation} Mutation */

/** What is not copied: what is large, and what a test makes. */
const LEFT_OUT = new Set(['.git', 'node_modules', 'out', 'dist', 'test-results']);

/** Milliseconds that a test may take without a mutation. */
const USUAL_DEADLINE = 60_000;

/**
 * Milliseconds that it may take with one, which can make it wait for ever. More than without, so that a computer that is
 * busy now does not pass for a test that notices.
 */
const DEADLINE = 120_000;

/** Milliseconds for what is built before the tests: if that is late, they count as skipped. */
const BUILD_DEADLINE = 300_000;

/** Milliseconds for all of them, if one does not even let its runner end. */
const WHOLE_DEADLINE = 900_000;

/**
 * Makes a copy of the project that shares its packages.
 *
 * @returns {string}
 */
export function copyProject() {
  const folder = mkdtempSync(join(tmpdir(), 'strongroom-mutations-'));
  for (const name of readdirSync(root)) {
    if (!LEFT_OUT.has(name)) cpSync(join(root, name), join(folder, name), { recursive: true });
  }
  // A folder of links, so that the cache of Vitest is that of the copy.
  const packages = join(folder, 'node_modules');
  mkdirSync(packages);
  for (const name of readdirSync(join(root, 'node_modules'))) {
    symlinkSync(join(root, 'node_modules', name), join(packages, name), 'dir');
  }
  return folder;
}

/**
 * The source with a mutation. Throws if the text is not there, or is there more than once.
 *
 * @param {string} source
 * @param {Mutation} mutation
 */
export function mutated(source, { what, file, find, replace }) {
  const parts = source.split(find);
  if (parts.length !== 2) {
    throw new Error(`“${what}” does not apply: its text is ${parts.length - 1} times in ${file}.`);
  }
  return parts.join(replace);
}

/**
 * Runs the tests that keep some promises. Returns those that ran.
 *
 * @param {string} folder
 * @param {string} file
 * @param {readonly string[]} promises
 * @param {number} deadline milliseconds for each
 */
async function runTests(folder, file, promises, deadline) {
  const report = join(folder, 'mutation-report.json');
  rmSync(report, { force: true });
  const isJourney = file.endsWith('.spec.ts');
  /**
   * @param {readonly string[]} args
   * @param {Readonly<Record<string, string>>} [env]
   */
  const node = async (args, env) => {
    const { code, interrupted } = await run(process.execPath, args, {
      cwd: folder,
      stdio: 'ignore',
      timeout: WHOLE_DEADLINE,
      killSignal: 'SIGKILL',
      env: { ...process.env, ...env },
    });
    if (interrupted) process.exit(130);
    return code;
  };
  if (isJourney && (await node(['scripts/ensure-built.mjs'])) !== 0) return { code: 1, tests: [] };
  const code = await (isJourney
    ? node(
        [
          join(folder, 'node_modules/@playwright/test/cli.js'),
          'test',
          '--config=e2e/playwright.config.ts',
          '--project=browser',
          '--workers=1',
          file,
        ],
        { PLAYWRIGHT_JSON_OUTPUT_NAME: report },
      )
    : node([
        join(folder, 'node_modules/vitest/vitest.mjs'),
        'run',
        file,
        '--experimental.fsModuleCache',
        `--testNamePattern=${promises.map((each) => patternOf(each, ' ')).join('|')}`,
        `--testTimeout=${String(deadline)}`,
        `--hookTimeout=${String(BUILD_DEADLINE)}`,
        // The cases of one promise: the first that fails is enough.
        ...(promises.length === 1 ? ['--bail=1'] : []),
        '--reporter=json',
        `--outputFile.json=${report}`,
      ]));
  const tests = isJourney ? readPlaywrightTests(report) : readVitestTests(report);
  return { code, tests: tests.filter(({ outcome }) => outcome !== 'skipped') };
}

/**
 * How it ended: `killed` if a test of each promise failed. `not run`: a test of a promise did not run, since it was not
 * found or its file could not be loaded.
 *
 * @typedef {{ readonly outcome: 'killed' | 'survived' | 'not run', readonly survived: readonly string[] }} Verdict
 */

/**
 * @param {string} folder a copy of the project, which is as before when this returns
 * @param {Mutation} mutation
 * @returns {Promise<Verdict>}
 */
export async function tryMutation(folder, mutation) {
  const path = join(folder, mutation.file);
  const source = readFileSync(path, 'utf8');
  writeFileSync(path, mutated(source, mutation));
  try {
    const { code, tests } = await runTests(folder, mutation.test, mutation.promises, DEADLINE);
    /** @param {string} promise */
    const of = (promise) => tests.filter(({ titles }) => isKeptBy(promise, titles));
    const notRun = mutation.promises.filter((promise) => of(promise).length === 0);
    if (notRun.length > 0) return { outcome: 'not run', survived: notRun };
    const passed = mutation.promises.filter((promise) =>
      of(promise).every(({ outcome }) => outcome === 'passed'),
    );
    // An error beside the tests, such as a rejection that nobody heard, fails the run and no test.
    const hasErrorBeside = code !== 0 && tests.every(({ outcome }) => outcome === 'passed');
    return passed.length === 0 || hasErrorBeside
      ? { outcome: 'killed', survived: [] }
      : { outcome: 'survived', survived: passed };
  } finally {
    writeFileSync(path, source);
  }
}

/**
 * The promises whose tests do not all pass without a mutation.
 *
 * @param {string} folder
 * @param {readonly Mutation[]} mutations all of one test
 * @returns {Promise<string[]>}
 */
export async function brokenBefore(folder, mutations) {
  const promises = [...new Set(mutations.flatMap((each) => each.promises))];
  const { tests } = await runTests(folder, mutations[0]?.test ?? '', promises, USUAL_DEADLINE);
  return promises.filter((promise) => {
    const kept = tests.filter(({ titles }) => isKeptBy(promise, titles));
    return kept.length === 0 || kept.some(({ outcome }) => outcome !== 'passed');
  });
}
