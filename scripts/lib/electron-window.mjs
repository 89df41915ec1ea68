/** The built app in a window of Electron, or why there was none. */
import { root } from './paths.mjs';
import { exitCodeOf, run } from './processes.mjs';

/** The exit code of an app that has told the user itself why it will not start. */
const REFUSED = 2;
/** An Electron that ends this soon could not open its window: no sandbox, no library, no such display. */
const FAILS_WITHIN_MS = 15_000;

/**
 * Runs the app to its end. Resolves with its exit code, or with why it never got as far as a window.
 *
 * @param {string} executable
 * @param {string | undefined} dataDir
 * @param {{ readonly failsWithinMs?: number }} [options]
 * @returns {Promise<number | string>}
 */
export async function openWindow(executable, dataDir, { failsWithinMs = FAILS_WITHIN_MS } = {}) {
  const since = Date.now();
  // Set in the terminals of editors that are built on Electron, it would turn ours into a plain Node.
  const { ELECTRON_RUN_AS_NODE: _, ...env } = process.env;
  const args = ['.', ...(dataDir === undefined ? [] : [`--data-dir=${dataDir}`])];
  const ended = await run(executable, args, { cwd: root, env });
  const isSound = ended.code === 0 || ended.code === REFUSED || ended.interrupted;
  if (isSound || Date.now() - since > failsWithinMs) return exitCodeOf(ended);
  const how = ended.error?.code ?? ended.signal ?? `exit code ${String(ended.code)}`;
  return `it ended at once (${how})`;
}
