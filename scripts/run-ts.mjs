/**
 * Runs a TypeScript file of this repository with Vite, which the project has anyway:
 * `node scripts/run-ts.mjs FILE [ARGUMENT…]`. The file exports `main(args)`; what that leaves running
 * keeps the process alive, and its failure is the failure of the command.
 */
import { fileURLToPath } from 'node:url';
import { resolve } from 'node:path';
import { runnerImport } from 'vite';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * Imports a TypeScript module by its path from the root of the repository.
 *
 * @param {string} file
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

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [file, ...args] = process.argv.slice(2);
  if (file === undefined) {
    console.error('Usage: node scripts/run-ts.mjs FILE [ARGUMENT…]');
    process.exit(2);
  }
  const { main } = await importTs(file);
  await main(args);
}
