/** Builds the app, unless nothing has changed since the last build. */
import { createHash } from 'node:crypto';
import {
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { electronVite, root } from './paths.mjs';
import { run } from './processes.mjs';
import { say } from './say.mjs';

/** Everything a build reads. */
const sources = [
  'src',
  'electron.vite.config.ts',
  'scripts/lib/chunks.mjs',
  'package.json',
  'package-lock.json',
  'tsconfig.base.json',
  'tsconfig.json',
  'tsconfig.node.json',
  'tsconfig.preload.json',
  'tsconfig.web.json',
];
const results = [
  'main/index.js',
  'main/browser.js',
  'main/browser-core.js',
  'main/desktop-core.js',
  'main/cli.js',
  'preload/index.cjs',
  'renderer/index.html',
];
const out = join(root, 'out');
const stampFile = join(out, 'built-from');

/**
 * A fingerprint of the sources by name, size and time; reading all of them would take longer.
 *
 * @returns {string}
 */
function fingerprint() {
  const hash = createHash('sha256');
  for (const source of sources) {
    const path = join(root, source);
    const files = statSync(path).isDirectory()
      ? readdirSync(path, { recursive: true, encoding: 'utf8' })
          .toSorted()
          .map((file) => join(path, file))
      : [path];
    for (const file of files) {
      const { size, mtimeMs } = statSync(file);
      hash.update(`${file}\0${String(size)}\0${String(mtimeMs)}\n`);
    }
  }
  return hash.digest('hex');
}

/** @param {string} stamp */
const isBuiltFrom = (stamp) =>
  existsSync(stampFile) &&
  readFileSync(stampFile, 'utf8') === stamp &&
  results.every((file) => existsSync(join(out, file)));

/**
 * Builds if the sources have changed, or always. Prints to stderr only.
 *
 * @param {{ readonly always?: boolean }} [options]
 * @returns {Promise<boolean>} whether there is a build now
 */
export async function ensureBuilt({ always = false } = {}) {
  const stamp = fingerprint();
  if (!always && isBuiltFrom(stamp)) return true;
  if (!existsSync(electronVite)) {
    say('The packages are not installed. Run “npm ci” first.');
    return false;
  }
  say('Building …');
  // Built in another folder and then moved, so that nobody starts half a build.
  const next = join(out, `next-${String(process.pid)}`);
  try {
    const { code } = await run(
      process.execPath,
      [electronVite, 'build', '--logLevel', 'warn', '--outDir', next],
      { cwd: root, stdio: ['ignore', process.stderr, process.stderr] },
    );
    if (code !== 0) return false;
    for (const part of ['main', 'preload', 'renderer']) {
      rmSync(join(out, part), { recursive: true, force: true });
      renameSync(join(next, part), join(out, part));
    }
  } finally {
    rmSync(next, { recursive: true, force: true });
  }
  writeFileSync(stampFile, stamp);
  return true;
}
