/**
 * Runs a TypeScript file of this repository with Vite, which the project uses anyway:
 * `node scripts/run-ts.mjs FILE [ARGUMENT…]`. The file exports `main(args)`. The process lives as long as
 * `main` leaves something running, and fails if `main` fails.
 */
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createServer, runnerImport } from 'vite';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * Imports a module of this repository.
 *
 * @param {string} file From the root of the repository.
 * @returns {Promise<any>} What it exports; the caller knows what that is.
 */
export async function importTs(file) {
  const { module } = await runnerImport(resolve(root, file), {
    root,
    configFile: false,
    logLevel: 'error',
    resolve: { tsconfigPaths: true },
  });
  return module;
}

/**
 * Runs the `main` of a module, which may import more while it runs.
 *
 * @param {string} file
 * @param {readonly string[]} args
 */
export async function runTs(file, args) {
  const vite = await createServer({
    root,
    configFile: false,
    logLevel: 'error',
    appType: 'custom',
    server: { middlewareMode: true, hmr: false, ws: false, watch: null },
    // Without this Vite bundles packages for a browser, and nothing here runs in one.
    optimizeDeps: { noDiscovery: true, include: [] },
    resolve: { tsconfigPaths: true },
  });
  try {
    const { main } = await vite.ssrLoadModule(resolve(root, file));
    await main(args);
  } finally {
    await vite.close();
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [file, ...args] = process.argv.slice(2);
  if (file === undefined) {
    process.stderr.write('Usage: node scripts/run-ts.mjs FILE [ARGUMENT…]\n');
    process.exitCode = 2;
  } else {
    await runTs(file, args);
  }
}
