/** Starts the built app in a window of Electron. */
import { root } from './paths.mjs';
import { exitCodeOf, run } from './processes.mjs';

/** The exit code of an app that has shown the user why it does not start. */
const REFUSED = 2;
/** An Electron that ends this soon could not open its window: a sandbox, library or display is missing. */
const FAILS_WITHIN_MS = 15_000;

/**
 * Runs the app to its end. Resolves with its exit code, or with the reason why it opened no window.
 *
 * @param {string} executable
 * @param {string | undefined} dataDir
 * @param {{ readonly failsWithinMs?: number }} [options]
 * @returns {Promise<number | string>}
 */
export async function openWindow(executable, dataDir, { failsWithinMs = FAILS_WITHIN_MS } = {}) {
  const since = Date.now();
  // Terminals of editors built on Electron set it, and it would turn our Electron into a plain Node.
  const { ELECTRON_RUN_AS_NODE: _, ...env } = process.env;
  const args = ['.', ...(dataDir === undefined ? [] : [`--data-dir=${dataDir}`])];
  const ended = await run(executable, args, { cwd: root, env });
  const isSound = ended.code === 0 || ended.code === REFUSED || ended.interrupted;
  if (isSound || Date.now() - since > failsWithinMs) return exitCodeOf(ended);
  const how = ended.error?.code ?? ended.signal ?? `exit code ${String(ended.code)}`;
  return `it ended at once (${how})`;
}
