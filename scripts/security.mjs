/**
 * `npm run security`: runs every security test at full size, and keeps the outcomes for docs/security.md.
 * `npm run security -- PART …` runs the files whose paths contain one of these texts. TORTURE_SIZE=3 is three times
 * the size of `npm test`; TORTURE_SEED repeats the choices of an earlier run.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBrowser } from './ensure-browser.mjs';
import { ensureBuilt } from './lib/build.mjs';
import { inPackages, root } from './lib/paths.mjs';
import { endWithNpm, run } from './lib/processes.mjs';
import { readPlaywrightTests, readVitestTests } from './lib/results.mjs';
import { say } from './lib/say.mjs';
import { writeSecurityPage } from './security-doc.mjs';
import { recordPromises } from './security/outcomes.mjs';
import { isKeptBy, promisesIn, securityTests } from './security/promises.mjs';

/** @typedef {import('./lib/results.mjs').ReportedTest} ReportedTest */

endWithNpm();
const size = process.env['TORTURE_SIZE'] ?? 'full';
const parts = process.argv.slice(2);
const files = securityTests().filter(
  (file) => parts.length === 0 || parts.some((part) => file.includes(part)),
);
const reports = mkdtempSync(join(tmpdir(), 'strongroom-security-'));
process.once('exit', () => {
  rmSync(reports, { recursive: true, force: true });
});

/**
 * @param {string} script below node_modules
 * @param {readonly string[]} args
 * @param {Readonly<Record<string, string>>} [env]
 */
async function node(script, args, env) {
  const { code, interrupted } = await run(process.execPath, [inPackages(script), ...args], {
    cwd: root,
    env: { ...process.env, TORTURE_SIZE: size, ...env },
  });
  if (interrupted) process.exit(130);
  return code === 0;
}

/** @param {readonly string[]} chosen */
async function unit(chosen) {
  const report = join(reports, 'unit.json');
  const args = ['run', ...chosen, '--reporter=default', '--reporter=json'];
  // One file after the other, so that they do not slow each other down.
  const more = ['--no-file-parallelism', `--outputFile.json=${report}`];
  const isSound = await node('vitest/vitest.mjs', [...args, ...more]);
  return { isSound, tests: readVitestTests(report) };
}

/** @param {readonly string[]} chosen */
async function journeys(chosen) {
  const report = join(reports, 'journeys.json');
  if (!(await ensureBuilt())) return { isSound: false, tests: [] };
  const isSound = await node(
    '@playwright/test/cli.js',
    ['test', '--config', 'e2e/playwright.config.ts', '--workers=1', ...chosen],
    { CHROMIUM_PATH: await ensureBrowser(), PLAYWRIGHT_JSON_OUTPUT_NAME: report },
  );
  return { isSound, tests: readPlaywrightTests(report) };
}

/**
 * How a promise was kept: `failed` if any of its tests failed, `skipped` if none ran.
 *
 * @param {readonly ReportedTest[]} tests
 */
function outcomeOf(tests) {
  const ran = tests.filter(({ outcome }) => outcome !== 'skipped');
  const isKept = ran.every(({ outcome }) => outcome === 'passed');
  /** @type {ReportedTest['outcome']} */
  const outcome = ran.length === 0 ? 'skipped' : isKept ? 'passed' : 'failed';
  return { outcome, tests: ran.length, size };
}

let isSound = true;
for (const [suite, ending] of /** @type {const} */ ([
  [unit, '.test.ts'],
  [journeys, '.spec.ts'],
])) {
  const chosen = files.filter((file) => file.endsWith(ending));
  if (chosen.length === 0) continue;
  const result = await suite(chosen);
  isSound &&= result.isSound;
  for (const file of chosen) {
    const own = result.tests.filter((test) => file.endsWith(test.file) || test.file.endsWith(file));
    const outcomes = promisesIn(file).map((promise) => {
      const kept = own.filter(({ titles }) => isKeptBy(promise, titles));
      return [promise, outcomeOf(kept)];
    });
    recordPromises(file, Object.fromEntries(outcomes));
  }
}
await writeSecurityPage();
say('The outcomes are in docs/security.json and docs/security.md.');
process.exitCode = isSound ? 0 : 1;
