/** The command as it lies beside the packaged app: bundled, because Node.js cannot read the archive of the app. */
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vite';
import { chunkGroups, startPlugins } from './chunks.mjs';
import { root } from './paths.mjs';

/** Packages that cannot be bundled: they load binaries, or further code, by path. */
const whole = ['libsql', 'keytar', 'jiti'];

/**
 * Builds the command into a folder that needs nothing else than Node.js.
 *
 * @param {string} folder It must not exist.
 */
export async function buildCommandFolder(folder) {
  const programs = join(folder, 'out', 'main');
  const program = join(root, 'src', 'cli', 'bin.ts');
  await build({
    root,
    configFile: false,
    logLevel: 'warn',
    plugins: startPlugins,
    resolve: { tsconfigPaths: true },
    ssr: { noExternal: true, external: whole },
    build: {
      ssr: program,
      outDir: programs,
      emptyOutDir: true,
      target: 'node20',
      rolldownOptions: {
        output: {
          entryFileNames: 'cli.js',
          chunkFileNames: '[name]-[hash].js',
          codeSplitting: { groups: chunkGroups([program]) },
        },
      },
    },
  });
  const { name, version, type, engines } = JSON.parse(
    readFileSync(join(root, 'package.json'), 'utf8'),
  );
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name, version, type, engines }));
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  cpSync(join(root, 'bin', 'strongroom.js'), join(bin, 'strongroom.js'));
  for (const launcher of ['strongroom', 'strongroom.cmd']) {
    cpSync(join(root, 'resources', 'command', launcher), join(bin, launcher));
    chmodSync(join(bin, launcher), 0o755);
  }
  for (const path of withDependencies(whole)) {
    cpSync(join(root, path), join(folder, path), { recursive: true });
  }
}

/**
 * The folders of packages and of all that they depend on, as far as they are installed.
 *
 * @param {readonly string[]} names
 * @returns {string[]} below the root, such as node_modules/libsql
 */
function withDependencies(names) {
  /** @type {{ packages: Record<string, { dependencies?: object, optionalDependencies?: object }> }} */
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  /** @type {Set<string>} */
  const found = new Set();
  const waiting = [...names];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const path = `node_modules/${name}`;
    if (found.has(path) || !existsSync(join(root, path))) continue;
    found.add(path);
    const { dependencies, optionalDependencies } = packages[path] ?? {};
    waiting.push(...Object.keys({ ...dependencies, ...optionalDependencies }));
  }
  return [...found];
}
