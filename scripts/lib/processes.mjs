/** Child processes that end with this one. */
import { spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const signals = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);

/**
 * @typedef {object} Ended
 * @property {number | null} code
 * @property {NodeJS.Signals | null} signal
 * @property {boolean} interrupted whether it ended after a forwarded signal
 * @property {NodeJS.ErrnoException | undefined} error why it could not be started
 */

/**
 * Runs a program to its end. Signals to this process are only forwarded: this process lives until the
 * program has ended.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 * @param {(output: Buffer) => void} [hear] gets what the program prints, which is then not printed
 * @returns {Promise<Ended>}
 */
export function run(command, args, options = {}, hear) {
  return new Promise((resolve) => {
    /** @type {import('node:child_process').StdioOptions} */
    const stdio = hear === undefined ? 'inherit' : ['ignore', 'pipe', 'pipe'];
    const child = spawn(command, args, { stdio, ...options });
    if (hear !== undefined) for (const part of [child.stdout, child.stderr]) part?.on('data', hear);
    let interrupted = false;
    /** @param {NodeJS.Signals} signal */
    const passOn = (signal) => {
      interrupted = true;
      child.kill(signal);
    };
    for (const signal of signals) process.on(signal, passOn);
    /** @param {Pick<Ended, 'code' | 'signal' | 'error'>} end */
    const end = (end) => {
      for (const signal of signals) process.off(signal, passOn);
      resolve({ ...end, interrupted });
    };
    child.once('error', (error) => {
      end({ code: null, signal: null, error });
    });
    child.once('close', (code, signal) => {
      end({ code, signal, error: undefined });
    });
  });
}

/**
 * Ends this process with the shell in which npm runs it. The shell does not forward signals: when npm is
 * stopped, the shell dies and leaves the script running.
 */
export function endWithNpm() {
  if (process.env['npm_lifecycle_event'] === undefined || process.platform === 'win32') return;
  const shell = process.ppid;
  const watching = setInterval(() => {
    if (process.ppid === shell) return;
    clearInterval(watching);
    process.kill(process.pid, 'SIGTERM');
  }, 250);
  watching.unref();
}

/**
 * The exit code for this process after its child has ended.
 *
 * @param {Ended} ended
 */
export const exitCodeOf = ({ code, interrupted }) => code ?? (interrupted ? 0 : 1);

/**
 * Finds a program on the PATH.
 *
 * @param {string} name
 * @param {Readonly<Record<string, string | undefined>>} [env]
 * @returns {string | undefined}
 */
export function findOnPath(name, env = process.env) {
  const extensions = process.platform === 'win32' ? ['.exe', '.cmd'] : [''];
  for (const folder of (env['PATH'] ?? '').split(delimiter).filter((part) => part !== '')) {
    for (const extension of extensions) {
      const path = join(folder, name + extension);
      if (isExecutable(path)) return path;
    }
  }
  return undefined;
}

/**
 * @param {string} path
 * @returns {boolean}
 */
export function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
