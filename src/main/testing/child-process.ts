/** For tests: TypeScript in a process of its own, which can be killed or be given another environment. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const runner = fileURLToPath(new URL('../../../scripts/run-ts.mjs', import.meta.url));

export interface ChildOptions {
  readonly env?: NodeJS.ProcessEnv;
  /** A command in front of the command line, such as `dbus-run-session --`. */
  readonly prefix?: readonly string[];
}

export interface Child {
  /** The next line of its standard output. Rejects when there will be none. */
  line(): Promise<string>;
  kill(signal: NodeJS.Signals): void;
  /** Exit code or signal. */
  readonly ended: Promise<number | NodeJS.Signals>;
}

/** Runs `main(args)` of a TypeScript file. */
export function runChild(
  file: URL,
  args: readonly string[],
  { env = process.env, prefix = [] }: ChildOptions = {},
): Child {
  const [command, ...rest] = [...prefix, process.execPath, runner, fileURLToPath(file), ...args];
  const child: ChildProcess = spawn(command ?? '', rest, {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
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
    kill: (signal) => {
      child.kill(signal);
    },
    ended,
  };
}
