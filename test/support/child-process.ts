/** For tests: runs TypeScript in a child process, which can be killed or have another environment. */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'vite';
import { afterAll, beforeAll, onTestFinished } from 'vitest';

const root = new URL('../../', import.meta.url);
const runner = fileURLToPath(new URL('scripts/run-ts.mjs', root));

export interface ChildOptions {
  readonly env?: NodeJS.ProcessEnv;
  /** A command in front of the command line, such as `dbus-run-session --`. */
  readonly prefix?: readonly string[];
}

export interface Child {
  /** The next line of its standard output. Rejects when there will be none. */
  line(): Promise<string>;
  /** Its standard error so far. */
  errors(): string;
  kill(signal: NodeJS.Signals): void;
  readonly pid: number;
  /** Exit code or signal. */
  readonly ended: Promise<number | NodeJS.Signals>;
}

/** Runs `main(args)` of a TypeScript file. */
export const runChild = (
  file: URL,
  args: readonly string[],
  { env, prefix = [] }: ChildOptions = {},
): Child => spawnChild([...prefix, process.execPath, runner, fileURLToPath(file), ...args], env);

export interface ChildBuild {
  /** Takes what removes the build. Default: it is removed when the current test has ended. */
  readonly atEnd?: (remove: () => Promise<void>) => void;
  /** A runtime that is not this one, as `build.target` of Vite names it: it gets its packages bundled. */
  readonly target?: string;
}

/** Builds a TypeScript file as one module, to start it many times or in another runtime. Returns its URL. */
export async function buildForChild(
  file: URL,
  { atEnd = onTestFinished, target }: ChildBuild = {},
): Promise<URL> {
  // Below node_modules, so that its imports are found.
  const folder = fileURLToPath(new URL(`node_modules/.cache/child-${randomUUID()}`, root));
  atEnd(() => rm(folder, { recursive: true, force: true }));
  const isOther = target !== undefined;
  const name = isOther ? 'child.cjs' : 'child.mjs';
  await build({
    root: fileURLToPath(root),
    configFile: false,
    logLevel: 'error',
    resolve: { tsconfigPaths: true },
    ...(isOther && { ssr: { noExternal: true } }),
    build: {
      ssr: fileURLToPath(file),
      outDir: folder,
      ...(isOther && { target }),
      rolldownOptions: {
        output: isOther
          ? // An import of what a module of Node does not have yet fails as ESM, even if it is never used.
            { entryFileNames: name, format: 'cjs', codeSplitting: false }
          : { entryFileNames: name },
      },
    },
  });
  return pathToFileURL(join(folder, name));
}

/** Builds a TypeScript file once. Returns a function that runs its `main(args)`. */
export async function buildChild(
  file: URL,
  atEnd: (remove: () => Promise<void>) => void = onTestFinished,
): Promise<(args: readonly string[], options?: ChildOptions) => Child> {
  const { href } = await buildForChild(file, { atEnd });
  const start = `import(${JSON.stringify(href)}).then(({ main }) => main(process.argv.slice(1)))`;
  return (args, { env, prefix = [] } = {}) =>
    spawnChild([...prefix, process.execPath, '--input-type=module', '-e', start, ...args], env);
}

/** As `buildChild`, for all tests of the file or `describe` that it is called in. */
export function childOfAll(file: URL): (args: readonly string[], options?: ChildOptions) => Child {
  let start: Awaited<ReturnType<typeof buildChild>>;
  const removals: (() => Promise<void>)[] = [];
  beforeAll(async () => {
    start = await buildChild(file, (remove) => removals.push(remove));
  });
  afterAll(() => Promise.all(removals.map((remove) => remove())));
  return (args, options) => start(args, options);
}

function spawnChild([command = '', ...args]: readonly string[], env = process.env): Child {
  const child: ChildProcess = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const errors: string[] = [];
  child.stderr?.setEncoding('utf8').on('data', (text: string) => errors.push(text));
  const ended = new Promise<number | NodeJS.Signals>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      resolve(signal ?? code ?? 0);
    });
  });
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  if (child.stdout === null) throw new Error('No standard output');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    line: async () => {
      const next = await lines.next();
      if (next.done !== true) return next.value;
      throw new Error(`The child ended without a further line: ${errors.join('')}`);
    },
    errors: () => errors.join(''),
    kill: (signal) => {
      child.kill(signal);
    },
    pid: child.pid ?? 0,
    ended,
  };
}
