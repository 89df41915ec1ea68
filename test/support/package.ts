/**
 * For tests: the package as people install it. `npm pack` makes the tarball, and `npm install --offline` installs it
 * into an empty project, whose node_modules holds copies of the packages that the tarball depends on: nothing is
 * downloaded, and a dependency that package.json does not name is missing.
 */
import { spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, delimiter, dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end. */
export function runProgram(
  command: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly env?: NodeJS.ProcessEnv },
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    const output = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
    child.once('error', reject);
    child.once('close', (code) => {
      resolve({ code: code ?? -1, ...output });
    });
  });
}

/** npm as a file for Node: its command is a script of the shell on Windows. */
function npmFile(): string {
  const named = process.env['npm_execpath'] ?? '';
  const places = [dirname(process.execPath), ...(process.env['PATH'] ?? '').split(delimiter)];
  const inPlaces = places.flatMap((bin) => [
    join(bin, '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    join(bin, 'node_modules', 'npm', 'bin', 'npm-cli.js'),
  ]);
  const isNpm = (file: string): boolean => /npm-cli\.c?js$/.test(file) && existsSync(file);
  const found = [named, ...inPlaces].find(isNpm);
  if (found === undefined) throw new Error('There is no npm beside Node, and none on the PATH.');
  return found;
}

/** Settings of this npm, which has this test as a script, are none of the other. */
const cleanEnv = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)));

async function npm(args: readonly string[], cwd: string, cache: string): Promise<void> {
  const ended = await runProgram(process.execPath, [npmFile(), ...args, '--cache', cache], {
    cwd,
    env: cleanEnv(),
  });
  if (ended.code !== 0) throw new Error(`npm ${args.join(' ')}\n${ended.stdout}${ended.stderr}`);
}

/** Builds and packs into a folder. Returns the path of the tarball. */
export async function pack(folder: string): Promise<string> {
  await npm(['pack', '--pack-destination', folder], root, join(folder, 'npm-cache'));
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz'));
  if (tarball === undefined) throw new Error('npm pack has made no tarball.');
  return join(folder, tarball);
}

interface Manifest {
  readonly name: string;
  readonly bin?: string | Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const manifestIn = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;

/** Where Node finds a package from a folder, up to the root of the repository. */
function folderOf(name: string, from: string): string | undefined {
  for (let at = from; at.startsWith(root.slice(0, -1)); at = dirname(at)) {
    const folder = join(at, 'node_modules', name);
    if (existsSync(join(folder, 'package.json'))) return folder;
  }
  return undefined;
}

/** The folders of these packages and of all that they depend on. */
function withDependencies(names: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (name: string, from: string): void => {
    const folder = folderOf(name, from);
    // Optional ones are for other systems.
    if (folder === undefined || found.has(folder)) return;
    found.add(folder);
    const { dependencies, optionalDependencies } = manifestIn(folder);
    for (const next of Object.keys({ ...dependencies, ...optionalDependencies })) {
      visit(next, folder);
    }
  };
  for (const name of names) visit(name, root);
  return found;
}

function copyPackages(names: readonly string[], project: string): void {
  const bins = join(project, 'node_modules', '.bin');
  mkdirSync(bins, { recursive: true });
  for (const folder of withDependencies(names)) {
    const copy = join(project, relative(root, folder));
    const isOwn = (path: string): boolean =>
      !path.slice(folder.length).includes(`${sep}node_modules`);
    cpSync(folder, copy, { recursive: true, filter: isOwn });
    // npm installs a package again if its commands are not linked.
    const { bin = {}, name } = manifestIn(folder);
    const commands = typeof bin === 'string' ? { [basename(name)]: bin } : bin;
    for (const [command, file] of Object.entries(commands)) {
      const link = join(bins, command);
      if (!existsSync(link)) symlinkSync(relative(bins, join(copy, file)), link);
    }
  }
}

/**
 * Installs a tarball into a new project in this folder, which is made. `also` names packages of this repository that
 * the project has besides.
 */
export async function install(
  tarball: string,
  project: string,
  also: readonly string[] = [],
): Promise<void> {
  mkdirSync(project, { recursive: true });
  const manifest = { name: 'empty', private: true, type: 'module' };
  writeFileSync(join(project, 'package.json'), JSON.stringify(manifest));
  const { dependencies, optionalDependencies } = manifestIn(root);
  const needed = Object.keys({ ...dependencies, ...optionalDependencies });
  copyPackages(needed, project);
  const cache = join(project, 'npm-cache');
  await npm(['install', '--offline', '--no-audit', '--no-fund', tarball], project, cache);
  // npm itself says whether anything is missing, or of another version.
  await npm(['ls', '--all'], project, cache);
  copyPackages(also, project);
}

/** Takes packages out of a project, as if they could not be installed on its system. */
export function withoutPackages(project: string, names: readonly string[]): void {
  for (const name of names) rmSync(join(project, 'node_modules', name), { recursive: true });
}
