/**
 * `npm test`: runs every check and every suite, and prints one line of counts at the end.
 * `npm test -- SUITE …` runs only the named suites, and these whole: `npm test` leaves out what repeats a test with one
 * more provider, version of Node or host, and variations.
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
import { installNode, otherMajors, otherVersions } from './lib/node-versions.mjs';
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

/** @typedef {(output: Buffer) => void} Hear gets what a program prints */

/**
 * Runs a program in the root of the project. Resolves with its exit code.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {Readonly<Record<string, string>>} [env] beside that of this process
 * @param {Hear} [hear] Default: what it prints is printed
 */
async function program(command, args, env = {}, hear) {
  const ended = await run(command, args, { cwd: root, env: { ...process.env, ...env } }, hear);
  if (ended.interrupted) process.exit(130);
  return ended.code;
}

/**
 * Runs a program of a package.
 *
 * @param {string} script below node_modules
 * @param {readonly string[]} args
 * @param {Readonly<Record<string, string>>} [env]
 * @param {Hear} [hear]
 */
const node = (script, args, env, hear) =>
  program(process.execPath, [inPackages(script), ...args], env, hear);

/**
 * @param {string} script
 * @param {readonly string[]} args
 * @returns {(hear: Hear) => Promise<boolean>}
 */
const succeeds = (script, args) => async (hear) => (await node(script, args, {}, hear)) === 0;

/** @param {Hear} hear */
async function typecheck(hear) {
  for (const project of ['node', 'preload', 'web', 'e2e']) {
    const args = ['-p', `tsconfig.${project}.json`];
    if ((await node('typescript/bin/tsc', args, {}, hear)) !== 0) return false;
  }
  return true;
}

/**
 * The checks, the slowest first.
 *
 * @type {ReadonlyMap<string, (hear: Hear) => Promise<boolean>>}
 */
const checks = new Map([
  ['format', succeeds('prettier/bin/prettier.cjs', ['--check', '.'])],
  ['lint', succeeds('oxlint/bin/oxlint', ['--type-aware'])],
  ['typecheck', typecheck],
  ['build', () => ensureBuilt({ always: true })],
]);

/** More would wait for each other on two cores. */
const CHECKS_AT_ONCE = 2;

/**
 * Runs these checks, some at the same time. What each prints is printed when it has ended.
 *
 * @param {readonly string[]} names
 * @returns {Promise<Result[]>}
 */
async function runChecks(names) {
  const left = [...names];
  /** @type {Result[]} */
  const results = [];
  const work = async () => {
    for (let name = left.shift(); name !== undefined; name = left.shift()) {
      /** @type {Buffer[]} */
      const printed = [];
      const since = Date.now();
      const check = checks.get(name) ?? (() => Promise.resolve(false));
      const isSound = await check((output) => printed.push(output)).catch(
        (/** @type {unknown} */ error) => {
          printed.push(Buffer.from(`${String(error)}\n`));
          return false;
        },
      );
      say(`\n── ${name}`);
      process.stderr.write(Buffer.concat(printed));
      sayHowLong(name, since);
      results.push(checkResult(name, isSound));
    }
  };
  await Promise.all(Array.from({ length: CHECKS_AT_ONCE }, work));
  return results;
}

/**
 * @param {string} name
 * @param {number} since
 */
const sayHowLong = (name, since) => {
  say(`── ${name}: ${((Date.now() - since) / 1000).toFixed(1)} s`);
};

/**
 * Runs unit tests.
 *
 * @param {string} name of the report, and of the run if it fails without a test
 * @param {{ readonly whole: boolean, readonly in?: string, readonly paths?: readonly string[] }} options `in`: an
 *   executable of Node
 * @returns {Promise<Result>}
 */
async function vitest(name, { whole, in: executable = process.execPath, paths = [] }) {
  const file = join(reports, `${name}.json`);
  const args = ['run', ...paths, '--reporter=default', '--reporter=json'];
  const exitCode = await program(
    executable,
    [inPackages('vitest/vitest.mjs'), ...args, `--outputFile.json=${file}`],
    whole ? { TEST_SIZE: 'whole' } : {},
  );
  return judge(readVitest(file), { name, exitCode });
}

/** @param {{ readonly whole: boolean }} options */
const unit = ({ whole }) => vitest('unit', { whole });

/** The tests of what changes between versions of Node: the network, what goes over it, and the package as installed. */
const ofNode = [
  'src/core/network',
  ...readdirSync(join(root, 'src/core/providers')).map(
    (name) => `src/core/providers/${name}/network.test.ts`,
  ),
  'test/package/package.test.ts',
];

/** What goes over the network by these, and the command beside the packaged app. */
const alsoOfNode = ['src/core/providers', 'src/sdk', 'test/package'];

/**
 * Runs them in the oldest Node that is supported, and in the newest. `npm test` leaves out what has the major version of
 * this Node, and what repeats.
 *
 * @param {{ readonly whole: boolean }} options
 * @returns {Promise<Result>}
 */
async function otherNodes({ whole }) {
  const paths = whole ? [...ofNode, ...alsoOfNode] : ofNode;
  const folder = join(reports, 'node');
  /** @type {Result[]} */
  const results = [];
  for (const range of whole ? otherVersions() : otherMajors()) {
    const found = await installNode(range, folder);
    if ('reason' in found) {
      results.push(skippedResult(`Node ${range}: ${found.reason}`));
      continue;
    }
    say(`In Node ${found.version}`);
    const result = await vitest(`node-${found.version}`, {
      whole,
      in: found.executable,
      paths,
    });
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
 * The part of the journeys in Electron that `npm test` runs: the main job, and what only a window can show. The others
 * do the same in both hosts.
 */
const inElectron = ['--grep', '@desktop'];

/**
 * @param {{ readonly whole: boolean }} options
 * @returns {Promise<Result>}
 */
async function desktopJourneys({ whole }) {
  const file = join(reports, 'desktop.json');
  const chosen = whole ? [] : inElectron;
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
 * What runs after the checks, in this order.
 *
 * @type {ReadonlyMap<string, (options: { readonly whole: boolean }) => Promise<Result>>}
 */
const suites = new Map([
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
  const known = [...checks.keys(), ...suites.keys()];
  const unknown = wanted.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    say(`There is no suite ${unknown.join(', ')}. There are: ${known.join(', ')}.`);
    return 1;
  }
  const isWanted = (/** @type {string} */ name) => wanted.length === 0 || wanted.includes(name);
  const results = await runChecks([...checks.keys()].filter(isWanted));
  for (const [name, suite] of suites) {
    if (!isWanted(name)) continue;
    say(`\n── ${name}`);
    const since = Date.now();
    const result = await suite({ whole: wanted.length > 0 }).catch(
      (/** @type {unknown} */ error) => {
        say(error instanceof Error ? error.message : String(error));
        return checkResult(`${name}: could not run`, false);
      },
    );
    sayHowLong(name, since);
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
