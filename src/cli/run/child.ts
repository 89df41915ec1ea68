/** Starts a command, without a shell, and waits for it. See docs/decisions/0039-references-and-redaction.md. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, fstatSync, mkdtempSync, openSync, rmSync, statSync } from 'node:fs';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { withOriginalCoreDumps } from '@core/secrets/core-dumps';
import { Redactor, type Patterns } from '@core/secrets/redact';
import { codeOfSignal } from './signals';

/** As shells report it: the command was found, but could not be started. */
const NOT_EXECUTABLE = 126;
/** There is no such command. */
const NOT_FOUND = 127;

/** Milliseconds without output after which a prompt may be waiting in what is held back. */
const QUIET_AFTER = 100;

interface Output extends Writable {
  readonly isTTY?: boolean;
  /** The file descriptor, if the stream has one. */
  readonly fd?: number;
}

export interface ChildOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** The working directory. */
  readonly cwd: string;
  /** What to replace in output that does not go to a terminal; `undefined` for nothing. */
  readonly patterns: Patterns | undefined;
  /** The streams of this process. */
  readonly stdout: Output;
  readonly stderr: Output;
}

export interface Ended {
  /** The exit code of the child, 128 and the number of the signal that ended it, 126 or 127. */
  readonly code: number;
  /** Why it could not be started, as a sentence. */
  readonly problem?: string;
}

export interface Child {
  /** Its number; `undefined` if it was not started. */
  readonly pid: number | undefined;
  readonly ended: Promise<Ended>;
  /** Does nothing once the child has ended. */
  kill(signal: NodeJS.Signals): void;
}

/**
 * A stream that is a terminal is handed to the child as it is, so that colours, sizes and prompts work; the
 * others are filtered. The run ends when all output has ended, including
 * that of processes that the child left running.
 */
export function startChild(options: ChildOptions): Child {
  const { command, args, env, cwd, patterns } = options;
  const outputs =
    patterns?.isEmpty === false ? filteredOutputs(options) : { out: INHERITED, err: INHERITED };
  let child: ChildProcess;
  try {
    child = withOriginalCoreDumps(() =>
      spawn(command, args, {
        env: { ...env },
        cwd,
        stdio: ['inherit', outputs.out.mode, outputs.err.mode],
      }),
    );
  } catch (error) {
    // Some refusals come at once, such as that of too large an environment.
    outputs.out.abandon?.();
    outputs.err.abandon?.();
    return {
      pid: undefined,
      ended: Promise.resolve(notStarted(command, error)),
      kill: () => undefined,
    };
  }
  return {
    pid: child.pid,
    ended: endOf(child, options, outputs),
    kill: (signal) => {
      child.kill(signal);
    },
  };
}

/** Where one output of the child goes. */
interface Route {
  readonly mode: 'inherit' | 'pipe' | number;
  /** Where this process reads it. Called once, after the child was started. */
  readonly read?: (pipe: Readable | null) => Readable | undefined;
  /** Called if the child was not started. */
  readonly abandon?: () => void;
}
type Outputs = Readonly<Record<'out' | 'err', Route>>;

const INHERITED: Route = { mode: 'inherit' };
const PIPED: Route = { mode: 'pipe', read: (pipe) => pipe ?? undefined };

function filteredOutputs({ stdout, stderr }: ChildOptions): Outputs {
  const isFiltered = (output: Output): boolean => output.isTTY !== true && !isNowhere(output);
  // With `2>&1`, one pipe keeps the order of what is written.
  const isOne = isSameFile(stdout, stderr);
  const [filtersOut, filtersErr] = [isFiltered(stdout), isFiltered(stderr)];
  const made = pipes((filtersOut ? 1 : 0) + (filtersErr && !isOne ? 1 : 0));
  const out = filtersOut ? (made.shift() ?? PIPED) : INHERITED;
  if (isOne && typeof out.mode === 'number') return { out, err: { mode: out.mode } };
  return { out, err: filtersErr ? (made.shift() ?? PIPED) : INHERITED };
}

/** Whether it is the null device, whose output nobody reads. */
function isNowhere({ fd }: Output): boolean {
  if (fd === undefined || process.platform === 'win32') return false;
  const stats = fstatSync(fd);
  return stats.isCharacterDevice() && stats.rdev === statSync('/dev/null').rdev;
}

function isSameFile(a: Output, b: Output): boolean {
  if (a.fd === undefined || b.fd === undefined || process.platform === 'win32') return false;
  const [one, other] = [fstatSync(a.fd), fstatSync(b.fd)];
  return one.dev === other.dev && one.ino === other.ino;
}

/**
 * Real pipes. Node makes sockets of its pipes: a script cannot open them as /dev/stdout, and a program whose
 * reader has gone gets an error about a connection instead of SIGPIPE. None if this system has none.
 */
function pipes(count: number): Route[] {
  if (process.platform === 'win32' || count === 0) return [];
  const folder = mkdtempSync(join(tmpdir(), 'strongroom-'));
  const paths = Array.from({ length: count }, (_, index) => join(folder, String(index)));
  try {
    const { status } = spawnSync('mkfifo', ['-m', '600', ...paths], { stdio: 'ignore' });
    return status === 0 ? paths.map(opened) : [];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function opened(path: string): Route {
  // A writer without a reader would wait for one.
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const writer = openSync(path, constants.O_WRONLY);
  return {
    mode: writer,
    read: () => {
      closeSync(writer);
      return new Socket({ fd: reader, readable: true, writable: false });
    },
    abandon: () => {
      closeSync(writer);
      closeSync(reader);
    },
  };
}

async function endOf(
  child: ChildProcess,
  { command, patterns, ...streams }: ChildOptions,
  { out, err }: Outputs,
): Promise<Ended> {
  const filters = [
    { from: out.read?.(child.stdout), to: streams.stdout },
    { from: err.read?.(child.stderr), to: streams.stderr },
  ].flatMap(({ from, to }) =>
    from === undefined || patterns === undefined ? [] : [filter(from, to, patterns)],
  );
  try {
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    await Promise.all(filters);
    return { code: signal === null ? (code ?? 0) : codeOfSignal(signal) };
  } catch (error) {
    return notStarted(command, error);
  }
}

const problems: Readonly<Record<string, (command: string) => Ended>> = {
  ENOENT: (command) => ({ code: NOT_FOUND, problem: `There is no command ${command}.` }),
  EACCES: (command) => ({ code: NOT_EXECUTABLE, problem: `${command} is not executable.` }),
  ENOEXEC: (command) => ({
    code: NOT_EXECUTABLE,
    problem: `${command} is not a program for this system. A script needs a first line such as #!/bin/sh.`,
  }),
  E2BIG: (command) => ({
    code: NOT_EXECUTABLE,
    problem: `${command} was not started: the variables and arguments are larger than this system allows. Linux allows 128 KiB for one variable. Choose fewer with --only.`,
  }),
};

function notStarted(command: string, error: unknown): Ended {
  const cause = error instanceof Error && 'code' in error ? String(error.code) : '';
  return (
    problems[cause]?.(command) ?? {
      code: NOT_EXECUTABLE,
      problem: `${command} could not be started${cause === '' ? '' : `: the system says ${cause}`}.`,
    }
  );
}

/** Copies a stream, with values replaced, until it ends or nobody reads the copy any more. */
async function filter(from: Readable, to: Writable, patterns: Patterns): Promise<void> {
  const redactor = new Redactor(patterns);
  let pause: NodeJS.Timeout | undefined;
  // The child gets a broken pipe in turn.
  const stop = (): void => {
    from.destroy();
  };
  const give = (bytes: Buffer): void => {
    if (bytes.byteLength === 0 || to.write(bytes)) return;
    from.pause();
    to.once('drain', () => from.resume());
  };
  to.on('error', stop).on('close', stop);
  from.on('data', (chunk: Buffer) => {
    clearTimeout(pause);
    give(redactor.take(chunk));
    if (!redactor.isHolding) return;
    pause = setTimeout(() => {
      give(redactor.quiet());
    }, QUIET_AFTER);
  });
  from.once('end', () => {
    give(redactor.end());
  });
  await new Promise<void>((resolve) => {
    from.once('close', resolve);
  });
  clearTimeout(pause);
  to.off('error', stop).off('close', stop);
}
