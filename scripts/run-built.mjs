/**
 * Builds a TypeScript file of this repository as the app is built, and runs its `main(args)` in this process:
 * `node scripts/run-built.mjs FILE [ARGUMENT…]`. For measurements: `run-ts.mjs` transforms each module as it runs, and
 * code with its exports behind getters is slower. A file of JavaScript is one that is built already.
 */
import { fileURLToPath, pathToFileURL } from 'node:url';
import { basename, join, resolve } from 'node:path';
import { build } from 'vite';
import { root } from './lib/paths.mjs';

/**
 * Builds a file into a folder of this process.
 *
 * @param {string} file From the root of the repository.
 * @returns {Promise<{ readonly folder: string, readonly built: string }>} Absolute paths.
 */
export async function buildTs(file) {
  const name = basename(file, '.ts');
  const folder = join(root, 'out', 'bench', `${name}-${String(process.pid)}`);
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    resolve: { tsconfigPaths: true },
    build: { ssr: resolve(root, file), outDir: folder, minify: false, target: 'node20' },
  });
  return { folder, built: join(folder, `${name}.js`) };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [file, ...args] = process.argv.slice(2);
  if (file === undefined) {
    process.stderr.write('Usage: node scripts/run-built.mjs FILE [ARGUMENT…]\n');
    process.exitCode = 2;
  } else {
    const built = file.endsWith('.js') ? file : (await buildTs(file)).built;
    const { main } = await import(pathToFileURL(built).href);
    await main(args);
  }
}
