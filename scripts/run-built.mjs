/**
 * Builds a TypeScript file of this repository as the app is built, and runs its `main(args)` in this process:
 * `node scripts/run-built.mjs FILE [ARGUMENT…]`. For measurements: `run-ts.mjs` transforms each module as it runs, and
 * code with its exports behind getters is slower.
 */
import { createHash } from 'node:crypto';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { basename, join, resolve } from 'node:path';
import { build } from 'vite';

const root = fileURLToPath(new URL('..', import.meta.url));

const [file, ...args] = process.argv.slice(2);
if (file === undefined) {
  process.stderr.write('Usage: node scripts/run-built.mjs FILE [ARGUMENT…]\n');
  process.exit(2);
}
const name = basename(file, '.ts');
const id = createHash('sha256').update(file).digest('hex').slice(0, 8);
const folder = join(root, 'out', 'bench', `${name}-${id}-${String(process.pid)}`);
await build({
  root,
  configFile: false,
  logLevel: 'error',
  resolve: { tsconfigPaths: true },
  build: { ssr: resolve(root, file), outDir: folder, minify: false, target: 'node20' },
});
const { main } = await import(pathToFileURL(join(folder, `${name}.js`)).href);
await main(args);
