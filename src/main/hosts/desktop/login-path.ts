/**
 * The PATH of a person's login shell. An app that was started from the Dock or a launcher has only that of the
 * system, without what the files of the shell add to it, such as /opt/homebrew/bin.
 */
import { spawn } from 'node:child_process';
import { userInfo } from 'node:os';
import { basename } from 'node:path';

export interface LoginPathOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  /** Milliseconds that the shell may take to start. */
  readonly deadlineMs?: number;
}

const MARK = 'strongroom-path:';

/** Asks with `sh`, which writes a PATH in one way, whatever shell runs it. */
const COMMAND = `/bin/sh -c 'echo "${MARK}$PATH"'`;

const MOST_OUTPUT = 1024 * 1024;

/** A process of a terminal has the PATH of its shell already. */
const isOfTerminal = ({ TERM: terminal = '' }: LoginPathOptions['env']): boolean =>
  terminal !== '' && terminal !== 'dumb';

function loginShell({ SHELL: shell = '' }: LoginPathOptions['env']): string {
  if (shell !== '') return shell;
  try {
    return userInfo().shell ?? '/bin/sh';
  } catch {
    // This user has no entry in the password file.
    return '/bin/sh';
  }
}

/**
 * Runs the shell as a login shell and an interactive one, since people set PATH in the files of either. Resolves with
 * its PATH; `undefined` on Windows, in a terminal, and if the shell does not tell within the deadline. Never rejects.
 */
export async function readLoginPath({
  env,
  platform,
  deadlineMs = 5000,
}: LoginPathOptions): Promise<string | undefined> {
  if (platform === 'win32' || isOfTerminal(env)) return undefined;
  const shell = loginShell(env);
  // These take the login flag only by itself.
  const flags = /^t?csh$/.test(basename(shell)) ? ['-ic'] : ['-i', '-l', '-c'];
  return new Promise((resolve) => {
    // In its own group, so that what the files of the shell start ends with it.
    const child = spawn(shell, [...flags, COMMAND], {
      env,
      detached: true,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let output = '';
    const end = (path: string | undefined): void => {
      clearTimeout(timer);
      child.stdout.destroy();
      endGroup(child.pid);
      resolve(path === '' ? undefined : path);
    };
    const timer = setTimeout(() => {
      end(undefined);
    }, deadlineMs);
    child.once('error', () => {
      end(undefined);
    });
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString('utf8');
      const told = output.split(MARK)[1];
      if (told?.includes('\n') === true) end(told.slice(0, told.indexOf('\n')));
      else if (output.length > MOST_OUTPUT) end(undefined);
    });
    child.stdout.once('end', () => {
      end(undefined);
    });
  });
}

/** Asks the shell when it is first called, and remembers what it said. */
export function loginPathOnce(): () => Promise<string | undefined> {
  let asked: Promise<string | undefined> | undefined;
  return () => {
    asked ??= readLoginPath({ env: process.env, platform: process.platform });
    return asked;
  };
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
