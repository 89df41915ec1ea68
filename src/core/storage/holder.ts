/**
 * Says who holds a data directory, for messages to people. The lock itself is in `lock.ts`; this file next to
 * it only names the process that took the lock. It may be left over from a process that was killed.
 */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { AppError } from '@shared/errors';
import { hostKinds, type HostKind } from '@shared/model/app-info';
import { PRIVATE_FILE, systemCode } from './files';

const holderSchema = z.object({
  pid: z.number().int().positive(),
  host: z.enum(hostKinds),
  /** Milliseconds since 1970, UTC. */
  startedAt: z.number(),
});
export type Holder = z.infer<typeof holderSchema>;

const fileOf = (dataDirectory: string): string => join(dataDirectory, 'holder.json');

/** Call this only while holding the lock. Fails silently: without the file, a message is only less specific. */
export function writeHolder(dataDirectory: string, holder: Holder): void {
  const file = fileOf(dataDirectory);
  try {
    writeFileSync(`${file}.new`, JSON.stringify(holder), { mode: PRIVATE_FILE });
    renameSync(`${file}.new`, file);
  } catch {
    rmSync(`${file}.new`, { force: true });
  }
}

/**
 * Call this only while holding the lock. Fails silently: the file soon names a process that has ended, and is
 * ignored.
 */
export function removeHolder(dataDirectory: string): void {
  try {
    rmSync(fileOf(dataDirectory), { force: true });
  } catch {
    // As above.
  }
}

/** `undefined` if the file does not say, or if the process that it names has ended. */
export function readHolder(dataDirectory: string): Holder | undefined {
  try {
    const holder = holderSchema.parse(JSON.parse(readFileSync(fileOf(dataDirectory), 'utf8')));
    return isRunning(holder.pid) ? holder : undefined;
  } catch {
    return undefined;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It runs, but as another user.
    return systemCode(error) === 'EPERM';
  }
}

const hosts: Readonly<Record<HostKind, string>> = {
  desktop: 'the app',
  browser: 'the browser host',
  serve: 'strongroom serve',
  cli: 'a command',
};

/** The error for a data directory that another process holds. */
export function dataDirectoryInUse(dataDirectory: string, cause: unknown): AppError {
  const holder = readHolder(dataDirectory);
  return new AppError('DATA_DIRECTORY_IN_USE', {
    message: `Strongroom is already running with the data directory ${dataDirectory}${holder === undefined ? '' : `: ${sentenceOf(holder)}`}.`,
    ...(holder?.host === 'cli' && {
      hint: 'Wait for the command to end, or choose another directory with --data-dir.',
    }),
    cause,
  });
}

const sentenceOf = ({ pid, host, startedAt }: Holder): string => {
  const since = new Date(startedAt).toISOString().slice(0, 16).replace('T', ' ');
  return `${hosts[host]}, process ${String(pid)}, since ${since} UTC`;
};
