/**
 * `npm run package`: builds the app and packages it for this system. Then it reads the fuses and the archive
 * back from the package, and starts the packaged app, which does the main job. The journeys debug it, which a package for
 * people refuses, so they start a second one that differs in this alone.
 *
 * `STRONGROOM_ELECTRON` names the executable of an Electron to package, of any version, instead of the one of
 * the electron package. `--app FOLDER` packages another build, such as one that was translated for an older
 * Electron: the folder holds a `package.json` with `main`, `out`, and in `node_modules` what is not bundled.
 * All other arguments go to electron-builder: `npm run package -- --dir` makes a folder.
 */
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parse } from 'yaml';
import { readAsar } from './lib/asar.mjs';
import { ensureBuilt } from './lib/build.mjs';
import { buildCommandFolder } from './lib/command-folder.mjs';
import { billOfMaterials } from './sbom.mjs';
import { versionOf } from './lib/electron-runtime.mjs';
import { missingFuses, wrongFuses } from './lib/fuses.mjs';
import { here, whyNotElectron } from './lib/host.mjs';
import { inPackages, root } from './lib/paths.mjs';
import { exitCodeOf, run } from './lib/processes.mjs';
import { say } from './lib/say.mjs';

const dist = join(root, 'dist');
const staging = mkdtempSync(join(tmpdir(), 'strongroom-package-'));
process.once('exit', () => {
  rmSync(staging, { recursive: true, force: true });
});

/**
 * @typedef {object} Parts where electron-builder puts them, below the folder of a package
 * @property {string} executable
 * @property {string} fused the binary with the fuses
 * @property {string} archive
 * @property {string | undefined} integrity the file that keeps the hash of the archive; Linux keeps none
 */

/** @type {readonly Parts[]} */
const layouts = [
  {
    executable: 'strongroom-desktop',
    fused: 'strongroom-desktop',
    archive: 'resources/app.asar',
    integrity: undefined,
  },
  {
    executable: 'Strongroom.exe',
    fused: 'Strongroom.exe',
    archive: 'resources/app.asar',
    integrity: 'Strongroom.exe',
  },
  {
    executable: 'Strongroom.app/Contents/MacOS/Strongroom',
    fused: 'Strongroom.app/Contents/Frameworks/Electron Framework.framework/Electron Framework',
    archive: 'Strongroom.app/Contents/Resources/app.asar',
    integrity: 'Strongroom.app/Contents/Info.plist',
  },
];

/**
 * @param {string} output
 * @returns {(Parts & { readonly folder: string })[]}
 */
const packagesIn = (output) =>
  readdirSync(output).flatMap((name) =>
    layouts
      .map((parts) => ({ ...parts, folder: join(output, name) }))
      .filter(({ folder, executable }) => existsSync(join(folder, executable))),
  );

/**
 * What is wrong with a package, in words.
 *
 * @param {ReturnType<typeof packagesIn>[number]} parts
 * @param {readonly string[]} missing the fuses that this Electron lacks
 * @returns {string[]}
 */
function faultsIn({ folder, fused, archive, integrity }, missing) {
  const { headerHash, files, wrong } = readAsar(join(folder, archive));
  const fuses = wrongFuses(readFileSync(join(folder, fused)), missing);
  const isKnown =
    integrity === undefined || readFileSync(join(folder, integrity)).includes(headerHash);
  return [
    ...fuses.map((name) => `The fuse ${name} is wrong.`),
    ...wrong.map((path) => `The archive’s hash of ${path} is wrong.`),
    ...(files.length > 0 ? [] : ['The archive is empty.']),
    ...(isKnown ? [] : ['The package does not hold the hash of its archive.']),
    // Electron takes it instead of the archive if the fuse is forgotten.
    ...(existsSync(join(folder, dirname(archive), 'app')) ? ['There is an unpacked app.'] : []),
  ];
}

/**
 * A copy of another build, with the dependencies by which electron-builder finds its packages.
 *
 * @param {string} folder
 */
function stage(folder) {
  const app = join(staging, 'app');
  cpSync(folder, app, { recursive: true });
  /** @type {Record<'dependencies' | 'optionalDependencies' | 'description', any>} */
  const project = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const file = join(app, 'package.json');
  const dependencies = Object.fromEntries(
    Object.entries({ ...project.dependencies, ...project.optionalDependencies }).filter(([name]) =>
      existsSync(join(app, 'node_modules', name)),
    ),
  );
  const { description } = project;
  const own = JSON.parse(readFileSync(file, 'utf8'));
  writeFileSync(file, JSON.stringify({ description, ...own, dependencies }));
  return app;
}

/**
 * electron-builder.yml, changed for another Electron and another build.
 *
 * @param {string | undefined} electron an executable
 * @param {string | undefined} app a folder
 */
async function configuration(electron, app) {
  const missing = electron === undefined ? [] : missingFuses(readFileSync(electron));
  const config = parse(readFileSync(join(root, 'electron-builder.yml'), 'utf8'));
  if (app !== undefined) config.directories.app = stage(resolve(app));
  // electron-builder leaves out what is called node_modules, unless it is named itself.
  config.extraResources = ['command', 'command/node_modules'].map((folder) => ({
    from: join(staging, folder),
    to: folder,
  }));
  if (electron !== undefined) {
    config.electronDist = dirname(electron);
    config.electronVersion = await versionOf(electron);
    config.afterExtract = join(root, 'scripts/lib/bare-electron.mjs');
    for (const name of missing) delete config.electronFuses[name];
  }
  return { missing, config };
}

/**
 * Runs electron-builder.
 *
 * @param {object} config
 * @param {readonly string[]} args
 * @returns {Promise<number>} its exit code
 */
async function builder(config, args) {
  const file = join(staging, 'electron-builder.json');
  writeFileSync(file, JSON.stringify(config));
  const command = [inPackages('electron-builder/cli.js'), '--config', file, ...args];
  return exitCodeOf(await run(process.execPath, command, { cwd: root }));
}

/**
 * The executable of the same package, except that the journeys may debug it. It is a folder that is removed at the end.
 *
 * @param {any} config
 * @returns {Promise<string | undefined>} `undefined` if it cannot be made
 */
async function debuggable(config) {
  const output = join(staging, 'debuggable');
  const code = await builder(
    {
      ...config,
      directories: { ...config.directories, output },
      extraMetadata: { ...config.extraMetadata, isDebuggable: true },
    },
    ['--dir'],
  );
  const [made] = code === 0 ? packagesIn(output) : [];
  return made && join(made.folder, made.executable);
}

/**
 * Starts the packaged app, if a window can be shown here.
 *
 * @param {string} executable
 * @param {any} config of the package
 * @returns {Promise<boolean>} whether it works, or could not be tried
 */
async function works(executable, config) {
  const obstacle = whyNotElectron(here());
  if (obstacle !== undefined) {
    say(`The packaged app was not started: ${obstacle}.`);
    return true;
  }
  const open = await debuggable(config);
  if (open === undefined) return false;
  const args = ['test', '--config', 'e2e/playwright.config.ts', '--project=packaged'];
  const ended = await run(process.execPath, [inPackages('@playwright/test/cli.js'), ...args], {
    cwd: root,
    env: { ...process.env, STRONGROOM_PACKAGED: open, STRONGROOM_RELEASE: executable },
  });
  return ended.code === 0;
}

/** @returns {Promise<number>} the exit code */
async function main() {
  const rest = process.argv.slice(2);
  const at = rest.indexOf('--app');
  const [, app] = at === -1 ? [] : rest.splice(at, 2);
  if (at !== -1 && app === undefined) {
    say('--app needs a folder.');
    return 2;
  }
  if (app === undefined && !(await ensureBuilt({ always: true }))) {
    say('The build failed.');
    return 1;
  }
  await buildCommandFolder(join(staging, 'command'));
  const electron = process.env['STRONGROOM_ELECTRON'] || undefined;
  const { missing, config } = await configuration(electron, app);
  rmSync(dist, { recursive: true, force: true });
  const packaged = await builder(config, rest);
  if (packaged !== 0) return packaged;
  writeFileSync(
    join(dist, 'strongroom.cdx.json'),
    `${JSON.stringify(billOfMaterials(), undefined, 2)}\n`,
  );
  const found = packagesIn(dist);
  if (found.length === 0) say('No package was found, so nothing was read back.');
  for (const parts of found) {
    const faults = faultsIn(parts, missing);
    for (const fault of faults) say(`${parts.folder}: ${fault}`);
    if (faults.length > 0) return 1;
    const without = missing.length === 0 ? '' : ` This Electron has no fuse ${missing.join(', ')}.`;
    say(`The fuses and the archive of ${parts.folder} are right.${without}`);
    if (!(await works(join(parts.folder, parts.executable), config))) return 1;
  }
  return found.length === 0 ? 1 : 0;
}

process.exitCode = await main();
