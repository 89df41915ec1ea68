/** Electron's runtime. It is not in the package; the package downloads it when it is first needed. */
import { execFile, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inPackages } from './paths.mjs';
import { isExecutable } from './processes.mjs';

const FETCHED_WITHIN_MS = 5 * 60_000;

const packageFolder = inPackages('electron');

/** @param {string} path */
const read = (path) => readFileSync(path, 'utf8').trim();

/**
 * The executable, if the whole runtime has been downloaded, in the version of the package.
 *
 * @returns {string | undefined}
 */
export function findElectron() {
  try {
    /** @type {{ version: string }} */
    const { version } = JSON.parse(read(join(packageFolder, 'package.json')));
    const dist = process.env['ELECTRON_OVERRIDE_DIST_PATH'] ?? join(packageFolder, 'dist');
    const executable = join(dist, read(join(packageFolder, 'path.txt')));
    const isComplete = read(join(dist, 'version')).replace(/^v/, '') === version;
    return isComplete && existsSync(executable) ? executable : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The executable for the journeys: the one that `STRONGROOM_ELECTRON` names, of any version, else the
 * package's. Throws an Error if the variable names no executable.
 *
 * @returns {string | undefined}
 */
export function findElectronForTests() {
  const chosen = process.env['STRONGROOM_ELECTRON'];
  if (chosen === undefined || chosen === '') return findElectron();
  if (isExecutable(chosen)) return chosen;
  throw new Error(`STRONGROOM_ELECTRON names no executable: ${chosen}`);
}

/**
 * @param {string} executable of Electron
 * @returns {Promise<string>} `45.5.0`
 */
export function versionOf(executable) {
  return new Promise((done, fail) => {
    const args = ['-p', 'process.versions.electron'];
    const env = { ...process.env, ELECTRON_RUN_AS_NODE: '1' };
    execFile(executable, args, { env }, (error, output) => {
      if (error === null) done(output.trim());
      else fail(error);
    });
  });
}

/**
 * Why a download failed, from the output of the installer, as briefly as possible.
 *
 * @param {string} output
 * @returns {string}
 */
export function reasonOf(output) {
  const status = /Response code (\d{3})/.exec(output)?.[1];
  if (status !== undefined) return `the server answered ${status}`;
  return /^\w*Error: (.*)$/m.exec(output)?.[1] ?? 'the installer gave no reason';
}

/**
 * Prints one line about a task; at a terminal the line also counts the seconds.
 *
 * @param {string} what
 * @returns {() => void} ends the line
 */
function progressLine(what) {
  const { stderr } = process;
  if (!stderr.isTTY) {
    stderr.write(`${what} …\n`);
    return () => undefined;
  }
  const since = Date.now();
  const draw = () => {
    stderr.write(`\r${what} … ${String(Math.round((Date.now() - since) / 1000))} s`);
  };
  draw();
  const ticking = setInterval(draw, 1000);
  return () => {
    clearInterval(ticking);
    stderr.write('\n');
  };
}

/**
 * Downloads the runtime. Resolves with the executable, or with the reason why there is none.
 *
 * @param {{ readonly withinMs?: number }} [options]
 * @returns {Promise<{ readonly executable: string } | { readonly reason: string }>}
 */
export function fetchElectron({ withinMs = FETCHED_WITHIN_MS } = {}) {
  const endLine = progressLine('Fetching Electron’s runtime, about 120 MB, once');
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(packageFolder, 'install.js')], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, ELECTRON_GET_NO_PROGRESS: '1' },
    });
    let output = '';
    child.stderr.setEncoding('utf8').on('data', (/** @type {string} */ chunk) => {
      output = (output + chunk).slice(-16_384);
    });
    let isLate = false;
    const deadline = setTimeout(() => {
      isLate = true;
      child.kill();
    }, withinMs);
    const stop = () => {
      child.kill();
      process.exit(1);
    };
    process.once('SIGINT', stop);
    process.once('SIGTERM', stop);
    child.once('close', () => {
      clearTimeout(deadline);
      process.off('SIGINT', stop);
      process.off('SIGTERM', stop);
      endLine();
      const executable = findElectron();
      if (executable !== undefined) resolve({ executable });
      else if (isLate) resolve({ reason: `not done after ${String(withinMs / 60_000)} minutes` });
      else resolve({ reason: reasonOf(output) });
    });
  });
}
