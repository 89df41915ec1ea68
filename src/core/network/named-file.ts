/**
 * The one way to read a file that a person names: a certificate, a key, a profile, a token. Such a path can
 * lead to a pipe, to an endless device, or to a network drive that no longer answers. So a file is looked at
 * before it is read, its size and the time are bounded, and only one is read at a time: Node has four threads
 * for all files and name lookups, and a call that hangs keeps its thread.
 */
import { constants, type Stats } from 'node:fs';
import * as fileSystem from 'node:fs/promises';
import { devNull, homedir } from 'node:os';
import { join } from 'node:path';
import { AppError, type AppErrorOptions } from '@shared/errors';
import { formatBytes } from '@shared/model/format';
import { systemRuntime } from '@core/runtime';
import { untilAborted } from './until-aborted';

/** Bytes. The bundle of every public authority is a fifth of this. */
const MAX_BYTES = 1024 * 1024;

const CHUNK_BYTES = 64 * 1024;

/** Milliseconds. A network drive that was asleep needs some seconds. */
const ANSWERS_WITHIN = 10_000;

/** Files that do not answer. With more of them, no file is read: they would take the last threads. */
const MAX_SILENT = 2;

export interface NamedFile {
  /** As a person writes it; `~/` is the home directory. */
  readonly path: string;
  /** The name of the file in messages, such as `CA certificate file`. */
  readonly label: string;
  /** The field of the connection's form that leads to the file. */
  readonly field?: string | undefined;
}

export interface ReaderOptions {
  /** Default: that of this computer. */
  readonly files?: Pick<typeof fileSystem, 'open' | 'stat'>;
  /** Milliseconds for one file. */
  readonly answersWithin?: number;
}

/**
 * Returns the content of a file. The signal ends the waiting. Throws `CANCELLED`, and
 * `INVALID_CONFIGURATION` if the file is missing, may not be read, is not a regular file, is larger than
 * 1 MiB, or does not answer; the cause is the system's error if there is one. The null device is empty.
 */
export type ReadNamedFile = (file: NamedFile, signal?: AbortSignal) => Promise<Buffer>;

/** A path as a person writes it, `~/certs/ca.pem` among them. */
const expand = (path: string): string =>
  /^~[\\/]/.test(path) ? join(homedir(), path.slice(2)) : path;

const problem = ({ label, field }: NamedFile, what: string, options: AppErrorOptions): AppError =>
  new AppError('INVALID_CONFIGURATION', {
    ...options,
    message: `${label}: ${what}.`,
    details: { field },
  });

/** Why a file could not be read, see https://nodejs.org/api/errors.html#common-system-errors */
const faults: Readonly<Record<string, readonly [what: string, hint: string]>> = {
  ENOENT: ['there is no file at', 'Check the path, and that the disk it is on is there.'],
  ENOTDIR: ['there is no file at', 'Check the path.'],
  EACCES: ['you may not read', 'Change who may read it, or choose another file.'],
  EPERM: ['you may not read', 'Change who may read it, or choose another file.'],
  EISDIR: ['this is a folder:', 'Choose the file in it.'],
};

function systemProblem(file: NamedFile, cause: unknown): AppError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const [what, hint] = faults[code] ?? ['this file cannot be read:', 'Choose another file.'];
  return problem(file, `${what} ${file.path}`, { hint, cause });
}

function assertRegular(file: NamedFile, stats: Stats): void {
  if (stats.isFile()) return;
  if (stats.isDirectory()) throw Object.assign(new Error('A folder'), { code: 'EISDIR' });
  const kind = stats.isFIFO() ? 'a named pipe' : stats.isSocket() ? 'a socket' : 'a device';
  throw problem(file, `${file.path} is ${kind} and not a regular file`, {
    hint: 'Save the content in a regular file, and enter the path of that file.',
  });
}

const tooLarge = (file: NamedFile): AppError =>
  problem(file, `${file.path} is too large: at most ${formatBytes(MAX_BYTES)} is read`, {
    hint: 'Check that it is the right file.',
  });

const checkDrive: AppErrorOptions = {
  likelyCause: 'The file is on a network drive that cannot be reached at the moment.',
  hint: 'Check that drive, or copy the file to a disk of this computer. Then try again.',
};

/** Reads files one at a time. Tests make their own; everything else shares `readNamedFile`. */
export function createFileReader({
  files = fileSystem,
  answersWithin = ANSWERS_WITHIN,
}: ReaderOptions = {}): ReadNamedFile {
  /** The paths that did not answer in time, while their calls go on. */
  const silent = new Set<string>();
  let last: Promise<unknown> = Promise.resolve();

  async function read(file: NamedFile, path: string, signal: AbortSignal): Promise<Buffer> {
    // Merely opening a device can do something, such as rewind a tape.
    assertRegular(file, await files.stat(path));
    signal.throwIfAborted();
    // Another file may have taken its place. Opening a pipe would wait for somebody to write into it.
    const handle = await files.open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      const stats = await handle.stat();
      assertRegular(file, stats);
      if (stats.size > MAX_BYTES) throw tooLarge(file);
      const chunks: Buffer[] = [];
      let size = 0;
      for (;;) {
        signal.throwIfAborted();
        const { bytesRead, buffer } = await handle.read(Buffer.alloc(CHUNK_BYTES), 0, CHUNK_BYTES);
        if (bytesRead === 0) return Buffer.concat(chunks, size);
        size += bytesRead;
        // It may grow meanwhile, and files of /proc have no size.
        if (size > MAX_BYTES) throw tooLarge(file);
        chunks.push(buffer.subarray(0, bytesRead));
      }
    } finally {
      await handle.close();
    }
  }

  async function readInTime(file: NamedFile, signal: AbortSignal): Promise<Buffer> {
    const path = expand(file.path);
    if (path === devNull) return Buffer.alloc(0);
    signal.throwIfAborted();
    if (silent.has(path)) throw problem(file, `${file.path} still does not answer`, checkDrive);
    if (silent.size >= MAX_SILENT) {
      const others = [...silent].join(' and ');
      throw problem(file, `${file.path} was not read, because ${others} do not answer`, checkDrive);
    }
    const reading = read(file, path, signal).catch((error: unknown) => {
      throw error instanceof AppError || signal.aborted ? error : systemProblem(file, error);
    });
    let cancel = (): void => undefined;
    const late = new Promise<never>((_resolve, reject) => {
      cancel = systemRuntime.after(answersWithin, () => {
        silent.add(path);
        const answered = (): void => void silent.delete(path);
        reading.then(answered, answered);
        const seconds = String(Math.round(answersWithin / 1000));
        reject(problem(file, `${file.path} did not answer within ${seconds} seconds`, checkDrive));
      });
    });
    try {
      return await Promise.race([reading, late]);
    } finally {
      cancel();
    }
  }

  return (file, signal = new AbortController().signal) => {
    const reading = last.then(() => readInTime(file, signal));
    last = reading.catch(() => undefined);
    return untilAborted(reading, signal);
  };
}

export const readNamedFile = createFileReader();
