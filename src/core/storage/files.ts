/** Private, durable files in the data directory. */
import {
  chmodSync,
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  statSync,
} from 'node:fs';
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { AppError } from '@shared/errors';

export const PRIVATE_FILE = 0o600;
const PRIVATE_DIRECTORY = 0o700;

/** The code of a failed call to the operating system, such as `ENOENT`. */
export const systemCode = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined;

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'Permission was denied.',
  EPERM: 'The operation is not permitted.',
  EROFS: 'The file system is read-only.',
  ENOSPC: 'The disk is full.',
  EDQUOT: 'The disk quota is used up.',
  ENOENT: 'No folder can be created there.',
  ENOTDIR: 'A part of the path is a file, not a folder.',
  EEXIST: 'There is a file of this name.',
  EIO: 'The disk reports an error.',
};

export function storageFailed(path: string, error: unknown): AppError {
  const reason = reasons[systemCode(error) ?? ''];
  return new AppError('STORAGE_FAILED', {
    message: `${path} cannot be written.${reason === undefined ? '' : ` ${reason}`}`,
    cause: error,
  });
}

/**
 * Creates the data directory if it is missing, so that nobody else can read it. A directory that already
 * contains anything keeps its permissions: it may be a home folder, and our files have private permissions.
 * Throws `STORAGE_FAILED` with the path.
 */
export function prepareDataDirectory(path: string): void {
  try {
    createDirectories(path);
    if (readdirSync(path).length === 0) chmodSync(path, PRIVATE_DIRECTORY);
  } catch (error) {
    throw storageFailed(path, error);
  }
}

/**
 * Creates a directory and the missing ones above it, for their owner alone. The `recursive` of Node never
 * returns if the system refuses with ENOENT although the parent exists, as below /proc.
 */
export function createDirectories(path: string): void {
  if (isDirectory(path)) return;
  try {
    mkdirSync(path, { mode: PRIVATE_DIRECTORY });
  } catch (error) {
    // Another process may have created it meanwhile.
    if (isDirectory(path)) return;
    const parent = dirname(path);
    if (systemCode(error) !== 'ENOENT' || isDirectory(parent)) throw error;
    createDirectories(parent);
    createDirectories(path);
  }
}

const isDirectory = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

/** Creates an empty file that only its owner can read. An existing file is not opened, only restricted. */
export function createPrivateFile(path: string): void {
  try {
    try {
      closeSync(openSync(path, 'wx', PRIVATE_FILE));
    } catch (error) {
      if (systemCode(error) !== 'EEXIST') throw error;
      chmodSync(path, PRIVATE_FILE);
    }
  } catch (error) {
    throw storageFailed(path, error);
  }
}

/** A time as part of a file name, valid on every system. `at` is in milliseconds since 1970, UTC. */
export const timestamp = (at: number): string =>
  new Date(at).toISOString().replaceAll(/[:.]/g, '-');

/** Renames a file, to keep it next to its replacement. Returns its new path. Throws `STORAGE_FAILED`. */
export function setAside(path: string, why: 'damaged' | 'replaced', at: number): string {
  const aside = `${path}.${why}-${timestamp(at)}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    throw storageFailed(path, error);
  }
  return aside;
}

/** Without this, a power failure could undo a rename. Windows has no such call. */
export function syncDirectory(path: string): void {
  if (process.platform === 'win32') return;
  const directory = openSync(path, 'r');
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}

/**
 * Replaces a whole file: a reader gets either the old content or the new, even after a crash or a power
 * failure. Throws `STORAGE_FAILED`.
 */
export async function writeFileAtomically(path: string, content: Uint8Array): Promise<void> {
  const temporary = join(dirname(path), `${basename(path)}.new`);
  let file: FileHandle | undefined;
  try {
    await rm(temporary, { force: true });
    file = await open(temporary, 'wx', PRIVATE_FILE);
    await file.writeFile(content);
    await file.sync();
    await file.close();
    file = undefined;
    await rename(temporary, path);
    syncDirectory(dirname(path));
  } catch (error) {
    await file?.close().catch(() => undefined);
    await rm(temporary, { force: true }).catch(() => undefined);
    throw storageFailed(path, error);
  }
}
