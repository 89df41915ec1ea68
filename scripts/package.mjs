/**
 * `npm run package`: builds the app and packages it for this system, then checks the fuses of the package.
 * Arguments go to electron-builder.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuilt } from './lib/build.mjs';
import { wrongFuses } from './lib/fuses.mjs';
import { inPackages, root } from './lib/paths.mjs';
import { exitCodeOf, run } from './lib/processes.mjs';
import { say } from './lib/say.mjs';

const dist = join(root, 'dist');

/** The binaries with fuses, by the folders that electron-builder writes. */
const binaries = [
  'strongroom',
  'Strongroom.exe',
  'Strongroom.app/Contents/Frameworks/Electron Framework.framework/Electron Framework',
];

/** @returns {boolean} */
function checkFuses() {
  const packed = readdirSync(dist)
    .flatMap((folder) => binaries.map((binary) => join(dist, folder, binary)))
    .filter((path) => existsSync(path));
  for (const path of packed) {
    const wrong = wrongFuses(readFileSync(path));
    if (wrong.length > 0) {
      say(`Wrong fuses in ${path}: ${wrong.join(', ')}.`);
      return false;
    }
    say(`The fuses of ${path} are right.`);
  }
  if (packed.length === 0) say('No package was found, so no fuses were checked.');
  return packed.length > 0;
}

/** @returns {Promise<number>} the exit code */
async function main() {
  if (!(await ensureBuilt({ always: true }))) {
    say('The build failed.');
    return 1;
  }
  const builder = inPackages('electron-builder/cli.js');
  const packaged = exitCodeOf(
    await run(process.execPath, [builder, ...process.argv.slice(2)], { cwd: root }),
  );
  if (packaged !== 0) return packaged;
  return checkFuses() ? 0 : 1;
}

process.exitCode = await main();
