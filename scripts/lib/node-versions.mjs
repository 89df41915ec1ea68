/** Other versions of Node, from the packages of npm that hold one executable each. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './paths.mjs';
import { run } from './processes.mjs';

/** The newest major version that the project is tested in. */
const NEWEST = '26';

/** @returns {string} the first version that package.json allows, without its patch: `20.19` */
function oldest() {
  /** @type {{ engines: { node: string } }} */
  const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const [, version] = /^>=(\d+\.\d+)$/.exec(engines.node) ?? [];
  if (version === undefined) throw new Error(`Not a lowest version of Node: ${engines.node}`);
  return version;
}

/**
 * The oldest and the newest versions, as ranges of npm, without the one that this process runs in.
 *
 * @param {string} [current] such as `20.19.5`
 * @returns {string[]}
 */
export const otherVersions = (current = process.versions.node) =>
  [oldest(), NEWEST].filter((range) => !`${current}.`.startsWith(`${range}.`));

/**
 * Those of them that have another major version than the one that this process runs in.
 *
 * @param {string} [current] such as `20.19.5`
 * @returns {string[]}
 */
export const otherMajors = (current = process.versions.node) =>
  otherVersions(current).filter((range) => range.split('.')[0] !== current.split('.')[0]);

/**
 * The package with the executable for a system, see https://www.npmjs.com/package/node
 *
 * @param {NodeJS.Platform} platform
 * @param {string} arch
 */
export const nodePackage = (platform, arch) =>
  `node-${platform === 'win32' ? 'win' : platform}-${arch}`;

/**
 * Installs a version of Node. Only the registry of npm is asked.
 *
 * @param {string} range
 * @param {string} folder is made if it is missing
 * @returns {Promise<{ readonly executable: string, readonly version: string } | { readonly reason: string }>}
 */
export async function installNode(range, folder) {
  const name = nodePackage(process.platform, process.arch);
  const place = join(folder, range);
  mkdirSync(place, { recursive: true });
  const wanted = `${name}@${range}`;
  const quiet = ['--no-save', '--no-package-lock', '--no-audit', '--no-fund', '--ignore-scripts'];
  const isWindows = process.platform === 'win32';
  const { code } = await run(
    isWindows ? 'npm.cmd' : 'npm',
    ['install', '--prefix', place, '--loglevel', 'error', ...quiet, wanted],
    { stdio: ['ignore', process.stderr, process.stderr], shell: isWindows },
  );
  const installed = join(place, 'node_modules', name);
  const executable = join(installed, 'bin', isWindows ? 'node.exe' : 'node');
  if (code !== 0 || !existsSync(executable)) {
    return { reason: `npm could not install ${wanted}` };
  }
  /** @type {{ version: string }} */
  const { version } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
  return { executable, version };
}
