/**
 * Builds `strongroom/sdk` into out/sdk: as ES modules and as CommonJS, each with its own declarations, so that a
 * program gets the types of the file that it loads.
 */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { build } from 'vite';
import { startPlugins } from './lib/chunks.mjs';
import { inPackages, root } from './lib/paths.mjs';
import { run } from './lib/processes.mjs';
import { say } from './lib/say.mjs';

const out = join(root, 'out', 'sdk');

/** Of package.json beside the files: it says what their `.js` means. */
const kinds = /** @type {const} */ ({ esm: 'module', cjs: 'commonjs' });

/** Packages that have no CommonJS, and packages that are small: they go into the build. */
const bundled = [/^@orpc\//];

/** @param {string} folder */
async function bundle(folder) {
  for (const [name, format] of /** @type {const} */ ([
    ['esm', 'es'],
    ['cjs', 'cjs'],
  ])) {
    await build({
      root,
      configFile: false,
      logLevel: 'warn',
      plugins: startPlugins,
      resolve: { tsconfigPaths: true },
      ssr: { noExternal: bundled },
      build: {
        ssr: join(root, 'src', 'sdk', 'index.ts'),
        outDir: join(folder, name),
        emptyOutDir: true,
        target: 'node20',
        rolldownOptions: {
          output: { format, entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
        },
      },
    });
    const { [name]: type } = kinds;
    writeFileSync(join(folder, name, 'package.json'), `${JSON.stringify({ type })}\n`);
  }
}

/**
 * Writes the declarations that the entry reaches, with paths in place of our aliases.
 *
 * @param {string} folder
 */
async function declare(folder) {
  const emitted = join(folder, 'declarations');
  const { code } = await run(
    process.execPath,
    [
      inPackages('typescript/bin/tsc'),
      '-p',
      'tsconfig.sdk.json',
      '--outDir',
      emitted,
      '--rootDir',
      'src',
    ],
    { cwd: root, stdio: ['ignore', process.stderr, process.stderr] },
  );
  if (code !== 0) throw new Error('The declarations of the SDK could not be made.');
  /** @type {Map<string, string>} */
  const files = new Map();
  const waiting = ['sdk/index.d.ts'];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (files.has(file)) continue;
    const from = file;
    const text = readFileSync(join(emitted, from), 'utf8').replaceAll(
      /(from |import\()(['"])((?:@shared|@core|\.{1,2})\/[^'"]+)\2/g,
      (_, start, quote, specifier) => {
        const target = declarationOf(emitted, from, specifier);
        waiting.push(target);
        return `${start}${quote}${pathBetween(from, target)}${quote}`;
      },
    );
    files.set(from, text);
  }
  for (const kind of Object.keys(kinds)) {
    for (const [file, text] of files) {
      const path = join(folder, kind, 'types', file);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    }
  }
  rmSync(emitted, { recursive: true });
}

/**
 * The file of a specifier, from the folder of the declarations.
 *
 * @param {string} emitted
 * @param {string} from
 * @param {string} specifier
 */
function declarationOf(emitted, from, specifier) {
  const path = specifier.startsWith('@')
    ? specifier.slice(1)
    : join(dirname(from), specifier).replaceAll('\\', '/');
  for (const file of [`${path}.d.ts`, `${path}/index.d.ts`]) {
    if (isThere(join(emitted, file))) return file;
  }
  throw new Error(`${from} refers to ${specifier}, which has no declaration.`);
}

/** @param {string} file */
function isThere(file) {
  try {
    return readFileSync(file).byteLength >= 0;
  } catch {
    return false;
  }
}

/**
 * @param {string} from
 * @param {string} to
 */
function pathBetween(from, to) {
  const path = relative(dirname(from), to)
    .replaceAll('\\', '/')
    .replace(/\.d\.ts$/, '.js');
  return path.startsWith('.') ? path : `./${path}`;
}

say('Building the SDK …');
// Built in another folder and then moved, so that nobody loads half a build.
const next = join(root, 'out', `next-sdk-${String(process.pid)}`);
try {
  await bundle(next);
  await declare(next);
  rmSync(out, { recursive: true, force: true });
  renameSync(next, out);
} finally {
  rmSync(next, { recursive: true, force: true });
}
