/**
 * Finds a browser of the Chromium family for the tests, or installs one: `node scripts/ensure-browser.mjs`
 * prints its path.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { inPackages } from './lib/paths.mjs';
import { findOnPath, isExecutable, run } from './lib/processes.mjs';
import { say } from './lib/say.mjs';

// Without the window of a whole browser around each page, a journey costs a fifth less.
const names = [
  'chromium-headless-shell',
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
];

/** @returns {Promise<string | undefined>} */
async function playwrightsOwn() {
  const { chromium } = await import('@playwright/test');
  const path = chromium.executablePath();
  return isExecutable(path) ? path : undefined;
}

/**
 * A browser is of no use if its libraries are missing.
 *
 * @param {string | undefined} path
 */
const runs = (path) =>
  path !== undefined && spawnSync(path, ['--version'], { timeout: 30_000 }).status === 0;

/**
 * Looks for an installed browser: `CHROMIUM_PATH`, Playwright's, the system's.
 *
 * @returns {Promise<string | undefined>}
 */
export async function findBrowser() {
  const chosen = process.env['CHROMIUM_PATH'];
  if (chosen !== undefined && chosen !== '') {
    if (runs(chosen)) return chosen;
    throw new Error(`The browser in CHROMIUM_PATH does not run: ${chosen}`);
  }
  return [await playwrightsOwn(), ...names.map((name) => findOnPath(name))].find(runs);
}

/**
 * Prints to stderr, because stdout is for the path.
 *
 * @param {string} command
 * @param {readonly string[]} args
 */
async function install(command, args) {
  const { code } = await run(command, args, {
    stdio: ['ignore', process.stderr, process.stderr],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  return code === 0;
}

async function installFromDebian() {
  const apt = findOnPath('apt-get');
  if (apt === undefined || process.getuid?.() !== 0) return;
  say('No Chromium was found: installing the package of this system.');
  await install(apt, ['update', '-qq']);
  await install(apt, ['install', '-y', '-qq', 'chromium-headless-shell', 'fonts-dejavu-core']);
}

async function installFromPlaywright() {
  say('No Chromium was found: downloading Playwright’s.');
  await install(process.execPath, [inPackages('@playwright/test/cli.js'), 'install', 'chromium']);
}

/**
 * Finds a browser, or installs one.
 *
 * @returns {Promise<string>} its path
 */
export async function ensureBrowser() {
  for (const attempt of [undefined, installFromDebian, installFromPlaywright]) {
    await attempt?.();
    const found = await findBrowser();
    if (found !== undefined) return found;
  }
  throw new Error('No Chromium was found and none could be installed. Name one in CHROMIUM_PATH.');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    process.stdout.write(`${await ensureBrowser()}\n`);
  } catch (error) {
    say(error instanceof Error ? error.message : 'No Chromium could be found.');
    process.exitCode = 1;
  }
}
