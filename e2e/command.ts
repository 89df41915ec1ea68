/** The command `strongroom` as a program of the same person would run it, beside the app. */
import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../bin/strongroom.js', import.meta.url));

export interface Command {
  /** Its output on standard error so far. */
  readonly errors: string;
  /** Resolves when it has ended. */
  readonly ended: Promise<{
    readonly code: number | null;
    readonly out: string;
    readonly err: string;
  }>;
  /** Ends it as Ctrl+C does. */
  interrupt(): void;
}

/** Runs a command line, in words, with the data directory of an app. */
export function startCommand(
  dataDirectory: string,
  args: readonly string[],
  {
    stdin = '',
    env = {},
  }: {
    readonly stdin?: string | undefined;
    readonly env?: Readonly<Record<string, string>>;
  } = {},
): Command {
  const child: ChildProcess = spawn(process.execPath, [program, ...args], {
    env: {
      PATH: process.env['PATH'],
      STRONGROOM_DATA_DIR: dataDirectory,
      DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent',
      ...env,
    },
  });
  let out = '';
  let err = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (err += text));
  child.stdin?.end(stdin);
  return {
    get errors() {
      return err;
    },
    ended: new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => {
        resolve({ code, out, err });
      });
    }),
    interrupt: () => child.kill('SIGINT'),
  };
}
