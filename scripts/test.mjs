/**
 * `npm test`: runs every check and every suite, and prints one line of counts at the end.
 * `npm test -- SUITE …` runs only the named suites, and these whole: of the journeys, `npm test` runs a part.
 *
 * `STRONGROOM_ELECTRON` names an executable of Electron, of any version, for the journeys in Electron, and for
 * the tests of what depends on its TLS library.
 * `STRONGROOM_DESKTOP_RUNNER` names a program that brings an Electron and a display: it is called in the
 * root of the project with arguments of `playwright test`, and runs the project `desktop` with them, in its own
 * Electron.
 */
import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBrowser } from './ensure-browser.mjs';
import { ensureBuilt } from './lib/build.mjs';
import { inPackages, root } from './lib/paths.mjs';
import { endWithNpm, run } from './lib/processes.mjs';
import { installNode, otherVersions } from './lib/node-versions.mjs';
import {
  checkResult,
  judge,
  named,
  readAnnotations,
  readPlaywright,
  readVitest,
  skippedResult,
  together,
} from './lib/results.mjs';
import { say } from './lib/say.mjs';
import { importTs } from './run-ts.mjs';

/** @typedef {import('./lib/results.mjs').Result} Result */

const reports = mkdtempSync(join(tmpdir(), 'strongroom-reports-'));
process.once('exit', () => {
  rmSync(reports, { recursive: true, force: true });
});

const playwright = ['test', '--config', 'e2e/playwright.config.ts'];

/**
 * Runs a program in the root of the project. Resolves with its exit code.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {Readonly<Record<string, string>>} [env] beside that of this process
 */
async function program(command, args, env = {}) {
  const ended = await run(command, args, { cwd: root, env: { ...process.env, ...env } });
  if (ended.interrupted) process.exit(130);
  return ended.code;
}

/**
 * Runs a program of a package.
 *
 * @param {string} script below node_modules
 * @param {readonly string[]} args
 * @param {Readonly<Record<string, string>>} [env]
 */
const node = (script, args, env) => program(process.execPath, [inPackages(script), ...args], env);

/**
 * @param {string} name
 * @param {() => Promise<boolean>} isSound
 * @returns {() => Promise<Result>}
 */
const check = (name, isSound) => async () => checkResult(name, await isSound());

/**
 * @param {string} script
 * @param {readonly string[]} args
 */
const succeeds = (script, args) => async () => (await node(script, args)) === 0;

async function typecheck() {
  for (const project of ['node', 'preload', 'web', 'e2e']) {
    if ((await node('typescript/bin/tsc', ['-p', `tsconfig.${project}.json`])) !== 0) return false;
  }
  return true;
}

/**
 * Runs unit tests.
 *
 * @param {string} name of the report, and of the run if it fails without a test
 * @param {{ readonly in?: string, readonly paths?: readonly string[] }} [options] `in`: an executable of Node
 * @returns {Promise<Result>}
 */
async function vitest(name, { in: executable = process.execPath, paths = [] } = {}) {
  const file = join(reports, `${name}.json`);
  const exitCode = await program(executable, [
    inPackages('vitest/vitest.mjs'),
    'run',
    ...paths,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${file}`,
  ]);
  return judge(readVitest(file), { name, exitCode });
}

const unit = () => vitest('unit');

/** The tests of what changes between versions of Node: the network, and what goes over it. */
const ofNode = [
  'src/core/network',
  ...readdirSync(join(root, 'src/core/providers')).map(
    (name) => `src/core/providers/${name}/network.test.ts`,
  ),
  'src/sdk',
  'test/package',
];

/**
 * Runs them in the oldest Node that is supported, and in the newest; if it runs whole, all tests of providers too.
 *
 * @param {{ readonly whole: boolean }} options
 * @returns {Promise<Result>}
 */
async function otherNodes({ whole }) {
  const paths = whole ? [...ofNode, 'src/core/providers'] : ofNode;
  const folder = join(reports, 'node');
  /** @type {Result[]} */
  const results = [];
  for (const range of otherVersions()) {
    const found = await installNode(range, folder);
    if ('reason' in found) {
      results.push(skippedResult(`Node ${range}: ${found.reason}`));
      continue;
    }
    say(`In Node ${found.version}`);
    const result = await vitest(`node-${found.version}`, { in: found.executable, paths });
    results.push(named(`[Node ${found.version}]`, result));
  }
  return together(results);
}

/** Leaves out the journeys that repeat others with one more provider, and variations of what others go through. */
const withoutRepetition = ['--grep-invert', '@whole'];

/**
 * @param {{ readonly whole: boolean }} options
 * @returns {Promise<Result>}
 */
async function browserJourneys({ whole }) {
  const file = join(reports, 'browser.json');
  const chosen = whole ? [] : withoutRepetition;
  const exitCode = await node(
    '@playwright/test/cli.js',
    [...playwright, '--project=browser', ...chosen],
    { CHROMIUM_PATH: await ensureBrowser(), PLAYWRIGHT_JSON_OUTPUT_NAME: file },
  );
  return judge(readPlaywright(file), { name: 'journeys in browser', exitCode });
}

/**
 * The part of the journeys in Electron that `npm test` runs: the main jobs, and what only a window can show.
 * The others do the same in both hosts.
 */
const inElectron = [
  'copy',
  'first-run',
  'keychain',
  'network',
  'shell',
  'start',
  'vault',
  'window',
];

/**
 * @param {{ readonly whole: boolean }} options
 * @returns {Promise<Result>}
 */
async function desktopJourneys({ whole }) {
  const file = join(reports, 'desktop.json');
  const chosen = whole
    ? []
    : [...inElectron.map((name) => `journeys/${name}.spec.ts`), ...withoutRepetition];
  const env = { PLAYWRIGHT_JSON_OUTPUT_NAME: file };
  const runner = process.env['STRONGROOM_DESKTOP_RUNNER'] ?? '';
  let exitCode;
  if (runner === '') {
    exitCode = await node(
      '@playwright/test/cli.js',
      [...playwright, '--project=desktop', ...chosen],
      env,
    );
  } else {
    // It may run as another user, who writes the report.
    chmodSync(reports, 0o711);
    writeFileSync(file, '');
    chmodSync(file, 0o666);
    exitCode = await program(runner, chosen, { ...env, STRONGROOM_ELECTRON: '' });
  }
  for (const version of readAnnotations(file, 'electron')) say(`Ran in Electron ${version}.`);
  return judge(readPlaywright(file), {
    name: 'journeys in desktop',
    exitCode,
    mayBeAllSkipped: runner === '' && (process.env['STRONGROOM_ELECTRON'] ?? '') === '',
  });
}

/**
 * In the order in which they run.
 *
 * @type {ReadonlyMap<string, (options: { readonly whole: boolean }) => Promise<Result>>}
 */
const suites = new Map([
  ['lint', check('lint', succeeds('oxlint/bin/oxlint', ['--type-aware']))],
  ['format', check('format', succeeds('prettier/bin/prettier.cjs', ['--check', '.']))],
  ['typecheck', check('typecheck', typecheck)],
  ['build', check('build', () => ensureBuilt({ always: true }))],
  ['unit', unit],
  ['node', otherNodes],
  ['browser', browserJourneys],
  ['desktop', desktopJourneys],
]);

/** The real servers, and their names in the suites. */
const peers = [
  {
    service: 'HashiCorp Vault',
    file: 'test/servers/real-vault.ts',
    find: 'findRealVault',
    where: 'no bao or vault on the PATH, and VAULT_ADDR and VAULT_TOKEN are not set',
  },
  {
    service: 'AWS Secrets Manager',
    file: 'test/servers/real-secrets-manager.ts',
    find: 'findRealSecretsManager',
    where: 'no moto_server on the PATH, and AWS_ENDPOINT_URL_SECRETS_MANAGER is not set',
  },
  {
    service: 'AWS Parameter Store',
    file: 'test/servers/real-parameter-store.ts',
    find: 'findRealParameterStore',
    where: 'no moto_server on the PATH, and AWS_ENDPOINT_URL_SSM is not set',
  },
  {
    service: 'Google Secret Manager',
    file: 'test/servers/real-google-secret-manager.ts',
    find: 'findRealGoogleSecretManager',
    where: 'no project to use: GOOGLE_SECRET_MANAGER_PROJECT is not set',
  },
  {
    service: 'Azure Key Vault',
    file: 'test/servers/real-key-vault.ts',
    find: 'findRealKeyVault',
    where:
      'none in AZURE_KEY_VAULT_URL, or no AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET',
  },
];

/**
 * Prints which real servers the unit suite used. It is a failure if one is installed but was not used.
 *
 * @param {Result} result
 */
async function reportRealServers(result) {
  say('\nReal servers');
  for (const { service, file, find, where } of peers) {
    /** @type {Record<string, () => Promise<{ readonly name: string } | undefined>>} */
    const module = await importTs(file);
    const peer = await module[find]?.();
    if (peer === undefined) {
      say(`  ${service}: not tested, there is ${where}.`);
      continue;
    }
    const tests = result.ran.filter((name) => name.includes(peer.name)).length;
    say(`  ${service}: ${peer.name}, ${String(tests)} tests ran against it.`);
    if (tests === 0) {
      result.failed += 1;
      result.failedNames.push(`no test ran against ${peer.name}`);
    }
  }
}

/**
 * @param {string} title
 * @param {readonly string[]} names
 */
function tell(title, names) {
  if (names.length === 0) return;
  say(`\n${title}`);
  for (const name of names) say(`  ${name}`);
}

/** @param {readonly string[]} wanted */
async function main(wanted) {
  const unknown = wanted.filter((name) => !suites.has(name));
  if (unknown.length > 0) {
    say(`There is no suite ${unknown.join(', ')}. There are: ${[...suites.keys()].join(', ')}.`);
    return 1;
  }
  /** @type {Result[]} */
  const results = [];
  for (const [name, suite] of suites) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    say(`\n── ${name}`);
    const since = Date.now();
    const result = await suite({ whole: wanted.length > 0 }).catch(
      (/** @type {unknown} */ error) => {
        say(error instanceof Error ? error.message : String(error));
        return checkResult(`${name}: could not run`, false);
      },
    );
    say(`── ${name}: ${((Date.now() - since) / 1000).toFixed(1)} s`);
    if (name === 'unit') await reportRealServers(result);
    results.push(result);
  }
  tell(
    'Skipped',
    results.flatMap(({ skippedNames }) => skippedNames),
  );
  tell(
    'Failed',
    results.flatMap(({ failedNames }) => failedNames),
  );
  /** @param {'passed' | 'failed' | 'skipped'} outcome */
  const total = (outcome) => results.reduce((sum, result) => sum + result[outcome], 0);
  const counts = /** @type {const} */ (['passed', 'failed', 'skipped']).map(
    (outcome) => `${String(total(outcome))} ${outcome}`,
  );
  process.stdout.write(`\n${counts.join(', ')}\n`);
  return total('failed') === 0 ? 0 : 1;
}

endWithNpm();
process.exitCode = await main(process.argv.slice(2));
